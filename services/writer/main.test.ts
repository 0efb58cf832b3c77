// The writer as a process, against what it really meets: both stores, and a store that fails in every way.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import { createRandom } from '#domain/random.ts';
import type { Rejected } from '#domain/rejected.ts';
import { keptIn } from '#runtime/rejected-log/testing.ts';
import { missingPart, type Pipeline, startPipeline } from '../../test/support/pipeline.ts';
import { until } from '../../test/support/processes.ts';
import { openInflux } from './influx.ts';
import { HOUR_MS, MINUTE_MS } from './roll-up/hour.ts';
import { expectedRollUps, type PublishedPoint } from './roll-up/oracle.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

/** Points are of the last hour, well inside every retention. */
const FROM = Date.now() - 3_600_000;
const good = (n: number) => `reading,area=a,device=d,metric=m,site=s value=${n} ${FROM + n}`;
const goods = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => good(from + i));

type Answer = (response: ServerResponse, lines: string[]) => void;
const store204: Answer = (response) => response.writeHead(204).end();

/** A store that answers one write after the other from a list, then says yes; what it said yes to is stored. */
async function fakeStore(answers: Answer[] = []) {
  const stored: string[] = [];
  const moments: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      if (request.url?.startsWith('/query') === true) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"results":[{"statement_id":0}]}');
        return;
      }
      moments.push(performance.now());
      const lines = body.split('\n');
      response.once('finish', () => response.statusCode === 204 && stored.push(...lines));
      (answers.shift() ?? store204)(response, lines);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stored, moments, answers };
}

async function publish(pipeline: Pipeline, lines: readonly string[], shard = 4): Promise<void> {
  const ingest = await pipeline.client(pipeline.loginOf('root'));
  for (const line of lines) await ingest.publishAsync(`points/v1/${shard}`, line, { qos: 1 });
}

