import { expect, test } from 'vitest';
import type { Delivery } from './bus.ts';
import { MemoryBus } from './memory-bus.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function consume(bus: MemoryBus, filters: readonly string[]) {
  const got: Delivery[] = [];
  const consumer = bus.consume({ clientId: 'c', filters, cleanSession: true, onDelivery: (each) => got.push(each) });
  const texts = () => got.map(({ topic, payload, retained }) => `${topic} ${payload}${retained ? ' retained' : ''}`);
  return { consumer, got, texts };
}

test('a consumer gets what matches, once and in order, and first what was retained', async () => {
  const bus = new MemoryBus();
  await bus.publish('a/1', 'old', { retain: true });
  await bus.publish('a/2', 'gone', { retain: true });
  await bus.publish('a/2', '', { retain: true });
  const { texts } = consume(bus, ['a/+', 'a/#']);
  await bus.publish('a/3', 'x');
  await bus.publish('b', 'y');
  await bus.publish('a/1', Buffer.from('new'));
  await settled();
  expect(texts()).toEqual(['a/1 old retained', 'a/3 x', 'a/1 new']);
  expect(bus.payloads('a/1')).toEqual(['old', 'new']);
});

test('it counts what is not acknowledged, and a second ack counts nothing', async () => {
  const bus = new MemoryBus();
  const { consumer, got } = consume(bus, ['#']);
  await bus.publish('a', '1');
  await bus.publish('a', '2');
  await settled();
  expect(consumer.inFlight).toBe(2);
  got[0]?.ack();
  got[0]?.ack();
  expect(consumer.inFlight).toBe(1);
});

test('a closed consumer gets nothing more', async () => {
  const bus = new MemoryBus();
  const { consumer, got } = consume(bus, ['#']);
  await consumer[Symbol.asyncDispose]();
  await bus.publish('a', '1');
  await settled();
  expect(got).toEqual([]);
});
