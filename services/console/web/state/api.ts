// Calls to the console's HTTP API. A failure is a sentence to show, never an exception.

import { PAGE_HEADER, type Problem } from '../../api/http.ts';
import { texts } from '../texts.ts';

export type Answer<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly why: string };

export type Request = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object | undefined;
  readonly headers?: { readonly [name: string]: string };
  /** Hangs up. The answer is then a failure that nobody needs to hear of. */
  readonly signal?: AbortSignal;
};

export function call<T>(method: Request['method'], path: string, body?: object): Promise<Answer<T>> {
  return ask<T>({ method, path, body });
}

/** What nobody waits for any more is aborted; its answer is a failure that nobody reads. */
export function read<T>(path: string, signal: AbortSignal): Promise<Answer<T>> {
  return ask<T>({ method: 'GET', path, signal });
}

export async function ask<T>({ method, path, body, headers = {}, signal }: Request): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        ...(method === 'GET' ? {} : { [PAGE_HEADER]: '1' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? null : JSON.parse(text);
    if (response.ok) return { ok: true, body: parsed as T };
    return { ok: false, status: response.status, why: (parsed as Problem).detail };
  } catch {
    return { ok: false, status: 0, why: texts.errors.unreachable };
  }
}
