import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeBroker, usualAnswer } from '../../../test/support/fake-broker.ts';
import type { Bus } from './bus.ts';
import { silentLog } from './log.ts';
import { type MqttBusOptions, openMqttBus } from './mqtt-bus.ts';

let version: 4 | 5 = 4;
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function open(options: Partial<MqttBusOptions> = {}): Promise<{ broker: FakeBroker; bus: Bus }> {
  const broker = await new FakeBroker(version).listen();
  opened.push(broker);
  const bus = openMqttBus({ url: broker.url, clientId: 'tester', ...options }, silentLog());
  opened.push(bus);
  return { broker, bus };
}

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 8_000, interval: 5 });
const payloads = (broker: FakeBroker, index: number) =>
  (broker.connections[index]?.of('publish') ?? []).map((packet) => String(packet.payload));

describe.each([4, 5] as const)('MQTT version %i', (spoken) => {
  beforeEach(() => {
    version = spoken;
  });

  test('publish() may be called before the broker is there, and resolves when the broker has taken it', async () => {
    const { broker, bus } = await open();
    expect(bus.problem()).toBe('connecting');
    await bus.publish('a', 'x', { retain: true });
    expect(bus.problem()).toBeUndefined();
    expect(broker.last.of('publish')).toMatchObject([{ topic: 'a', qos: 1, retain: true, payload: Buffer.from('x') }]);
  });

  test('what was published before the broker was there is sent at once when it is, in order', async () => {
    const { broker, bus } = await open();
    broker.answer = (packet) => (packet.cmd === 'publish' ? [] : undefined);
    bus.onConnect(() => void bus.publish('a', 'of the connection').catch(() => {}));
    for (const text of ['1', '2', '3']) bus.publish('a', text).catch(() => {});
    await soon(() => expect(payloads(broker, 0)).toEqual(['1', '2', '3', 'of the connection']));
  });

  test('publish() stays open without PUBACK, and across a reconnect until there is one', async () => {
    const { broker, bus } = await open();
    await bus.publish('a', '0');
    let isAnswering = false;
    broker.answer = (packet) => (packet.cmd === 'publish' && !isAnswering ? [] : undefined);
    const settled: string[] = [];
    const all = ['1', '2', '3'].map((text) => bus.publish('a', text).then(() => settled.push(text)));
    await soon(() => expect(payloads(broker, 0)).toEqual(['0', '1', '2', '3']));
    expect(settled).toEqual([]);
    isAnswering = true;
    broker.last.socket.destroy();
    await soon(() => expect(bus.problem()).toBeDefined());
    await Promise.all(all);
    expect(payloads(broker, 1)).toEqual(['1', '2', '3']);
    expect(settled).toEqual(['1', '2', '3']);
  });

  test('publish() stays open also where the connection goes again while what was under way is sent again', async () => {
    const { broker, bus } = await open();
    await bus.publish('a', '0');
    let isAnswering = false;
    broker.answer = (packet) => (packet.cmd === 'publish' && !isAnswering ? [] : undefined);
    const settled: string[] = [];
    const publish = (text: string) => bus.publish('a', text).then(() => settled.push(text));
    const all = ['1', '2'].map(publish);
    await soon(() => expect(payloads(broker, 0)).toEqual(['0', '1', '2']));
    broker.last.socket.destroy();
    await soon(() => expect(payloads(broker, 1)).toEqual(['1', '2']));
    all.push(...['3', '4'].map(publish)); // behind the resend of 1 and 2
    broker.last.socket.destroy();
    await soon(() => expect(bus.problem()).toBeDefined());
    isAnswering = true;
    await Promise.all(all);
    expect(payloads(broker, 2)).toEqual(['1', '2', '3', '4']);
    expect(settled).toEqual(['1', '2', '3', '4']);
  });

  test('order of calls is order of messages, and never more than the limit are under way', async () => {
    const { broker, bus } = await open({ maxInFlight: 4 });
    let unacknowledged = 0;
    let most = 0;
    broker.answer = (packet, connection) => {
      if (packet.cmd !== 'publish') return undefined;
      most = Math.max(most, ++unacknowledged);
      setImmediate(() => {
        unacknowledged--;
        connection.send(...usualAnswer(packet));
      });
      return [];
    };
    const count = 300;
    const expected = Array.from({ length: count * 2 }, (_, i) => String(i));
    let next = 0;
    const publish = () => bus.publish('a', String(next++));
    // Half are called at once; each of the others comes the moment one is done, when a slot has just become free.
    await Promise.all(Array.from({ length: count }, () => publish().then(publish)));
    expect(payloads(broker, 0)).toEqual(expected);
    expect(most).toBeLessThanOrEqual(4);
    expect(most).toBeGreaterThan(1);
  });

  test('close() waits for what the broker is about to take', async () => {
    const { broker, bus } = await open();
    broker.answer = (packet, connection) => {
      if (packet.cmd !== 'publish') return undefined;
      setImmediate(() => connection.send(...usualAnswer(packet)));
      return [];
    };
    await bus.publish('a', '1');
    const last = bus.publish('a', '2');
    await bus[Symbol.asyncDispose]();
    await last;
    await soon(() => expect(broker.last.of('disconnect')).toHaveLength(1));
    await expect(bus.publish('a', '3')).rejects.toThrow('Cannot publish: the bus is closed');
  });

  test('close() does not wait for ever for a broker that has gone silent, and says what was not taken', async () => {
    const { broker, bus } = await open({ maxInFlight: 1 });
    broker.answer = (packet) => (packet.cmd === 'publish' ? [] : undefined);
    const stuck = bus.publish('a', '1').catch((error: Error) => error.message);
    const waiting = bus.publish('a', '2').catch((error: Error) => error.message);
    await soon(() => expect(payloads(broker, 0)).toEqual(['1']));
    const startedAt = performance.now();
    await bus[Symbol.asyncDispose]();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(await waiting).toBe('Cannot publish: the bus is closed');
    expect(await stuck).toBeTypeOf('string');
    expect(broker.last.of('disconnect')).toHaveLength(0); // so that the broker publishes the last will
  });

  test('close() of a bus that never reached its broker ends at once and refuses what waited', async () => {
    const placeholder = await new FakeBroker().listen();
    const { url } = placeholder;
    await placeholder[Symbol.asyncDispose]();
    const bus = openMqttBus({ url, clientId: 'tester' }, silentLog());
    const pending = bus.publish('a', '1').catch((error: Error) => error.message);
    await soon(() => expect(bus.problem()).toMatch(/^nothing listens at/));
    await bus[Symbol.asyncDispose]();
    expect(await pending).toBeTypeOf('string');
  });

  test('the last will is handed to the broker, and onConnect() calls at each connection', async () => {
    const { broker, bus } = await open({ will: () => ({ topic: 's', payload: 'down' }) });
    let connections = 0;
    bus.onConnect(() => connections++);
    await soon(() => expect(connections).toBe(1));
    expect(broker.last.of('connect')).toMatchObject([
      { clientId: 'tester', will: { topic: 's', payload: Buffer.from('down'), qos: 1, retain: true } },
    ]);
    broker.last.socket.destroy();
    await soon(() => expect(connections).toBe(2));
  });

  test('consuming has a connection of its own', async () => {
    const { broker, bus } = await open();
    const consumer = bus.consume({ clientId: 'reader', filters: ['a'], cleanSession: true, onDelivery: () => {} });
    opened.push(consumer);
    await Promise.all([consumer.ready, bus.publish('a', 'x')]);
    const ids = broker.connections.map((connection) => connection.of('connect')[0]?.clientId);
    expect(ids.sort()).toEqual(['reader', 'tester']);
  });
});
