// What is wrong with a service, from the service that says so to the alarm that an operator sees, around real processes.

import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import type { ServiceStatus } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import { ACL_FILE, accessFolder } from '#runtime/access/access-files.ts';
import { type Pipeline, startPipeline } from './support/pipeline.ts';
import { until } from './support/processes.ts';

const ALARMS = 'alarm/v1/penstock/pipeline/service-problem/';
const AWAY = 'as last said: the service is not there';

let pipeline: Pipeline;
let rulesDir: string;
/** Everything that was said of each alarm, oldest first; null where it was taken away. */
let told: Map<string, (AlarmMessage | null)[]>;

beforeEach(async () => {
  told = new Map();
  // Every disk is as full as that.
  pipeline = await startPipeline({
    services: ['ingest', 'rules'],
    rules: (folder) => {
      rulesDir = folder;
    },
    env: { PENSTOCK_DISK_ALARM_PERCENT: '1', PENSTOCK_INGEST_DEVICES_MAX: '20' },
  });
  const client = await pipeline.client({ reconnectPeriod: 200 });
  client.on('message', (topic, payload) => {
    const name = topic.slice(ALARMS.length);
    const message = payload.length === 0 ? null : (JSON.parse(payload.toString()) as AlarmMessage);
    told.set(name, [...(told.get(name) ?? []), message]);
  });
  await client.subscribeAsync(`${ALARMS}+`, { qos: 1 });
});
afterEach(() => pipeline[Symbol.asyncDispose]());

const last = (name: string) => told.get(name)?.at(-1);
const says = (name: string, words: string) =>
  until(`${name} to say '${words}'`, () => (last(name)?.reason.includes(words) ? last(name) : undefined));

it('a disk that fills is one alarm, which outlives the broker and the rules in the same episode', {
  timeout: 120_000,
}, async () => {
  const first = await says('broker.disk-space', '% full');
  expect(first).toMatchObject({ state: 'UNACK', episode: 1, quality: 'GOOD' });
  for (const service of ['broker', 'rules'] as const) {
    pipeline.processes.get(service)?.child.kill('SIGKILL');
    await pipeline.restart(service);
  }
  // A word of another service that comes through shows that both are back at work.
  const client = await pipeline.client(pipeline.loginOf('root'));
  const status: ServiceStatus = {
    ...{ service: 'writer', id: 'edge-7', status: 'up', since: 1, version: '1' },
    problems: [{ id: 'spool', text: 'the spool is damaged', priority: 'critical' }],
  };
  await client.publishAsync(topics.service('writer', 'edge-7'), JSON.stringify(status), { qos: 1, retain: true });
  expect(await says('writer.edge-7.spool', 'damaged')).toMatchObject({ state: 'UNACK', priority: 'critical' });
  const messages = told.get('broker.disk-space') ?? [];
  expect(new Set(messages.map((each) => `${each?.state} ${each?.episode}`))).toEqual(new Set(['UNACK 1']));
  expect([...told.keys()].toSorted(), 'ingest and rules are on the disk of the broker').toEqual([
    'broker.disk-space',
    'writer.edge-7.spool',
  ]);
});

it('a broken file of rights is an alarm until it is mended', { timeout: 120_000 }, async () => {
  const file = path.join(accessFolder(pipeline.dataDir), ACL_FILE);
  writeFileSync(file, 'nonsense\n', { mode: 0o600 });
  expect(await says('broker.access-file', ACL_FILE)).toMatchObject({ state: 'UNACK', priority: 'high' });
  writeFileSync(file, 'topic read weather/#\n', { mode: 0o600 });
  await until('the alarm to return', () => (last('broker.access-file')?.state === 'RTNUN' ? true : undefined), 30_000);
});

it('a last will keeps the alarm and says that nobody knows; a status that is taken away ends it', {
  timeout: 120_000,
}, async () => {
  const topic = topics.service('writer', 'writer');
  const status: ServiceStatus = { service: 'writer', id: 'writer', status: 'up', since: 1, version: '1' };
  const will = {
    topic,
    payload: Buffer.from(JSON.stringify({ ...status, status: 'down' })),
    qos: 1,
    retain: true,
  } as const;
  const dying = await pipeline.client({ ...pipeline.loginOf('root'), will, reconnectPeriod: 0 });
  const problems = [{ id: 'segment-damaged', text: 'segment 7 is damaged' }];
  await dying.publishAsync(topic, JSON.stringify({ ...status, problems }), { qos: 1, retain: true });
  await says('writer.segment-damaged', 'segment 7');
  dying.stream.destroy();
  expect(await says('writer.segment-damaged', AWAY)).toMatchObject({ state: 'UNACK', episode: 1 });
  const client = await pipeline.client(pipeline.loginOf('root'));
  await client.publishAsync(topic, '', { qos: 1, retain: true });
  const isOver = () => (last('writer.segment-damaged')?.state === 'RTNUN' ? true : undefined);
  await until('the alarm to return', isOver, 30_000);
});

it('a source with a mistake is an alarm until ingest has started without one', { timeout: 120_000 }, async () => {
  const file = path.join(rulesDir, 'sources', 'barn.json');
  writeFileSync(file, '{ "topic": "barn/{device}", "format": "jsn", "site": "home", "area": "barn" }');
  const again = async () => {
    pipeline.processes.get('ingest')?.child.kill('SIGKILL');
    await pipeline.restart('ingest');
  };
  await again();
  expect(await says('ingest.files-refused', 'sources/barn.json:1')).toMatchObject({ state: 'UNACK', priority: 'high' });
  rmSync(file);
  await again();
  await until(
    'the alarm to return',
    () => (last('ingest.files-refused')?.state === 'RTNUN' ? true : undefined),
    30_000,
  );
});

it('a flood of invented devices is refused past the bound, kept, and an alarm', { timeout: 120_000 }, async () => {
  const client = await pipeline.client(pipeline.loginOf('root'));
  const publish = (i: number) =>
    client.publishAsync(`plant/v1/lyon/flood/d${i}/tele`, '{"temperature": 21}', { qos: 1 });
  await Promise.all(Array.from({ length: 100 }, (_, i) => publish(i)));
  expect(await says('ingest.too-many-devices', 'ingest.devicesMax')).toMatchObject({
    state: 'UNACK',
    priority: 'high',
  });
  await until('the others to be kept', async () => {
    return (await pipeline.metric('ingest', 'penstock_ingest_rejected_total')) === 80 || undefined;
  });
  expect(await pipeline.metric('ingest', 'penstock_ingest_devices')).toBe(20);
});
