// Several rules services at one broker: each judges, keeps and answers for the alarms of its own areas.

import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import { BEAT_METRIC, BEAT_SHARD, HEARTBEAT_TOPIC, parseHeartbeat, WATCHDOG_DEVICE } from '#domain/heartbeat.ts';
import { shardOf } from '#domain/shard.ts';
import { topics } from '#domain/topic.ts';
import { startPipeline } from '../../test/support/pipeline.ts';
import { ROOT, run, tempFolder, until } from '../../test/support/processes.ts';
import { openReplica, type Replica } from '../../test/support/replica.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const HOT = { id: 'hot', inputs: { temp: 'temp' }, condition: { '>': [{ var: 'temp' }, 80] } };
const areaOf = (parity: 0 | 1) => {
  for (let i = 0; ; i++) if (shardOf('lyon', `area-${i}`) % 2 === parity) return `area-${i}`;
};
/** Of rank 0 and of rank 1, where there are two. */
const AREAS = [areaOf(0), areaOf(1)] as const;
const alarmOf = (area: string, instance = 't1') => ({ site: 'lyon', area, rule: 'hot', instance });

async function openPlant() {
  const save = (folder: string) => writeFileSync(path.join(folder, 'hot.json'), JSON.stringify(HOT));
  const pipeline = stack.use(await startPipeline({ services: ['broker'], rules: save }));
  const env = { PENSTOCK_RULES_DIR: path.join(path.dirname(pipeline.dataDir), 'rules') };
  const open = async () => stack.use(await openReplica(pipeline, 'rules', env));
  const replicas = [await open(), await open()] as const;
  const client = await pipeline.client(pipeline.loginOf('root'));
  const heard: { readonly topic: string; readonly text: string }[] = [];
  client.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }));
  await client.subscribeAsync(['alarm/v1/#', 'journal/v1/#', 'rejected/v1/#', HEARTBEAT_TOPIC], { qos: 1 });
  const table = new SeriesTable();
  const publish = (topic: string, payload: string) => client.publishAsync(topic, payload, { qos: 1 });
  const measure = async (area: string, value: number) => {
    const series = table.of({ site: 'lyon', area, device: 't1', metric: 'temp' });
    const point = { series, value, quality: 'good', measuredAt: Date.now(), late: false } as const;
    await publish(topics.points(series.shard), encodePoint(point));
  };
  const beat = async (value: number) => {
    const series = table.of({ ...WATCHDOG_DEVICE, metric: BEAT_METRIC });
    const point = { series, value, quality: 'good', measuredAt: Date.now(), late: false } as const;
    await publish(topics.points(BEAT_SHARD), encodePoint(point));
  };
  const operate = (area: string, by: string, instance?: string) =>
    publish(topics.alarmOperation(alarmOf(area, instance)), JSON.stringify({ op: 'ack', episode: 1, by }));
  /** Entries of the journal of an area, by event. */
  const entries = (area: string, event: string) =>
    heard.filter(
      ({ topic, text }) => topic.startsWith('journal/') && text.includes(`area=${area},`) && text.includes(event),
    );
  const alarm = (area: string) => {
    const last = heard.findLast(({ topic }) => topic === topics.alarm(alarmOf(area)));
    return last === undefined || last.text === '' ? undefined : (JSON.parse(last.text) as AlarmMessage);
  };
  const stateOf = (area: string, state: string) =>
    until(`${area} to be ${state}`, () => (alarm(area)?.state === state ? true : undefined), 30_000);
  const rejections = (by: string) =>
    heard.filter(({ topic, text }) => topic.startsWith('rejected/') && text.includes(by));
  /** Everything that was published before has been seen by both, since each has answered what came after it. */
  const settle = async (mark: string) => {
    for (const area of AREAS) await operate(area, mark, 'nobody');
    await until('both to answer', () => (rejections(mark).length >= 2 ? true : undefined), 30_000);
  };
  const beats = () =>
    heard.flatMap(({ topic, text }) => (topic === HEARTBEAT_TOPIC ? [parseHeartbeat(text)?.beat] : []));
  return { ...{ replicas, measure, beat, operate, entries, alarm, stateOf, rejections, settle, beats } };
}

