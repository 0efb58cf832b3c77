// An edge node on Eclipse Tahu's library beside the whole pipeline: what it measures is stored, what it misses is asked for, its
// death is an alarm, and it is commanded as any device is.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { accessFolder, DEVICES_FILE } from '#runtime/access/access-files.ts';
import { makeToken } from '#runtime/access/token.ts';
import { keptIn } from '#runtime/rejected-log/testing.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { type Pipeline, startPipeline } from './support/pipeline.ts';
import { until } from './support/processes.ts';
import { EDGE_USER, SparkplugEdge } from './support/sparkplug-edge.ts';

const stack: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of stack.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

const MODEL = {
  model: 'press',
  metrics: {
    pressure: { unit: 'bar', min: 0, max: 16, interval: '2s' },
    relief: { type: 'boolean', access: 'read-write' },
  },
  commands: { 'relief.set': { args: { open: { type: 'boolean', metric: 'relief' } } } },
};
const RULE = {
  ...{ apiVersion: 'rules/v1', kind: 'AlarmRule', id: 'press-pressure', name: 'Pressure of the press', mode: 'active' },
  ...{ scope: { model: 'press' }, groupBy: ['device'], priority: 'high' },
  inputs: { pressure: { metric: 'pressure', unit: 'bar', maxAge: '60s' } },
  condition: { '>': [{ var: 'pressure' }, 10] },
  noData: { after: '1s', action: 'alarm', priority: 'low' },
  actions: [
    {
      ...{ id: 'relieve', on: ['active'], type: 'command', target: { device: 'press' }, command: 'relief.set' },
      ...{ args: { open: true }, expiresAfter: '30s', ack: { accept: '5s', complete: '20s' } },
    },
  ],
  rationalisation: { cause: 'c', consequence: 'c', response: 'r', timeToRespond: '10m' },
};

function writePlant(folder: string): void {
  const write = (file: string, value: object) => writeFileSync(path.join(folder, file), JSON.stringify(value));
  write('models/press.model.json', MODEL);
  write('devices/line-3.json', { site: 'lyon', area: 'line-3', devices: { press: { model: 'press' } } });
  write('press-pressure.json', RULE);
}

type Plant = {
  readonly pipeline: Pipeline;
  /** Texts that came on a topic, oldest first. */
  readonly heard: (topic: string) => string[];
  readonly edge: (bdSeq: number, qos?: 0 | 1) => Promise<SparkplugEdge>;
  /** The newest stored value of the press's pressure, and its quality. */
  readonly stored: () => Promise<unknown[] | undefined>;
  /** Whether that is so many bar. */
  readonly isStored: (bar: number) => () => Promise<true | undefined>;
};

async function open(): Promise<Plant> {
  const pipeline = await startPipeline({ rules: writePlant, services: ['ingest', 'rules', 'writer'] });
  stack.push(pipeline);
  const texts = new Map<string, string[]>();
  const client = await pipeline.client(pipeline.loginOf('root'));
  client.on('message', (topic, payload) => texts.set(topic, [...(texts.get(topic) ?? []), payload.toString()]));
  await client.subscribeAsync('#', { qos: 1 });
  const devices = JSON.stringify({ devices: { [EDGE_USER]: {} } });
  writeFileSync(path.join(accessFolder(pipeline.dataDir), DEVICES_FILE), devices, { mode: 0o600 });
  const key = readOrCreateSecret(pipeline.dataDir, 'token-key').value;
  const password = makeToken(key, { kind: 'device', name: EDGE_USER, serial: 1 });
  const stored = async () => {
    const where = `"device" = 'press' AND "metric" = 'pressure'`;
    const [row] = await pipeline.query(
      `SELECT "value", "q" FROM "plant"."raw"."reading" WHERE ${where} ORDER BY time DESC LIMIT 1`,
    );
    return row?.slice(1);
  };
  return {
    pipeline,
    heard: (topic) => texts.get(topic) ?? [],
    edge: async (bdSeq, qos = 0) => {
      // The broker takes the new user up a moment later.
      const edge = await until('the edge node to be let in', () =>
        SparkplugEdge.start(`mqtt://127.0.0.1:${pipeline.brokerPort}`, { bdSeq, qos, password }),
      );
      stack.push(edge);
      return edge;
    },
    stored,
    isStored: (bar) => async () => {
      const [value] = (await stored()) ?? [];
      return (typeof value === 'number' && Math.abs(value - bar) < 0.001) || undefined;
    },
  };
}

