// The store behind the official InfluxDB client, used as transport only: its retry buffer drops data without telling, so
// order, retries and splitting are ours (lane.ts, patient-request.ts, refusal.ts). Basic authentication is the one scheme that
// 1.x, 2.x and 3.x all take. The only file that imports the client.

import { HttpError, InfluxDB, setLogger } from '@influxdata/influxdb-client';
import { storeAuthorization } from '#runtime/sections.ts';
import { type NumberedLine, remedyFor, StoreError } from './store-error.ts';

export type InfluxOptions = {
  readonly url: string;
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly keepRaw: string;
  /** After so long without an answer a request has failed, ms. */
  readonly timeoutMs: number;
};

/** Retention policies (1.x), or the second half of a bucket's name: points as they came, and their roll-ups. */
export type Policy = 'raw' | 'r1m' | 'r1h';

/** One series of an answer, as InfluxQL gives it; times in ms. */
export type Rows = {
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
};

export type Store = {
  /** Resolves when the store has every line. @throws StoreError */
  write(lines: string, policy: Policy): Promise<void>;
  /** Makes the database and its retention policies where the store lets us; resolves with what it did not let us do. @throws StoreError */
  create(): Promise<string[]>;
  /** The answer to one InfluxQL statement. @throws StoreError */
  query(influxql: string): Promise<readonly Rows[]>;
};

/** Compressing for a store on the same machine only costs time. */
const GZIP_THRESHOLD = 1_000;
/** A store may repeat every bad line of a request; its first words say enough. */
const MESSAGE_MAX = 1_000;
const MINUTES_KEPT = '366d';
const HOURS_KEPT = 'INF';

// flush() rejects with what went wrong; the client would print it as well, once per try.
setLogger({ error: () => {}, warn: () => {} });

export function openInflux(options: InfluxOptions): Store {
  const { url, database, keepRaw, timeoutMs } = options;
  const authorization = storeAuthorization(options);
  const client = new InfluxDB({
    url,
    timeout: timeoutMs,
    ...(authorization === undefined ? {} : { headers: { authorization } }),
  });
  const isLocal = /^https?:\/\/(127\.|localhost|\[::1\])/.test(url);
  const name = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  const request = async (influxql: string): Promise<Result> => {
    try {
      const path = `/query?${new URLSearchParams({ db: database, epoch: 'ms' })}`;
      const answer: unknown = await client.transport.request(path, `q=${encodeURIComponent(influxql)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      return (answer as { results?: Result[] } | undefined)?.results?.[0] ?? {};
    } catch (error) {
      throw storeError(error);
    }
  };
  return {
    async write(lines, policy) {
      const api = client.getWriteApi('', database, 'ms', {
        maxRetries: 0,
        flushInterval: 0,
        batchSize: 2, // one record, our whole request, stays below it: only our own flush() sends
        maxBatchBytes: Number.MAX_SAFE_INTEGER,
        gzipThreshold: isLocal ? Number.MAX_SAFE_INTEGER : GZIP_THRESHOLD,
      });
      api.path = `/write?db=${encodeURIComponent(database)}&rp=${policy}&precision=ms`;
      api.writeRecord(lines);
      try {
        await api.flush();
      } catch (error) {
        throw storeError(error);
      }
    },
    async create() {
      const refused: string[] = [];
      for (const statement of creation(name(database), keepRaw)) {
        try {
          const { error } = await request(statement);
          if (error !== undefined) refused.push(error);
          // An older database of that name has got the policy that it lacked: nothing is missing any more.
          else if (statement.includes('POLICY "raw"')) refused.length = 0;
        } catch (error) {
          if (!(error instanceof StoreError) || error.remedy === 'retry') throw error;
          refused.push(error.message);
        }
      }
      return [...new Set(refused)];
    },
    async query(influxql) {
      const { error, series } = await request(influxql);
      if (error !== undefined) throw new StoreError(error.slice(0, MESSAGE_MAX), remedyFor(400, error));
      return (series ?? []).map(({ tags = {}, columns, values }) => ({ tags, columns, values }));
    },
  };
}

/** An InfluxQL statement fails inside an answer of 200. */
type Result = { readonly error?: string; readonly series?: readonly (Omit<Rows, 'tags'> & Partial<Rows>)[] };

/** Each is harmless where the thing is there already; one with another retention is left as it is, and the store says so. */
function creation(database: string, keepRaw: string): string[] {
  const policy = (name: Policy, duration: string) =>
    `CREATE RETENTION POLICY "${name}" ON ${database} DURATION ${duration} REPLICATION 1`;
  return [
    `CREATE DATABASE ${database} WITH DURATION ${keepRaw} REPLICATION 1 NAME "raw"`,
    policy('raw', keepRaw), // where a database of that name was there before us, the first statement makes nothing
    policy('r1m', MINUTES_KEPT),
    policy('r1h', HOURS_KEPT),
  ];
}

function storeError(error: unknown): StoreError {
  if (error instanceof HttpError) {
    const said = (error.json as Said | undefined) ?? {};
    const words = String(said.error ?? said.message ?? (error.body || error.statusMessage || '')).trim();
    const remedy = remedyFor(error.statusCode, words);
    // A store gives its verdict on lines as JSON. A page of HTML comes from something in between, which has seen no line.
    const isVerdict = error.statusCode === 413 || error.json !== undefined;
    return new StoreError(
      `${error.statusCode}: ${words.slice(0, MESSAGE_MAX)}`,
      remedy === 'split' && !isVerdict ? 'retry' : remedy,
      { words, numbered: numberedLines(said.data), retryAfterMs: retryAfterMs(error.headers ?? {}) },
    );
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return new StoreError(code === 'ECONNREFUSED' ? 'nothing listens at its address' : message || String(code), 'retry');
}

/** Bodies of errors: `error` in 1.x and 3.x, `message` in 2.x, `data` about single lines in 3.x. */
type Said = { readonly error?: string; readonly message?: string; readonly data?: unknown };

function numberedLines(data: unknown): NumberedLine[] {
  const each = Array.isArray(data) ? (data as { line_number?: unknown; error_message?: unknown }[]) : [];
  return each.flatMap((item) =>
    typeof item?.line_number === 'number' ? [{ number: item.line_number, reason: String(item.error_message) }] : [],
  );
}

/** Seconds, or a moment: that one is read against the sender's own clock. Not the client's retryAfter(), which takes seconds for ms. */
function retryAfterMs(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const after = String(headers['retry-after'] ?? '');
  const wait = /^\d+$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - Date.parse(String(headers.date ?? ''));
  return wait > 0 ? wait : undefined; // NaN is neither
}
