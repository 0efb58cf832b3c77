// One question to the store, one table back: InfluxDB 1.x, 2.x and 3.x and the historian answer this alike. A failure says
// whether asking again can help; who asks decides how often.

import { z } from 'zod';
import { storeAuthorization } from '#runtime/sections.ts';

export type InfluxOptions = {
  readonly url: string;
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
};

export type Cell = number | string | boolean | null;
/** One array per row; times in ms. */
export type Rows = readonly (readonly Cell[])[];

/** A sentence about the store. */
export class StoreRefusal extends Error {
  readonly retryable: boolean;
  /** The store was never reached, or is not working at all. */
  readonly isUnreachable: boolean;
  constructor(message: string, { retryable, isUnreachable }: { retryable: boolean; isUnreachable: boolean }) {
    super(message);
    this.retryable = retryable;
    this.isUnreachable = isUnreachable;
  }
}

export type InfluxClient = {
  /** Host and port, for sentences. */
  readonly where: string;
  /** The rows of the first series; none where the store has nothing. @throws StoreRefusal */
  readonly query: (influxql: string, signal?: AbortSignal) => Promise<Rows>;
};

/** A slice is small; a store that takes longer is overloaded. */
const ANSWER_MS_MAX = 60_000;

const answer = z.object({
  results: z
    .array(
      z.object({
        error: z.string().optional(),
        series: z.array(z.object({ values: z.array(z.array(z.any())).optional() })).optional(),
      }),
    )
    .min(1),
});

export function influxClient(options: InfluxOptions): InfluxClient {
  const base = options.url.replace(/\/+$/, '');
  const where = new URL(base).host;
  const authorization = storeAuthorization(options);
  const headers = { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  return {
    where,
    async query(influxql, signal) {
      const timeout = AbortSignal.timeout(ANSWER_MS_MAX);
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${base}/query`, {
          method: 'POST', // a query that names many devices is longer than some proxies let a URL be
          headers,
          body: new URLSearchParams({ db: options.database, epoch: 'ms', q: influxql }),
          signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        });
        text = await response.text();
      } catch (error) {
        signal?.throwIfAborted();
        throw new StoreRefusal(`the store at ${where} does not answer (${causeOf(error)})`, {
          retryable: true,
          isUnreachable: true,
        });
      }
      if (response.status !== 200) throw refusalOf(response.status, text, where);
      return rowsOf(text, where);
    },
  };
}

function refusalOf(status: number, text: string, where: string): StoreRefusal {
  if (status === 401 || status === 403) {
    const message = `the store at ${where} refuses the login (${status}); set PENSTOCK_STORE_USERNAME and PENSTOCK_STORE_PASSWORD`;
    return new StoreRefusal(message, { retryable: false, isUnreachable: true });
  }
  const why = /"error"\s*:\s*"((?:[^"\\]|\\.){0,300})/.exec(text)?.[1] ?? 'no reason given';
  const retryable = status >= 500 || status === 429 || status === 408;
  return new StoreRefusal(`the store at ${where} answers ${status}: ${why}`, { retryable, isUnreachable: retryable });
}

function rowsOf(text: string, where: string): Rows {
  const wrong = (why: string) =>
    new StoreRefusal(`the store at ${where} ${why}`, { retryable: false, isUnreachable: false });
  let parsed: z.ZodSafeParseResult<z.infer<typeof answer>>;
  try {
    parsed = answer.safeParse(JSON.parse(text));
  } catch {
    throw wrong('gave an answer that is not JSON; is it an InfluxDB?');
  }
  const [result] = parsed.data?.results ?? [];
  if (result === undefined) throw wrong('gave an answer of another shape; is it an InfluxDB?');
  if (result.error !== undefined) throw wrong(`says: ${result.error}`);
  return (result.series?.[0]?.values ?? []) as Rows;
}

function causeOf(error: unknown): string {
  const { name, cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return name === 'TimeoutError'
    ? `no answer within ${ANSWER_MS_MAX / 1_000} s`
    : (cause?.code ?? cause?.message ?? message);
}