/** What the writer says of itself by this name; 0 where it says nothing. */
async function metric(pipeline: Pipeline, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${pipeline.metricsPort('writer')}/metrics`)).text();
  return Number(new RegExp(`^penstock_${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

for (const kind of ['historian', 'influxdb'] as const) {
  const missing = missingPart({ store: kind });
  describe.skipIf(missing !== undefined)(
    `a real ${kind}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      it('takes lines once its database is made, and refuses bad ones for good', async () => {
        const { storeUrl, query } = stack.use(await startPipeline({ store: kind, services: [] }));
        const store = openInflux({ url: storeUrl, database: 'plant', keepRaw: 'INF', timeoutMs: 10_000 });
        const failure = async (lines: string) =>
          store.write(lines, 'raw').then(
            () => undefined,
            (error) => error,
          );
        const first = await failure(good(1));
        if (first !== undefined) expect(first).toMatchObject({ remedy: 'create' });
        expect(await store.create()).toEqual([]);
        expect(await store.create()).toEqual([]);
        await store.write([1, 2, 3].map(good).join('\n'), 'raw');
        expect(await failure(`${good(4)}\nreading,site= value=1 1\n${good(5)}`)).toMatchObject({ remedy: 'split' });
        expect(await failure(`${good(6)}\n${good(7).replace('value=7', 'value="text"')}`)).toMatchObject({
          remedy: 'split',
        });
        expect(await query('SELECT count(value) FROM "plant"."raw"."reading"')).toMatchObject([[expect.anything(), 6]]);
      }, 60_000);

      it('gets its database and every policy before the first message, also where one of that name was there', async () => {
        const pipeline = stack.use(await startPipeline({ store: kind, services: ['broker'] }));
        await fetch(`${pipeline.storeUrl}/query?q=${encodeURIComponent('CREATE DATABASE plant')}`, { method: 'POST' });
        await pipeline.restart('writer');
        await until('the policies', async () => {
          const names = (await pipeline.query('SHOW RETENTION POLICIES ON plant')).map(([name]) => name);
          return ['raw', 'r1m', 'r1h'].every((name) => names.includes(name)) ? true : undefined;
        });
      }, 60_000);

      it('gets every good line of a mix, and every bad one is in the dead letter with its words', async () => {
        const pipeline = stack.use(
          await startPipeline({
            store: kind,
            services: ['broker', 'writer'],
            env: { PENSTOCK_WRITER_KEEP_RAW: '30d' },
          }),
        );
        const told: Rejected[] = [];
        const watcher = await pipeline.client();
        watcher.on('message', (_, payload) => told.push(JSON.parse(payload.toString())));
        await watcher.subscribeAsync('rejected/v1/store', { qos: 1 });
        await publish(pipeline, [good(0)]); // `value` is a float from here on
        await until('the first point', async () =>
          (await pipeline.query('SELECT * FROM plant.raw.reading')).length === 1 ? true : undefined,
        );
        const key = 'reading,area=a,device=d,metric=m,site=s';
        const bad = [
          ...Array.from({ length: 40 }, (_, n) => `${key} value=${n}i ${FROM + n}`),
          ...Array.from({ length: 40 }, (_, n) => `${key} value="${n}" ${FROM + n}`),
          ...Array.from({ length: 40 }, (_, n) => `${key} value=${n} ${1_000 + n}`), // in 1970
          ...Array.from({ length: 40 }, (_, n) => `${key} value= ${FROM + n}`),
          `reading,site= value=1 ${FROM}`,
          'nonsense',
        ];
        const lines = [...goods(1, 200), ...bad].map((line, i) => ({ line, at: (i * 7_919) % 365 }));
        const mixed = lines.sort((a, b) => a.at - b.at).map(({ line }) => line);
        const batches = Array.from({ length: 12 }, (_, i) => mixed.filter((_line, n) => n % 12 === i).join('\n'));
        await publish(pipeline, batches);
        await until(
          'all rejections',
          async () => ((await metric(pipeline, 'writer_lines_refused_total')) >= bad.length ? true : undefined),
          30_000,
        );
        const values = (await pipeline.query('SELECT value FROM plant.raw.reading')).map(([, value]) => value);
        expect(values).toEqual(goods(0, 200).map((_, n) => n));
        const kept = await keptIn(pipeline.dataDir);
        expect(kept.map(({ payload }) => payload.toString()).sort()).toEqual(bad.toSorted());
        for (const { topic, refusals, payload } of kept) {
          const about = /value=\d+i|value="/.test(payload.toString())
            ? /field type conflict/
            : / \d{4}$/.test(payload.toString())
              ? /beyond retention policy/
              : /unable to parse/;
          expect([topic, refusals[0]?.message]).toEqual(['points/v1/4', expect.stringMatching(about)]);
        }
        expect(told.length).toBeGreaterThan(0);
        expect(told[0]).toMatchObject({ reason: 'store', topic: 'points/v1/4' });
      }, 90_000);

      it('holds roll-ups of what it holds: repeated, corrected and late points, numbers, booleans and texts', async () => {
        const pipeline = stack.use(
          await startPipeline({
            store: kind,
            services: ['broker', 'writer'],
            env: { PENSTOCK_WRITER_ROLL_UP_SETTLE: '1s' },
          }),
        );
        const hourAt = (Math.floor(Date.now() / HOUR_MS) - 2) * HOUR_MS;
        const random = createRandom(7);
        const table = new SeriesTable();
        const published: PublishedPoint[] = Array.from({ length: 600 }, () => {
          const device = `d${Math.floor(random() * 3)}`;
          const at = hourAt + Math.floor(random() * 30) * 4_000 + Math.floor(random() * 2) * HOUR_MS;
          const [metric, value] = [
            ['level', Math.floor(random() * 9) - 4] as const,
            ['running', random() < 0.5] as const,
            ['mode', random() < 0.5 ? 'a "b" \\' : 'ö'] as const,
          ][Math.floor(random() * 3)] ?? ['level', 0];
          return { site: 's', area: 'a', device, metric, at, value };
        });
        const lineOf = ({ at, value, ...name }: PublishedPoint) =>
          encodePoint({ series: table.of(name), value, quality: 'good', measuredAt: at, late: false });
        const held = async (policy: string) => {
          const q = `SELECT * FROM plant.${policy}.reading`;
          const url = `${pipeline.storeUrl}/query?${new URLSearchParams({ db: 'plant', epoch: 'ms', q })}`;
          const { results } = (await (await fetch(url)).json()) as {
            results: { series?: { columns: string[]; values: unknown[][] }[] }[];
          };
          const { columns = [], values = [] } = results[0]?.series?.[0] ?? {};
          const rows = values.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
          return Object.fromEntries(
            rows.map(({ time, area, device, metric, site, ...fields }) => [
              `area=${area},device=${device},metric=${metric},site=${site} ${time}`,
              Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
            ]),
          );
        };
        const isHeld = (upTo: number) => async () => {
          for (const [policy, widthMs] of [
            ['r1m', MINUTE_MS],
            ['r1h', HOUR_MS],
          ] as const)
            expect(await held(policy)).toEqual(expectedRollUps(published.slice(0, upTo), widthMs));
          return true;
        };
        await publish(pipeline, published.slice(0, 500).map(lineOf));
        await until('the roll-ups', isHeld(500), 60_000);
        await pipeline.processes.get('writer')?.kill();
        await pipeline.restart('writer');
        await publish(pipeline, published.slice(500).map(lineOf));
        await until('the roll-ups with what came late', isHeld(600), 60_000);
      }, 150_000);
    },
  );
}

describe('a store that is away', () => {
  it('costs nothing of what was acknowledged, though the writer is killed, and nothing is stored twice', async () => {
    const pipeline = stack.use(await startPipeline({ services: ['broker', 'writer'] }));
    await publish(pipeline, goods(0, 100));
    const count = async () => Number((await pipeline.query('SELECT count(value) FROM plant.raw.reading'))[0]?.[1] ?? 0);
    await until('the first points', async () => ((await count()) === 100 ? true : undefined));
    await pipeline.processes.get('historian')?.kill();
    const writer = () => pipeline.processes.get('writer');
    for (let life = 1; life <= 3; life++) {
      await publish(pipeline, goods(life * 100, life * 100 + 100));
      await until('all of it in the journal', async () =>
        (await metric(pipeline, 'writer_in_flight')) === 0 ? true : undefined,
      );
      await writer()?.kill();
      pipeline.launch('writer'); // it is not ready while its store is away
      await until('the writer', async () => {
        const { problems } = (await (
          await fetch(`http://127.0.0.1:${pipeline.metricsPort('writer')}/readyz`)
        ).json()) as { problems?: Record<string, string> };
        return problems?.start === undefined && problems?.store?.includes('nothing listens') ? true : undefined;
      });
      expect(await metric(pipeline, 'writer_oldest_unsent_seconds')).toBeGreaterThan(0);
    }
    await pipeline.restart('historian');
    await until('every point', async () => ((await count()) === 400 ? true : undefined), 30_000);
    await until('nothing unsent', async () =>
      (await metric(pipeline, 'writer_oldest_unsent_seconds')) === 0 ? true : undefined,
    );
    expect(await metric(pipeline, 'writer_lag_seconds')).toBeGreaterThan(0);
  }, 90_000);
});

