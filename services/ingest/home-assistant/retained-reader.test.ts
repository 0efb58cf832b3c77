import { expect, test } from 'vitest';
import type { ConsumeOptions } from '#runtime/bus.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import { RetainedReader } from './retained-reader.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

async function open(onConsume: (options: ConsumeOptions) => void = () => {}) {
  const bus = new MemoryBus();
  const consume = bus.consume.bind(bus);
  let closed = 0;
  bus.consume = (options) => {
    onConsume(options);
    const consumer = consume(options);
    const close = consumer[Symbol.asyncDispose].bind(consumer);
    return Object.assign(consumer, {
      [Symbol.asyncDispose]: () => {
        closed++;
        return close();
      },
    });
  };
  await bus.publish('x/a', '1', { retain: true });
  const heard: string[] = [];
  const onRetained = (topic: string, payload: Buffer) => heard.push(`${topic} ${payload.toString()}`);
  const reader = new RetainedReader(bus, { clientId: 'c', filters: ['x/+'], onRetained });
  return { bus, reader, heard, closed: () => closed };
}

test('all has come once a second has passed in which nothing came; then it listens no more', async () => {
  const { bus, reader, heard, closed } = await open();
  expect(reader.look()).toBe(false); // nothing was asked for yet
  reader.begin();
  await settled();
  expect(reader.look()).toBe(false);
  await bus.publish('x/b', '2', { retain: true }); // just published: our own, perhaps
  await settled();
  expect(reader.look()).toBe(false);
  expect(reader.look()).toBe(true);
  await bus.publish('x/c', '3', { retain: true });
  await settled();
  expect([heard, closed(), reader.look()]).toEqual([['x/a 1'], 1, true]);
});

test('begun anew it reads all again, and what the one before still brings is nobody’s', async () => {
  const { reader, heard, closed } = await open();
  reader.begin();
  reader.begin();
  await settled();
  expect([heard, closed()]).toEqual([['x/a 1'], 1]);
  await reader[Symbol.asyncDispose]();
  expect(closed()).toBe(2);
});

test('what it holds is acknowledged, and it has no session that would wait for it', async () => {
  const asked: ConsumeOptions[] = [];
  const { reader } = await open((options) => asked.push(options));
  reader.begin();
  await settled();
  expect(asked).toMatchObject([{ clientId: 'c', filters: ['x/+'], cleanSession: true }]);
});
