// Batches of lines into the store. Nothing is lost on the way: what the store cannot take just now is sent again, and a batch of
// which it refuses something is halved until what is refused is found. Lines that are sent twice are stored once.

import { EXIT, StartError } from '#runtime/start-error.ts';
import type { Cli } from '../cli.ts';
import type { FileLine, LineBatch } from './line-batches.ts';

export type ImportStore = Pick<Cli, 'now' | 'sleep'> & {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly signal: AbortSignal;
};

export type Refusal = {
  /** First and last of them, as the file counts. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** The store's. */
  readonly words: string;
};

export type Told = {
  readonly stored: (lines: number) => void;
  readonly refused: (refusal: Refusal) => void;
};

/** A store that says nothing good for so long is given up; its restart takes a few seconds. */
const SILENCE_MS_MAX = 60_000;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5_000;
const ANSWER_MS_MAX = 30_000;

/** @throws StartError where the store can take none of it */
export async function importBatch({ target, lines }: LineBatch, store: ImportStore, told: Told): Promise<void> {
  const { database, policy, precision } = target;
  if (database === undefined) {
    throw new StartError(
      `line ${lines[0]?.number} belongs to no database: the file names none; name one by --database`,
      EXIT.usage,
    );
  }
  const query = new URLSearchParams({ db: database, precision, ...(policy !== undefined && { rp: policy }) });
  await send(lines, `${store.url.replace(/\/$/, '')}/write?${query}`, store, told);
}

async function send(lines: readonly FileLine[], url: string, store: ImportStore, told: Told): Promise<void> {
  const answer = await post(lines, url, store);
  if (answer === undefined) return told.stored(lines.length);
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return;
  if (lines.length === 1 || areAllRefused(answer, lines.length)) {
    return told.refused({ from: first.number, to: last.number, count: lines.length, words: answer.words });
  }
  const half = Math.ceil(lines.length / 2);
  await send(lines.slice(0, half), url, store, told);
  await send(lines.slice(half), url, store, told);
}

/** Halving would then ask once for each of them. In InfluxDB's words: it says `partial` where it has stored some. */
function areAllRefused({ status, words }: Refused, lines: number): boolean {
  if (status === 413) return false;
  if (!words.startsWith('partial write:')) return true;
  return Number(/ dropped=(\d+)$/.exec(words)?.[1]) === lines;
}

type Refused = { readonly status: 400 | 413; readonly words: string };

/** What the store says against some of the lines; undefined where it has taken all. Waits for one that is busy or away. */
async function post(lines: readonly FileLine[], url: string, store: ImportStore): Promise<Refused | undefined> {
  const startedAt = store.now();
  for (let waitMs = RETRY_MS_MIN; ; waitMs = Math.min(RETRY_MS_MAX, 2 * waitMs)) {
    const { status, words } = await ask(lines, url, store);
    if (status === 204 || status === 200) return undefined;
    if (status === 400 || status === 413) return { status, words };
    const { host } = new URL(url);
    if (status === 401 || status === 403) {
      throw new StartError(
        `the store at ${host} refuses the login (${status}: ${words}); set PENSTOCK_STORE_USERNAME and PENSTOCK_STORE_PASSWORD`,
        EXIT.unavailable,
      );
    }
    if (status === 404 || /retention policy not found/.test(words)) {
      throw new StartError(
        `the store at ${host} says: ${words}; make it there by CREATE DATABASE or CREATE RETENTION POLICY, or name another by --database and --policy`,
        EXIT.findings,
      );
    }
    if (store.now() - startedAt > SILENCE_MS_MAX) {
      throw new StartError(
        `the store at ${host} takes nothing (${words}); import the file again later, lines that are there already stay as they are`,
        EXIT.unavailable,
      );
    }
    await store.sleep(waitMs, store.signal);
    store.signal.throwIfAborted();
  }
}

type Answer = { readonly status: number | undefined; readonly words: string };

async function ask(lines: readonly FileLine[], url: string, { authorization, signal }: ImportStore): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      ...(authorization !== undefined && { headers: { authorization } }),
      body: lines.map(({ text }) => text).join('\n'),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    const body = await response.text();
    return { status: response.status, words: errorIn(body) ?? `status ${response.status}` };
  } catch (error) {
    signal.throwIfAborted();
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return { status: undefined, words: cause?.code ?? message };
  }
}

function errorIn(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { readonly error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
