// Calls to the console's HTTP API. A failure is a sentence to show, never an exception.

import { PAGE_HEADER, type Problem } from '../../api/http.ts';
import { texts } from '../texts.ts';

export type Failure = { readonly ok: false; readonly status: number; readonly why: string };
export type Answer<T> = { readonly ok: true; readonly body: T } | Failure;

export type Request = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object | undefined;
  readonly headers?: { readonly [name: string]: string };
  /** Hangs up, so only of what changes nothing. The answer is then a failure that nobody needs to hear of. */
  readonly signal?: AbortSignal;
  /** Past this nobody waits for an answer any more. */
  readonly limitMs?: number;
};

/** The console itself gives the store 10 s, and the broker 5 s: what takes longer is a connection that has died in silence. */
const ANSWER_MS_MAX = 30_000;
/** Of what the engine of the rules works out: the console gives it 30 s, the start of its thread as many, and there may be a queue. */
export const JOB_MS_MAX = 120_000;

export function call<T>(method: Request['method'], path: string, body?: object): Promise<Answer<T>> {
  return ask<T>({ method, path, body });
}

/** What nobody waits for any more is aborted; its answer is a failure that nobody reads. */
export function read<T>(path: string, signal: AbortSignal): Promise<Answer<T>> {
  return ask<T>({ method: 'GET', path, signal });
}

export async function ask<T>(request: Request): Promise<Answer<T>> {
  const { method, path, body, headers = {}, signal, limitMs = ANSWER_MS_MAX } = request;
  const limit = AbortSignal.timeout(limitMs);
  try {
    const response = await fetch(path, {
      method,
      headers: {
        ...(method === 'GET' ? {} : { [PAGE_HEADER]: '1' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? null : JSON.parse(text);
    if (response.ok) return { ok: true, body: parsed as T };
    return { ok: false, status: response.status, why: (parsed as Problem).detail };
  } catch {
    const { unreachable, late, lateAndOpen } = texts.errors;
    if (!limit.aborted) return { ok: false, status: 0, why: unreachable };
    const isReading = method === 'GET' || signal !== undefined;
    return { ok: false, status: 0, why: (isReading ? late : lateAndOpen)(limitMs / 1_000) };
  }
}

const GATEWAY_TIMEOUT = 504;

/** Whether what was asked for may have been done all the same: nobody has said that it was not. */
export function mayBeDone({ status }: Failure): boolean {
  return status === 0 || status === GATEWAY_TIMEOUT;
}