const ACK = 'plant/v1/lyon/line-3/press/ack';
const statuses = (texts: readonly string[]) => texts.map((text) => (JSON.parse(text) as { status: string }).status);

it('is born, publishes, loses a message, is asked for rebirth, obeys, and dies', async () => {
  const { pipeline, heard, edge: start, stored, isStored } = await open();
  const isOnline = (text: string | undefined) => text?.startsWith('{"online":true');
  await until('the host to be online', () => isOnline(heard('spBv1.0/STATE/penstock').at(-1)) || undefined);
  const edge = await start(7);
  // psi of the birth, bar of the model.
  await until('the birth', isStored(0.0689));
  const view = () => JSON.parse(heard('device/v1/lyon/line-3/press').at(-1) ?? '{}') as Record<string, unknown>;
  await until('the press to be online', () => view().online || undefined);
  await until('the firmware', () => heard('device/v1/lyon/line-3/line-3').at(-1)?.includes('"4.2"') || undefined);

  // The pressure is too high: the rule opens the relief valve, which is a metric of the press.
  await edge.measure(160);
  await until('the command to be done', () => statuses(heard(ACK)).includes('SUCCEEDED') || undefined);
  expect(statuses(heard(ACK))).toEqual(['ACCEPTED', 'SUCCEEDED']);
  expect(edge.orders).toEqual(['spBv1.0/lyon/DCMD/line-3/press relief=true']);
  // And a person closes it.
  const order = { cid: 'by-hand-1', cmd: 'relief.set', args: { open: false }, exp: Date.now() + 30_000 };
  const ada = await pipeline.client(pipeline.loginOf('ada'));
  await ada.publishAsync('plant/v1/lyon/line-3/press/cmd', JSON.stringify(order), { qos: 1 });
  await until('ada’s command to be done', () => heard(ACK).length === 4 || undefined);
  expect(statuses(heard(ACK)).slice(2)).toEqual(['ACCEPTED', 'SUCCEEDED']);
  expect(edge.orders.at(-1)).toBe('spBv1.0/lyon/DCMD/line-3/press relief=false');

  edge.lose();
  await edge.measure(50);
  await until('a rebirth to be asked for', () => edge.rebirths > 0 || undefined);
  await edge.measure(60);
  await until('what follows the rebirth', isStored(4.1369));
  expect(edge.rebirths).toBe(1);

  edge.vanish();
  await until('the press to be offline', () => view().online === false || undefined);
  await until('its value to be stale', async () => {
    const row = await stored();
    return (row?.[0] === null && row[1] === 2) || undefined;
  });
  const alarm = 'alarm/v1/lyon/line-3/press-pressure.no-data/press';
  await until('the alarm', () => heard(alarm).at(-1)?.includes('"UNACK"') || undefined);

  // Born again it is known again, though its pressure is what it was.
  await start(8);
  await until(
    'the press to be back',
    async () => (view().online === true && (await stored())?.[1] === null) || undefined,
  );
  await until('the alarm to return', () => heard(alarm).at(-1)?.includes('"RTNUN"') || undefined);
});

it('what came while ingest was away is read by the birth of before; the host is offline meanwhile', async () => {
  const { pipeline, heard, edge: start, isStored } = await open();
  const edge = await start(1, 1);
  await edge.measure(20);
  await until('the value', isStored(1.379));
  const ingest = pipeline.processes.get('ingest');
  ingest?.child.kill('SIGKILL');
  const state = () => heard('spBv1.0/STATE/penstock').at(-1) ?? '';
  await until('the host to be offline', () => state().startsWith('{"online":false') || undefined);
  for (const psi of [30, 40]) await edge.measure(psi);
  await pipeline.restart('ingest');
  await until('what waited', isStored(2.7579));
  await until('the host to be online', () => state().startsWith('{"online":true') || undefined);
  expect(edge.rebirths).toBe(0);
  expect(await keptIn(pipeline.dataDir)).toEqual([]);
});
