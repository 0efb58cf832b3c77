// The store as the console reads it: one InfluxQL statement, its tables. InfluxDB 1.x, 2.x, 3.x and the historian answer alike.

import { z } from 'zod';
import { storeAuthorization } from '#runtime/sections.ts';

/** `message` is a sentence for the person who asked. */
export class StoreError extends Error {
  /** Whether the store could not be reached or was busy: the same question may work later. */
  readonly retryable: boolean;
  constructor(message: string, retryable: boolean) {
    super(message);
    this.retryable = retryable;
  }
}

export type Cell = number | string | boolean | null;
export type Table = { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] };
export type TaggedTable = Table & {
  readonly name: string | null;
  readonly tags: { readonly [tag: string]: string };
};

export type Store = {
  /**
   * The first series of the answer, times in ms; no rows where the store has nothing.
   * @throws StoreError
   */
  query(influxql: string): Promise<Table>;
  /**
   * Every series of the answer.
   * @throws StoreError, also where it is longer than `bytesMax`
   */
  tables(influxql: string, options?: AskOptions): Promise<readonly TaggedTable[]>;
};

export type AskOptions = {
  readonly bytesMax?: number;
  /** Nobody waits for the answer any more: the store need not go on. */
  readonly signal?: AbortSignal;
};

/** The same store, for as long as somebody waits. */
export function whileWaited(store: Store, signal: AbortSignal): Store {
  const tables: Store['tables'] = (influxql, options) => store.tables(influxql, { ...options, signal });
  return { tables, query: async (influxql) => (await tables(influxql))[0] ?? EMPTY };
}

export type InfluxOptions = {
  readonly url: string;
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
};

/** An operator does not wait longer for a picture; the store's own work ends with the connection. */
const ANSWER_MS_MAX = 10_000;
/** Far above what any page asks for; it is held in memory. */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

const answer = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(
          z.object({
            name: z.string().nullable().default(null),
            tags: z.record(z.string(), z.string()).default({}),
            columns: z.array(z.string()),
            values: z.array(z.array(z.union([z.number(), z.string(), z.boolean(), z.null()]))).default([]),
          }),
        )
        .optional(),
    }),
  ),
});

const EMPTY: Table = { columns: [], rows: [] };

export function openInflux(options: InfluxOptions): Store {
  const base = options.url.replace(/\/+$/, '');
  const authorization = storeAuthorization(options);
  const headers = { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  const where = new URL(base).host;
  const tables: Store['tables'] = async (influxql, { bytesMax = ANSWER_BYTES_MAX, signal } = {}) => {
    const url = `${base}/query?${new URLSearchParams({ db: options.database, epoch: 'ms', q: influxql })}`;
    let status: number;
    let text: string | undefined;
    try {
      const timeout = AbortSignal.timeout(ANSWER_MS_MAX);
      const response = await fetch(url, { headers, signal: signal ? AbortSignal.any([timeout, signal]) : timeout });
      status = response.status;
      text = await readText(response, bytesMax);
    } catch (error) {
      throw new StoreError(`The store at ${where} does not answer (${causeOf(error)}).`, true);
    }
    if (text === undefined)
      throw new StoreError(`The answer is longer than ${bytesMax} bytes: ask for less, or for a shorter range.`, false);
    if (status !== 200) {
      const why = /"error"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? `status ${status}`;
      throw new StoreError(`The store at ${where} refused the query: ${why}.`, status >= 500 || status === 429);
    }
    return readTables(text, where);
  };
  return { tables, query: async (influxql) => (await tables(influxql))[0] ?? EMPTY };
}

/** undefined where it is longer; the rest of it is then not read. */
async function readText(response: Response, bytesMax: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) return undefined; // leaving the loop cancels the body, and the store's work with it
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readTables(text: string, where: string): TaggedTable[] {
  let parsed: z.ZodSafeParseResult<z.infer<typeof answer>>;
  try {
    parsed = answer.safeParse(JSON.parse(text));
  } catch {
    throw new StoreError(`The store at ${where} gave an answer that is not JSON.`, false);
  }
  const [result] = parsed.data?.results ?? [];
  if (result === undefined) throw new StoreError(`The store at ${where} gave an answer of another shape.`, false);
  if (result.error !== undefined) throw new StoreError(`The store at ${where} says: ${result.error}.`, false);
  return (result.series ?? []).map(({ values, ...series }) => ({ ...series, rows: values }));
}

function causeOf(error: unknown): string {
  const { name, cause, message } = error as Error & { cause?: { code?: string } };
  if (name === 'TimeoutError') return `no answer within ${ANSWER_MS_MAX / 1000} s`;
  return cause?.code ?? message;
}
