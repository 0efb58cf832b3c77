import { afterEach, expect, test } from 'vitest';
import { Health, serveHealth } from './health.ts';
import { Metrics } from './metrics.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function serve() {
  const health = new Health();
  const metrics = new Metrics('tester');
  const options = { host: '127.0.0.1', service: 'tester', version: '1.2.3', health, metrics };
  const server = await serveHealth({ ...options, port: 0 });
  opened.push(server);
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  return { health, metrics, server, options, get };
}

test('/livez answers as long as the process does, whatever is missing', async () => {
  const { health, get } = await serve();
  health.add('broker', () => 'no broker');
  const response = await get('/livez');
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ service: 'tester', version: '1.2.3', status: 'ok' });
});

test('/readyz says which need is not met, and is content again when it is', async () => {
  const { health, get } = await serve();
  let problem: string | undefined = 'no broker';
  health.add('broker', () => problem);
  health.add('store', () => undefined);
  const missing = await get('/readyz?x');
  expect(missing.status).toBe(503);
  expect(await missing.json()).toMatchObject({ status: 'not ready', problems: { broker: 'no broker' } });
  problem = undefined;
  expect((await get('/readyz')).status).toBe(200);
});

test('/metrics speaks the text format of Prometheus', async () => {
  const { metrics, get } = await serve();
  metrics.counter('things_total', 'Things.', ['kind']).inc({ kind: 'a' }, 3);
  metrics.gauge('level', 'Level.', () => 7);
  let dropped = 2;
  metrics.total('dropped_total', 'Dropped.', () => dropped);
  const response = await get('/metrics');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  const text = await response.text();
  expect(text).toContain('penstock_things_total{kind="a",service="tester"} 3');
  expect(text).toContain('penstock_level{service="tester"} 7');
  expect(text).toContain('# TYPE penstock_dropped_total counter\npenstock_dropped_total{service="tester"} 2');
  // The names that every dashboard of Prometheus knows a process by.
  expect(text).toMatch(/^process_cpu_seconds_total\{service="tester"\}/m);
  dropped = 5;
  expect(await (await get('/metrics')).text()).toContain('penstock_dropped_total{service="tester"} 5');
});

test('any other path is not found, and says what there is', async () => {
  const { get } = await serve();
  const response = await get('/../../etc/passwd');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ status: 'there are /livez, /readyz and /metrics' });
});

test('a taken port is an error with its code', async () => {
  const { server, options } = await serve();
  await expect(serveHealth({ ...options, port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