const points = (replica: Replica) => replica.metric('penstock_rules_points_total');

describe('several rules services', () => {
  it('say each alarm, answer each operation and each beat once, and one that is killed costs the others nothing', async () => {
    const { replicas, measure, beat, operate, entries, alarm, stateOf, rejections, settle, beats } = await openPlant();
    const [zero, one] = replicas;
    await Promise.all([zero.start(0, 2), one.start(1, 2)]);
    for (const area of AREAS) await measure(area, 90);
    for (const area of AREAS) await stateOf(area, 'UNACK');
    expect([await points(zero), await points(one)]).toEqual([1, 1]);

    for (const area of AREAS) await operate(area, 'ada');
    for (const area of AREAS) await stateOf(area, 'ACKED');
    await beat(7);
    await until('the beat to be answered', () => (beats().includes(7) ? true : undefined), 30_000);
    await settle('first mark');
    await settle('second mark');
    expect(beats()).toEqual([7]);
    expect(rejections('first mark')).toHaveLength(2);
    for (const area of AREAS)
      expect(['ACTIVE', 'ACKED', 'REFUSED'].map((event) => entries(area, event).length)).toEqual([1, 1, 0]);

    await one.kill();
    for (const area of AREAS) await measure(area, 20);
    await until('the alarm of the one that lives to return', () => (alarm(AREAS[0]) === undefined ? true : undefined));
    expect(alarm(AREAS[1])?.state).toBe('ACKED');
    await one.start(1, 2);
    await until('the other, too', () => (alarm(AREAS[1]) === undefined ? true : undefined), 30_000);
    for (const area of AREAS) expect(entries(area, 'RETURNED')).toHaveLength(1);
  }, 120_000);

  it('begin with a copy of the state of the one that there was, and go on in the same episode', async () => {
    const { replicas, measure, operate, entries, stateOf, settle } = await openPlant();
    const [zero, one] = replicas;
    await zero.start(0, 1);
    for (const area of AREAS) await measure(area, 90);
    for (const area of AREAS) await stateOf(area, 'UNACK');
    await zero.stop();
    mkdirSync(path.join(one.folder, 'rules'), { recursive: true });
    cpSync(path.join(zero.folder, 'rules'), path.join(one.folder, 'rules'), { recursive: true });
    await Promise.all([zero.start(0, 2), one.start(1, 2)]);
    for (const area of AREAS) await operate(area, 'ada');
    for (const area of AREAS) await stateOf(area, 'ACKED');
    await settle('mark');
    for (const area of AREAS)
      expect(['ACTIVE', 'ACKED', 'REFUSED'].map((event) => entries(area, event).length)).toEqual([1, 1, 0]);
  }, 120_000);
});

it.each([
  [{ PENSTOCK_RULES_RANK: '3', PENSTOCK_RULES_REPLICAS: '3' }, 'PENSTOCK_RULES_RANK is 3'],
  [{ PENSTOCK_RULES_REPLICAS: '3' }, 'site-hot.json:1:'],
])('%j ends it with 78 where a rule spans a site or there is no such rank: %s', async (env, words) => {
  const folder = stack.use(tempFolder()).path;
  const rules = path.join(folder, 'rules');
  mkdirSync(rules);
  writeFileSync(path.join(rules, 'site-hot.json'), JSON.stringify({ ...HOT, id: 'site-hot', span: 'site' }));
  const running = stack.use(
    run(process.execPath, [path.join(ROOT, 'services/rules/main.ts')], {
      PENSTOCK_DATA: path.join(folder, 'data'),
      PENSTOCK_RULES_DIR: rules,
      PENSTOCK_RULES_METRICS_PORT: '0',
      PENSTOCK_BROKER_URL: 'mqtt://127.0.0.1:1',
      ...env,
    }),
  );
  const [code] = await once(running.child, 'close');
  expect(running.output()).toContain(words);
  expect(code).toBe(78);
});
