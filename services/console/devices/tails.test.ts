import { expect, test } from 'vitest';
import { SeriesTable } from '#domain/batch.ts';
import { type DeviceName, topics } from '#domain/topic.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import type { TailLine, TailPart } from '../api/devices.ts';
import { decodePlantInput } from '../plant/decode.ts';
import { delivered, START, sampleLine, sampleReject } from '../testing.ts';
import type { TailReader } from './tail-viewer.ts';
import { DEVICES_MAX, DEVICES_OF_ONE_MAX, Tails, VIEWERS_MAX } from './tails.ts';

const TANK: DeviceName = { site: 'lyon', area: 'tank-farm', device: 'tank-01' };

/** Counts what is subscribed to now. */
class CountingBus extends MemoryBus {
  open = 0;
  override consume(options: Parameters<MemoryBus['consume']>[0]) {
    this.open++;
    const consumer = super.consume(options);
    const end = consumer[Symbol.asyncDispose].bind(consumer);
    consumer[Symbol.asyncDispose] = async () => {
      this.open--;
      await end();
    };
    return consumer;
  }
}

function openTails() {
  const bus = new CountingBus();
  const clock = { now: START };
  const tails = new Tails({ bus, now: () => clock.now, unitOf: () => 'Cel' });
  const series = new SeriesTable();
  const hear = (topic: string, payload: string) => {
    const input = decodePlantInput(topic, Buffer.from(payload), series);
    if (typeof input === 'string') throw new Error(input);
    tails.hear(input);
  };
  return { bus, tails, hear, clock };
}

function reader(user = 'vera') {
  const parts: TailPart[] = [];
  const state = { isOver: false, closed: 0 };
  const one: TailReader = {
    send: async (part) => {
      parts.push(part);
    },
    close: () => state.closed++,
    ...{ user, isOver: () => state.isOver },
  };
  return { reader: one, state, lines: (): TailLine[] => parts.flatMap(({ lines }) => lines) };
}

test('raw messages, points and refusals of the device are told in the order they come, and of no other', async () => {
  const { bus, tails, hear } = openTails();
  const { reader: one, lines } = reader();
  await bus.publish(topics.device(TANK, 'status'), '{"s":"online"}', { retain: true });
  tails.join(TANK, one);
  await delivered();
  await bus.publish(topics.device(TANK, 'tele'), '{"temperature": 20}');
  await bus.publish(topics.device({ ...TANK, device: 'tank-02' }, 'tele'), 'another');
  await bus.publish('plant/v1/lyon/tank-farm/tank-01/no-such-channel', 'x');
  await delivered();
  hear(
    'points/v1/3',
    `${sampleLine('temperature', 'value=20', START)}\n${sampleLine('level', 'value=1', START, 'other')}`,
  );
  hear('rejected/v1/json', JSON.stringify(sampleReject()));
  hear('rejected/v1/json', JSON.stringify(sampleReject({ topic: 'plant/v1/lyon/tank-farm/tank-02/tele' })));
  await delivered();
  expect(lines()).toMatchObject([
    { n: 1, kind: 'raw', topic: 'plant/v1/lyon/tank-farm/tank-01/status', retained: true },
    { n: 2, kind: 'raw', payload: '{"temperature": 20}', retained: false },
    { n: 3, kind: 'raw', topic: 'plant/v1/lyon/tank-farm/tank-01/no-such-channel' },
    { n: 4, kind: 'points', points: [{ metric: 'temperature', value: 20, unit: 'Cel' }], more: 0 },
    { n: 5, kind: 'reject', reason: 'json' },
  ]);
});

test('what is meant for the device alone is not told: it may hold secrets', async () => {
  const { bus, tails } = openTails();
  const { reader: one, lines } = reader();
  await bus.publish(topics.device(TANK, 'cfg/desired'), '{"password":"x"}', { retain: true });
  tails.join(TANK, one);
  await bus.publish(topics.device(TANK, 'cfg/desired'), '{"password":"x"}');
  await bus.publish(topics.device(TANK, 'ota/data'), 'x');
  await bus.publish(topics.device(TANK, 'cfg/reported'), '{}');
  await bus.publish(topics.device(TANK, 'cmd'), '{}');
  await delivered();
  expect(lines().map((line) => line.kind === 'raw' && line.topic.split('/').slice(5).join('/'))).toEqual([
    'cfg/reported',
    'cmd',
  ]);
});

test('there is one subscription for all viewers of a device, and none when the last one has gone', async () => {
  const { bus, tails } = openTails();
  const [first, second] = [reader(), reader()];
  tails.join(TANK, first.reader);
  tails.join(TANK, second.reader);
  tails.join({ ...TANK, device: 'tank-02' }, reader().reader);
  expect([bus.open, tails.devices, tails.viewers]).toEqual([2, 2, 3]);
  tails.leave(TANK, first.reader);
  await bus.publish(topics.device(TANK, 'tele'), 'x');
  await delivered();
  expect([first.lines().length, second.lines().length, bus.open]).toEqual([0, 1, 2]);
  tails.leave(TANK, second.reader);
  tails.leave(TANK, second.reader);
  expect([bus.open, tails.devices]).toEqual([1, 1]);
  tails.closeAll();
  expect([bus.open, tails.devices]).toEqual([0, 0]);
});

test('a stream ends with the login that it was opened with, and the subscription with it', () => {
  const { bus, tails } = openTails();
  const { reader: one, state } = reader();
  tails.join(TANK, one);
  tails.tick();
  expect([state.closed, bus.open]).toEqual([0, 1]);
  state.isOver = true;
  tails.tick();
  expect([state.closed, bus.open]).toEqual([1, 0]);
});

test('only so many devices are watched at a time, by only so many', () => {
  const { tails } = openTails();
  for (let i = 0; i < DEVICES_MAX; i++) tails.join({ ...TANK, device: `d${i}` }, reader(`u${i}`).reader);
  expect(tails.whyFull(TANK, 'vera')).toContain('20 devices');
  expect(tails.whyFull({ ...TANK, device: 'd3' }, 'vera')).toBeUndefined();
  while (tails.viewers < VIEWERS_MAX) tails.join({ ...TANK, device: 'd3' }, reader().reader);
  expect(tails.whyFull({ ...TANK, device: 'd3' }, 'vera')).toContain('100 people');
});

test('one who watches many devices does not keep others from watching theirs', () => {
  const { tails } = openTails();
  for (let i = 0; i < DEVICES_OF_ONE_MAX; i++) tails.join({ ...TANK, device: `d${i}` }, reader('vera').reader);
  expect(tails.whyFull(TANK, 'vera')).toContain('You watch 8 devices');
  expect(tails.whyFull({ ...TANK, device: 'd3' }, 'vera')).toBeUndefined();
  expect(tails.whyFull(TANK, 'eva')).toBeUndefined();
});
