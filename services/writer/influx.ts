// The store behind the official InfluxDB client, used as transport only: its retry buffer drops data without telling, so
// retries, order and splitting are ours (lane.ts). Basic authentication is the one scheme that 1.x, 2.x and 3.x all take.
// The only file that imports the client.

import { HttpError, InfluxDB, setLogger } from '@influxdata/influxdb-client';
import { storeAuthorization } from '#runtime/sections.ts';
import { remedyFor, StoreError } from './store-error.ts';

export type InfluxOptions = {
  readonly url: string;
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly keepRaw: string;
};

export type Store = {
  /** Resolves when the store has every line. @throws StoreError */
  write(lines: string): Promise<void>;
  /** Makes the database and its retention policies where the store lets us; resolves with what it did not let us do. */
  create(): Promise<string[]>;
};

const TIMEOUT_MS = 30_000;
/** Compressing for a store on the same machine only costs time. */
const GZIP_THRESHOLD = 1_000;
/** A store may repeat every bad line of a request; its first words say enough. */
const MESSAGE_MAX = 1_000;
const MINUTES_KEPT = '366d';
const HOURS_KEPT = 'INF';

// flush() rejects with what went wrong; the client would print it as well, once per try.
setLogger({ error: () => {}, warn: () => {} });

export function openInflux(options: InfluxOptions): Store {
  const { url, database, keepRaw } = options;
  const authorization = storeAuthorization(options);
  const client = new InfluxDB({
    url,
    timeout: TIMEOUT_MS,
    ...(authorization === undefined ? {} : { headers: { authorization } }),
  });
  const isLocal = /^https?:\/\/(127\.|localhost|\[::1\])/.test(url);
  const name = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  const statements = [
    `CREATE DATABASE ${name(database)} WITH DURATION ${keepRaw} REPLICATION 1 NAME "raw"`,
    `CREATE RETENTION POLICY "r1m" ON ${name(database)} DURATION ${MINUTES_KEPT} REPLICATION 1`,
    `CREATE RETENTION POLICY "r1h" ON ${name(database)} DURATION ${HOURS_KEPT} REPLICATION 1`,
  ];
  return {
    async write(lines) {
      const api = client.getWriteApi('', database, 'ms', {
        maxRetries: 0,
        flushInterval: 0,
        batchSize: 2, // one record, our whole request, stays below it: only our own flush() sends
        maxBatchBytes: Number.MAX_SAFE_INTEGER,
        gzipThreshold: isLocal ? Number.MAX_SAFE_INTEGER : GZIP_THRESHOLD,
      });
      api.path = `/write?db=${encodeURIComponent(database)}&rp=raw&precision=ms`;
      api.writeRecord(lines);
      try {
        await api.flush();
      } catch (error) {
        throw storeError(error);
      }
    },
    async create() {
      const refused: string[] = [];
      for (const statement of statements) {
        try {
          const answer: unknown = await client.transport.request('/query', `q=${encodeURIComponent(statement)}`, {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          });
          const problem = statementError(answer);
          if (problem !== undefined) refused.push(problem);
        } catch (error) {
          const failure = storeError(error);
          if (failure.remedy === 'retry') throw failure;
          refused.push(failure.message);
        }
      }
      return refused;
    },
  };
}

function storeError(error: unknown): StoreError {
  if (error instanceof HttpError) {
    const said = (error.json as { error?: string; message?: string } | undefined) ?? {};
    const message = String(said.error ?? said.message ?? (error.body || error.statusMessage || ''))
      .trim()
      .slice(0, MESSAGE_MAX);
    // Not error.retryAfter(): the client hands the header's seconds out as if they were milliseconds.
    const seconds = Number(error.headers?.['retry-after'] ?? 0);
    const wait = seconds > 0 ? seconds * 1_000 : undefined;
    const remedy = remedyFor(error.statusCode, message);
    // A store gives its verdict on lines as JSON. A page of HTML comes from something in between, which has seen no line.
    const isVerdict = error.statusCode === 413 || error.json !== undefined;
    return new StoreError(`${error.statusCode}: ${message}`, remedy === 'split' && !isVerdict ? 'retry' : remedy, wait);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return new StoreError(code === 'ECONNREFUSED' ? 'nothing listens at its address' : message || String(code), 'retry');
}

/** An InfluxQL statement fails inside an answer of 200. */
function statementError(answer: unknown): string | undefined {
  const [result] = (answer as { results?: { error?: string }[] } | undefined)?.results ?? [];
  return result?.error;
}