describe('a store that fails', () => {
  const json =
    (status: number, error: string, headers: object = {}): Answer =>
    (response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));
    };

  it('in every way in turn gets every line, and keeps to the order of each series', async () => {
    const partial: Answer = (response, lines) =>
      json(400, `partial write: unable to parse '${lines[0]}': no dropped=0`)(response, lines);
    const store = await fakeStore([
      json(500, 'engine: cannot write'),
      json(503, ''),
      json(429, 'slow down', { 'retry-after': '2' }),
      () => {}, // hangs
      (response) => response.destroy(),
      (response) => response.writeHead(400, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
      (response) => response.writeHead(200).end(),
      json(404, 'database not found: "plant"'),
      partial,
    ]);
    const pipeline = stack.use(
      await startPipeline({
        services: ['broker', 'writer'],
        env: {
          PENSTOCK_STORE_URL: store.url,
          PENSTOCK_WRITER_REQUEST_TIMEOUT: '1s',
          PENSTOCK_WRITER_RETRY_MAX: '300ms',
        },
      }),
    );
    await publish(pipeline, ['nonsense']);
    await publish(pipeline, goods(0, 300));
    await until('every line', () => (store.stored.length >= 300 ? true : undefined), 30_000);
    expect(store.stored).toEqual(goods(0, 300));
    const asked = (store.moments[3] ?? 0) - (store.moments[2] ?? 0);
    expect(asked).toBeGreaterThan(2_000);
    expect((await keptIn(pipeline.dataDir)).map(({ payload }) => payload.toString())).toEqual(['nonsense']);
  }, 60_000);

  it('by never answering does not keep the writer from ending within 10 s, and the next life sends it all', async () => {
    const store = await fakeStore(Array.from({ length: 50 }, () => () => {}));
    const pipeline = stack.use(
      await startPipeline({ services: ['broker', 'writer'], env: { PENSTOCK_STORE_URL: store.url } }),
    );
    await publish(pipeline, goods(0, 3));
    await until('the request that hangs', () => (store.moments.length > 0 ? true : undefined));
    const writer = pipeline.processes.get('writer');
    const startedAt = performance.now();
    writer?.child.kill('SIGTERM');
    if (writer !== undefined) await once(writer.child, 'exit');
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect([writer?.child.exitCode, writer?.output()]).toEqual([0, expect.not.stringContaining('not drained')]);
    store.answers.length = 0;
    await pipeline.restart('writer');
    await until('every line', () => (store.stored.length >= 3 ? true : undefined));
    expect(store.stored).toEqual(goods(0, 3));
  }, 60_000);
});
