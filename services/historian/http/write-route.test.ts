import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BodyMemory } from './body-memory.ts';
import { openTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await openTestServer({ body: { maxBytes: 12_000_000, memory: new BodyMemory(100_000_000) } });
});
afterEach(() => server[Symbol.asyncDispose]());

const count = (n: number, measurement = 'm') => ({
  results: [{ statement_id: 0, series: [{ name: measurement, columns: ['time', 'count'], values: [[0, n]] }] }],
});

describe('bodies', () => {
  test('gzip is decompressed', async () => {
    expect(await server.write(gzipSync('m v=1 1000'), { 'content-encoding': 'gzip' })).toEqual([204, '']);
    expect(await server.query('SELECT count(v) FROM m')).toEqual(count(1));
  });

  test('a gzip bomb is refused before it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000, 'm v=1 1\n'));
    const [status] = await server.write(bomb, { 'content-encoding': 'gzip' });
    expect(status).toBe(413);
  });

  test('a body beyond the limit is refused', async () => {
    expect((await server.write('x'.repeat(12_000_001)))[0]).toBe(413);
  });

  test('what is no gzip says so', async () => {
    const [status, text] = await server.write('plain', { 'content-encoding': 'gzip' });
    expect(status).toBe(400);
    expect(text).toContain('gzip: invalid header');
    expect((await server.write('plain', { 'content-encoding': 'br' }))[0]).toBe(415);
  });

  test('a bad line of 10 MB gets a short answer, and the line beside it is stored', async () => {
    const [status, text] = await server.write(`${'x'.repeat(10_000_000)}\nm v=1 1000`);
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(2_000);
    expect(await server.query('SELECT count(v) FROM m')).toEqual(count(1));
  });

  test('a good line of 10 MB comes back whole', async () => {
    const value = 'x'.repeat(10_000_000);
    expect((await server.write(`m s="${value}" 1000`))[0]).toBe(204);
    expect(await server.query('SELECT s FROM m')).toMatchObject({
      results: [{ series: [{ values: [[1000, value]] }] }],
    });
  });

  test('a thousand bad lines are counted, and a hundred told', async () => {
    const [status, text] = await server.write('bad\n'.repeat(1_000));
    expect(status).toBe(400);
    expect(JSON.parse(text).error.split('\n')).toHaveLength(101);
    expect(text).toContain('and 900 more');
  });

  test('bytes that are no UTF-8 are refused with their line, never stored changed', async () => {
    const body = Buffer.concat([Buffer.from('m,t=a v=1 1000\nm,t='), Buffer.from([0xff]), Buffer.from(' v=1 1000\n')]);
    const [status, text] = await server.write(new Uint8Array(body));
    expect([status, JSON.parse(text).error]).toEqual([
      400,
      "partial write: unable to parse 'line 2': invalid UTF-8 dropped=0",
    ]);
    expect(await server.query('SELECT count(v) FROM m')).toEqual(count(1));
    expect(await server.write('m,t=\uFFFD v=1 1000')).toEqual([204, '']);
  });

  test('moments that the store cannot hold are refused', async () => {
    const [status, text] = await server.write('m v=1 9999999999999999');
    expect(status).toBe(400);
    expect(text).toContain('time outside range');
  });
});

test('writes that arrive together are all stored', async () => {
  const bodies = Array.from({ length: 60 }, (_, i) => `m,writer=w${i} v=${i} 1000\nm,writer=w${i} v=${i} 2000`);
  const answers = await Promise.all(bodies.map((body) => server.write(body)));
  expect(answers.every(([status]) => status === 204)).toBe(true);
  expect(await server.query('SELECT count(v) FROM m')).toEqual(count(120));
});

test('the second API names database and policy in its bucket', async () => {
  const url = `${server.url}/api/v2/write?org=any&bucket=g/r1m&precision=s`;
  expect((await fetch(url, { method: 'POST', body: 'm v=1 1' })).status).toBe(204);
  expect(await server.query('SELECT count(v) FROM g.r1m.m')).toEqual(count(1));
  expect(await server.query('SELECT count(v) FROM m')).toEqual({ results: [{ statement_id: 0 }] });
});

test('nanoseconds are cut to microseconds, also before 1970', async () => {
  await fetch(`${server.url}/write?db=g`, { method: 'POST', body: 'm v=1 1700000000000001999\nm v=2 -1' });
  const response = await fetch(`${server.url}/query?db=g&epoch=ns&q=${encodeURIComponent('SELECT v FROM m')}`);
  expect(await response.text()).toContain('"values":[[-1000,2],[1700000000000001000,1]]');
});
