// Ingest as a process beside a real broker: poison that does not stop it, memory that survives kill -9, gaps that are reported,
// and what was rejected sent again once it can be taken.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { GapReport } from '#domain/gaps.ts';
import { keptIn } from '#runtime/rejected-log/testing.ts';
import { FakeBroker, published } from './support/fake-broker.ts';
import { startLoad } from './support/load.ts';
import { type Pipeline, startPipeline } from './support/pipeline.ts';
import { freePorts, ROOT, run, tempFolder, until } from './support/processes.ts';

const stack: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of stack.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

const TELE = 'plant/v1/lyon/hall/d1/tele';
const envelope = (m: object, ...numbers: number[]) =>
  JSON.stringify({ v: 1, b: 3, r: numbers.map((n) => ({ n, ts: 1_700_000_000_000 + n, m })) });

async function open(writeRules: (folder: string) => void = () => {}): Promise<Pipeline> {
  const pipeline = await startPipeline({ services: ['ingest'], rules: writeRules });
  stack.push(pipeline);
  return pipeline;
}

/** The value of one of ingest's metrics. */
async function metric(pipeline: Pipeline, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${pipeline.metricsPort('ingest')}/metrics`)).text();
  const values = text.split('\n').filter((line) => new RegExp(`^penstock_${name}[ {]`).test(line));
  return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Texts that came on a filter, by topic, newest last. */
async function listen(pipeline: Pipeline, filter: string): Promise<Map<string, string[]>> {
  const received = new Map<string, string[]>();
  const client: MqttClient = await pipeline.client();
  client.on('message', (topic, text) => received.set(topic, [...(received.get(topic) ?? []), text.toString()]));
  await client.subscribeAsync(filter, { qos: 1 });
  return received;
}

describe('ingest', () => {
  it('takes nothing but poison without a pause, keeps all of it, and then takes what is good', async () => {
    const pipeline = await open();
    const count = 5_000;
    await using load = await startLoad({
      ...{ port: pipeline.brokerPort, devices: 5, qos: 1, rate: Number.POSITIVE_INFINITY, window: 200, from: 0 },
      topic: (device) => `plant/v1/lyon/hall/d${device}/tele`,
      payload: (device, n) => `poison ${device} ${n}`,
    });
    await until('poison', () => (load.acked >= count ? true : undefined), 30_000);
    await load.drain();
    const device = await pipeline.client();
    await device.publishAsync(TELE, '{"value": 1}', { qos: 1 });
    await until('the good one', async () => ((await metric(pipeline, 'ingest_points_total')) === 1 ? true : undefined));
    await until('the end', async () => ((await metric(pipeline, 'ingest_in_flight')) === 0 ? true : undefined));
    const kept = await keptIn(pipeline.dataDir);
    expect(kept).toHaveLength(load.acked);
    expect(new Set(kept.map(({ payload }) => payload.toString())).size).toBe(load.acked);
  });

  it('acknowledges in the order of arrival, whatever is good and whatever is not', async () => {
    const broker = await new FakeBroker().listen();
    stack.push(broker);
    const [metricsPort = 0] = await freePorts(1);
    const folder = tempFolder();
    stack.push({ [Symbol.asyncDispose]: async () => folder[Symbol.dispose]() });
    const flags = ['--data', folder.path, '--broker-url', broker.url, '--ingest-metrics-port', String(metricsPort)];
    stack.push(
      run(process.execPath, [path.join(ROOT, 'services/ingest/main.ts'), ...flags], { PENSTOCK_SUPERVISED: '1' }),
    );
    const consumer = await until('ingest to subscribe', () =>
      broker.connections.find((connection) => connection.of('subscribe').length > 0),
    );
    const count = 600;
    const kinds = [
      () => '{"value": 1}',
      () => 'poison',
      (n: number) => envelope({ value: n }, n),
      () => '{"a":1,"b":{}}',
    ];
    consumer.send(...Array.from({ length: count }, (_, i) => published(TELE, kinds[i % 4]?.(i) ?? '', i + 1)));
    await until('all acknowledgements', () => (consumer.of('puback').length >= count ? true : undefined));
    expect(consumer.of('puback').map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: count }, (_, i) => i + 1),
    );
  });

  it('knows after kill -9 what came before it, and reports what did not come until it does', async () => {
    const pipeline = await open();
    const topic = 'device/v1/lyon/hall/d1/gaps';
    const reports = await listen(pipeline, topic);
    const report = () => JSON.parse(reports.get(topic)?.at(-1) || 'null') as GapReport | null;
    const device = await pipeline.client();
    const send = (...numbers: number[]) => device.publishAsync(TELE, envelope({ value: 1 }, ...numbers), { qos: 1 });
    for (const n of [1, 2, 3, 7, 8]) await send(n);
    await until('the report', () => report() ?? undefined);
    expect(report()).toMatchObject({ missed: 3, gaps: [{ boot: 3, from: 4, to: 6 }], unlisted: 0 });
    await pipeline.processes.get('ingest')?.kill();
    await send(5); // waits for ingest at the broker
    await pipeline.restart('ingest');
    await send(1, 2, 3, 7, 8);
    await until('the repeats', async () => ((await metric(pipeline, 'ingest_repeats_total')) === 5 ? true : undefined));
    expect(await metric(pipeline, 'ingest_points_total')).toBe(1);
    await until('the shorter report', () => (report()?.missed === 2 ? true : undefined));
    await send(4, 6);
    await until('the report to be taken away', () => (reports.get(topic)?.at(-1) === '' ? true : undefined));
    const late = await listen(pipeline, topic);
    const fence = await listen(pipeline, 'device/v1/lyon/hall/d1');
    await until('what is retained of the device', () => fence.get('device/v1/lyon/hall/d1'));
    expect(late.size).toBe(0);
  });

  it('takes what it rejected when it is replayed to an ingest that knows better', async () => {
    let rules = '';
    const model = (metrics: object) =>
      writeFileSync(path.join(rules, 'models/m.model.json'), JSON.stringify({ model: 'm', metrics }));
    const pipeline = await open((folder) => {
      rules = folder;
      model({ level: {} });
      writeFileSync(
        path.join(rules, 'devices/d.json'),
        JSON.stringify({ site: 'lyon', area: 'hall', devices: { d1: { model: 'm' } } }),
      );
    });
    const points = await listen(pipeline, 'points/v1/+');
    const lines = () => [...points.values()].flat().flatMap((batch) => batch.split('\n'));
    const device = await pipeline.client();
    await device.publishAsync(TELE, envelope({ level: 1, flow: 2 }, 1), { qos: 1 });
    await until('the good part', () => (lines().length === 1 ? true : undefined));
    await until('the rejection', async () => ((await keptIn(pipeline.dataDir)).length === 1 ? true : undefined));
    model({ level: {}, flow: {} });
    await pipeline.processes.get('ingest')?.[Symbol.asyncDispose]();
    await pipeline.restart('ingest');
    const words = ['rejected', 'replay', '--reason', 'metric', '--data', pipeline.dataDir];
    const said = await penstock(...words, '--broker-port', String(pipeline.brokerPort));
    expect(said).toEqual({ code: 0, said: '1 sent again\n' });
    const flow = await until('the part that was bad', () => lines().find((line) => line.includes('metric=flow')));
    expect(flow).toMatch(/ value=2 1700000000001$/);
    expect(await metric(pipeline, 'ingest_repeats_total')).toBe(0);
    expect((await keptIn(pipeline.dataDir))[0]?.replayedAt).toBeDefined();
  });
});

async function penstock(...words: string[]): Promise<{ code: unknown; said: string }> {
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(ROOT, 'services/cli/main.ts'), ...words],
      { timeout: 30_000 },
      (error, _, said) => resolve({ code: error === null ? 0 : error.code, said }),
    );
  });
}
