// The store as the console reads it: one InfluxQL statement, one table. InfluxDB 1.x, 2.x, 3.x and the historian answer alike.

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

export type Store = {
  /**
   * The first series of the answer, times in ms; no rows where the store has nothing.
   * @throws StoreError
   */
  query(influxql: string): Promise<Table>;
};

export type InfluxOptions = {
  readonly url: string;
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
};

/** An operator does not wait longer for a picture; the store's own work ends with the connection. */
const ANSWER_MS_MAX = 10_000;

const answer = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(
          z.object({
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
  return {
    async query(influxql) {
      const url = `${base}/query?${new URLSearchParams({ db: options.database, epoch: 'ms', q: influxql })}`;
      let status: number;
      let text: string;
      try {
        const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
        status = response.status;
        text = await response.text();
      } catch (error) {
        throw new StoreError(`The store at ${where} does not answer (${causeOf(error)}).`, true);
      }
      if (status !== 200) {
        const why = /"error"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? `status ${status}`;
        throw new StoreError(`The store at ${where} refused the query: ${why}.`, status >= 500 || status === 429);
      }
      return readTable(text, where);
    },
  };
}

function readTable(text: string, where: string): Table {
  let parsed: z.ZodSafeParseResult<z.infer<typeof answer>>;
  try {
    parsed = answer.safeParse(JSON.parse(text));
  } catch {
    throw new StoreError(`The store at ${where} gave an answer that is not JSON.`, false);
  }
  const [result] = parsed.data?.results ?? [];
  if (result === undefined) throw new StoreError(`The store at ${where} gave an answer of another shape.`, false);
  if (result.error !== undefined) throw new StoreError(`The store at ${where} says: ${result.error}.`, false);
  const [series] = result.series ?? [];
  return series === undefined ? EMPTY : { columns: series.columns, rows: series.values };
}

function causeOf(error: unknown): string {
  const { name, cause, message } = error as Error & { cause?: { code?: string } };
  if (name === 'TimeoutError') return `no answer within ${ANSWER_MS_MAX / 1000} s`;
  return cause?.code ?? message;
}
