// What a real InfluxDB answered to these writes and queries, asked of the historian over HTTP, byte for byte where the
// vector has bytes.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from './test-server.ts';

type Query = {
  readonly q?: string;
  readonly params: Record<string, string>;
  readonly status: number;
  readonly response?: unknown;
  readonly raw?: string;
  readonly ct?: string;
};
type Golden = {
  readonly data: readonly string[];
  readonly write: readonly [query: string, body: string, status: number, answer: string][];
  readonly queries: readonly Query[];
};

const golden: Golden = JSON.parse(readFileSync(new URL('../testdata/golden.json', import.meta.url), 'utf8'));

/** Answers that are deliberately not InfluxDB 1.6.7's, and what stands in their place. */
const DIFFERENT = new Map<string, { readonly why: string; readonly status: number; readonly response: unknown }>([
  [
    `SHOW TAG VALUES FROM "reading" WITH KEY = "device" WHERE "line" =~ /^$/`,
    {
      why: 'a write refused for a type conflict still made its series in 1.6.7; here it makes none',
      status: 200,
      response: { results: [{ statement_id: 0 }] },
    },
  ],
  [
    'SHOW SERIES CARDINALITY',
    {
      why: 'one less: the series of the refused write',
      status: 200,
      response: { results: [{ statement_id: 0, series: [{ columns: ['cardinality estimation'], values: [[12]] }] }] },
    },
  ],
  [
    'EXPLAIN SELECT mean("value") FROM "reading"',
    {
      why: "the plan is of InfluxDB's shards and files, which this store does not have",
      status: 400,
      response: {
        error:
          "error parsing query: EXPLAIN is not supported: it is about InfluxDB's shards and files, which this store does not have at line 1, char 1",
      },
    },
  ],
]);

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
  expect(await server.write(golden.data.join('\n'))).toEqual([204, '']);
  writes = [];
  for (const [query, body] of golden.write) {
    const response = await fetch(`${server.url}/write?${query}`, { method: 'POST', body });
    writes.push([response.status, await response.text()]);
  }
});
afterAll(() => server[Symbol.asyncDispose]());
let writes: [status: number, answer: string][];

test.each(golden.write.map(([query, body], i) => ({ i, query, body })))('write $i: $query $body', ({ i }) => {
  const [, , status, answer] = golden.write[i] as Golden['write'][number];
  expect(writes[i]).toEqual([status, answer]);
});

test.each(golden.queries.map((query) => ({ name: query.q ?? query.params.q ?? 'no q', query })))(
  'query $name',
  async ({ name, query }) => {
    const parameters = new URLSearchParams({ ...query.params, ...(query.q !== undefined && { q: query.q }) });
    const response = await fetch(`${server.url}/query?${parameters}`);
    const text = await response.text();
    const expected = DIFFERENT.get(name) ?? query;
    expect(response.status).toBe(expected.status);
    expect(response.headers.get('x-influxdb-version')).toBe('1.8.10');
    if ('raw' in expected) expect(text).toBe(expected.raw);
    else expect(JSON.parse(text)).toEqual(expected.response);
    if (query.ct !== undefined) expect(response.headers.get('content-type')).toBe(query.ct);
  },
);
