import type { IPublishPacket } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeBroker, published } from '../../../test/support/fake-broker.ts';
import type { ConsumeOptions, Delivery } from './bus.ts';
import { silentLog } from './log.ts';
import type { MqttAddress } from './mqtt-connection.ts';
import { MqttConsumer } from './mqtt-consumer.ts';

let version: 4 | 5 = 4;
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function openBroker(): Promise<FakeBroker> {
  const broker = await new FakeBroker(version).listen();
  opened.push(broker);
  return broker;
}

/** A consumer whose deliveries gather in `got`, unacknowledged. */
function consume(
  broker: FakeBroker,
  options: Partial<ConsumeOptions> = {},
  address: Partial<MqttAddress> = {},
): { consumer: MqttConsumer; got: Delivery[] } {
  const got: Delivery[] = [];
  const consumer = new MqttConsumer(
    { ...address, url: address.url ?? broker.url },
    {
      clientId: 'tester',
      filters: ['a/#', 'b'],
      cleanSession: false,
      onDelivery: (delivery) => got.push(delivery),
      ...options,
    },
    silentLog(),
  );
  opened.push(consumer);
  return { consumer, got };
}

const acks = (broker: FakeBroker, index = -1) =>
  (broker.connections.at(index)?.of('puback') ?? []).map((packet) => packet.messageId);
/** From now on the broker has a session, and sends its messages at once to who comes for it, under ids from 10,001 on. */
function resume(broker: FakeBroker, messages: readonly IPublishPacket[]): void {
  broker.answer = (packet) => {
    if (packet.cmd !== 'connect') return undefined;
    const again = messages.map((message, i) => ({ ...message, qos: 1 as const, messageId: 10_001 + i }));
    return [{ cmd: 'connack', returnCode: 0, sessionPresent: true }, ...again];
  };
}

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 8_000, interval: 5 });

describe.each([4, 5] as const)('MQTT version %i', (spoken) => {
  beforeEach(() => {
    version = spoken;
  });

  test('it says who it is, keeps its session, and asks for every filter at QoS 1', async () => {
    const broker = await openBroker();
    const { consumer } = consume(broker, {}, { username: 'u', password: 'p' });
    expect(consumer.problem()).toBe('connecting');
    await consumer.ready;
    expect(consumer.problem()).toBeUndefined();
    expect(broker.last.of('connect')).toMatchObject([
      { clientId: 'tester', clean: false, protocolVersion: version, username: 'u', password: Buffer.from('p') },
    ]);
    expect(broker.last.of('subscribe')[0]?.subscriptions.map(({ topic, qos }) => [topic, qos])).toEqual([
      ['a/#', 1],
      ['b', 1],
    ]);
  });

  test('acknowledgements wait for the first in line and leave in order of arrival', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker);
    await consumer.ready;
    const count = 500;
    broker.last.send(...Array.from({ length: count }, (_, i) => published('a/x', String(i), i + 1)));
    await soon(() => expect(got).toHaveLength(count));
    expect(consumer.inFlight).toBe(count);
    for (const delivery of got.slice(1).reverse()) delivery.ack();
    // A ping's answer proves that whatever had been written before has arrived.
    broker.last.send(published('a/x', 'probe'));
    await soon(() => expect(got).toHaveLength(count + 1));
    expect(acks(broker)).toEqual([]);
    got[0]?.ack();
    await soon(() => expect(acks(broker)).toHaveLength(count));
    expect(acks(broker)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect(consumer.inFlight).toBe(1); // the probe
  });

  test('a second ack of the same message does nothing', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker);
    await consumer.ready;
    broker.last.send(published('a/x', '1', 1), published('a/x', '2', 2));
    await soon(() => expect(got).toHaveLength(2));
    got[0]?.ack();
    got[0]?.ack();
    await soon(() => expect(acks(broker)).toEqual([1]));
    expect(consumer.inFlight).toBe(1);
    got[0]?.ack();
    got[1]?.ack();
    await soon(() => expect(acks(broker)).toEqual([1, 2]));
    expect(consumer.inFlight).toBe(0);
  });

  test('QoS 0 gets no PUBACK and takes room in the window until it is done', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker);
    await consumer.ready;
    broker.last.send(published('a/x', '1'), published('a/x', '2'));
    await soon(() =>
      expect(got.map(({ qos, payload }) => [qos, String(payload)])).toEqual([
        [0, '1'],
        [0, '2'],
      ]),
    );
    expect(consumer.inFlight).toBe(2);
    for (const { ack } of got) ack();
    expect(consumer.inFlight).toBe(0);
    // A QoS 1 message after them is answered, and nothing before it.
    broker.last.send(published('a/x', '3', 9));
    await soon(() => expect(got).toHaveLength(3));
    got[2]?.ack();
    await soon(() => expect(acks(broker)).toEqual([9]));
  });

  test.each([
    ['messages', { window: 64 }],
    ['bytes', { windowBytes: 64 * 8_000 }],
  ])('a full window of %s stops reading, and reading goes on when half of it is done', async (_, limits) => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker, limits);
    await consumer.ready;
    const count = 2_000;
    const payload = 'x'.repeat(8_000);
    for (let i = 0; i < count; i++) broker.last.send(published('a/x', payload, i + 1));
    await soon(() => expect(consumer.inFlight).toBeGreaterThanOrEqual(64));
    // 16 MB do not fit into the sockets between us: the broker's bytes pile up as long as nothing is read.
    await soon(() => expect(broker.last.socket.writableLength).toBeGreaterThan(1_000_000));
    const stoppedAt = got.length;
    expect(stoppedAt).toBeLessThan(count / 2);
    let done = 0;
    await soon(() => {
      for (; done < got.length; done++) got[done]?.ack();
      expect(consumer.inFlight).toBeLessThan(128); // one chunk of the socket may run over the window
      expect(got).toHaveLength(count);
    });
    for (; done < got.length; done++) got[done]?.ack();
    await soon(() => expect(acks(broker)).toHaveLength(count));
  });

  test('after a cut connection what was not acknowledged comes again, and late acks of the old one go nowhere', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker);
    await consumer.ready;
    broker.last.send(published('a/x', 'first', 7), published('a/x', 'second', 8));
    await soon(() => expect(got).toHaveLength(2));
    broker.last.socket.destroy();
    await soon(() => expect(broker.connections).toHaveLength(2));
    await soon(() => expect(consumer.problem()).toBeUndefined());
    got[0]?.ack(); // the old connection's message 7
    broker.last.send(published('a/x', 'first', 7), published('a/x', 'second', 8));
    await soon(() => expect(got).toHaveLength(4));
    got[3]?.ack();
    broker.last.send(published('a/x', 'probe'));
    await soon(() => expect(got).toHaveLength(5));
    expect(acks(broker)).toEqual([]);
    got[2]?.ack();
    await soon(() => expect(acks(broker)).toEqual([7, 8]));
    got[1]?.ack();
    expect(consumer.inFlight).toBe(1); // the probe
    expect(acks(broker, 0)).toEqual([]);
  });

  test('a broker that takes connections and says nothing more is found out by ping', async () => {
    const broker = await openBroker();
    let isFrozen = false;
    broker.answer = () => (isFrozen ? [] : undefined);
    const { consumer } = consume(broker, {}, { keepaliveSeconds: 1 });
    await consumer.ready;
    await soon(() => expect(broker.last.of('pingreq').length).toBeGreaterThan(1));
    expect(broker.connections).toHaveLength(1); // an answered ping is a sign of life, without any message
    isFrozen = true;
    await soon(() => expect(consumer.problem()).toBe('no sign of life from the broker for 1 s'));
    isFrozen = false;
    await soon(() => expect(consumer.problem()).toBeUndefined());
    expect(broker.connections.length).toBeGreaterThan(1);
  });

  test('without a session at the broker it stays while the window is full, and pings go on', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker, { window: 1, cleanSession: true }, { keepaliveSeconds: 1 });
    await consumer.ready;
    broker.last.send(published('a/x', '1', 1));
    await soon(() => expect(got).toHaveLength(1));
    const before = broker.last.of('pingreq').length;
    await soon(() => expect(broker.last.of('pingreq').length).toBeGreaterThan(before + 4)); // longer than the keepalive
    expect(broker.connections).toHaveLength(1);
    expect(consumer.problem()).toBeUndefined();
    got[0]?.ack(); // else close() waits for it
  });

  test('a queue that fills the window before SUBACK does not make the broker look dead', async () => {
    const broker = await openBroker();
    broker.answer = (packet) =>
      packet.cmd === 'connect'
        ? [{ cmd: 'connack', returnCode: 0, sessionPresent: true }, published('a/x', 'kept', 1)]
        : undefined;
    const { consumer, got } = consume(broker, { window: 1, cleanSession: true }, { keepaliveSeconds: 1 });
    await soon(() => expect(got).toHaveLength(1));
    await soon(() => expect(broker.last.of('pingreq').length).toBeGreaterThan(4));
    expect(broker.connections).toHaveLength(1);
    got[0]?.ack();
    await consumer.ready;
  });

  test('a broker that pushes more than the window is left in time, and heard again when half of it is done', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker, { window: 64 });
    await consumer.ready;
    const first = broker.last;
    const all = Array.from({ length: 2_000 }, (_, i) => published('a/x', `${i}`.padEnd(8_000, 'x'), i + 1));
    const pushedAt = performance.now();
    first.send(...all);
    await soon(() => expect(first.of('disconnect')).toHaveLength(1));
    expect(performance.now() - pushedAt).toBeLessThan(1_500);
    expect(consumer.problem()).toContain('messages are in work, as many as may be');
    await soon(() => expect(first.socket.destroyed).toBe(true));
    const inWork = got.length;
    expect(inWork).toBeLessThan(200);
    expect(broker.connections).toHaveLength(1);
    // The session is kept: what was not acknowledged comes again, under other ids, and then the rest.
    resume(broker, all);
    let done = 0;
    for (; done < inWork - 33; done++) got[done]?.ack();
    expect(broker.connections).toHaveLength(1);
    for (; done < inWork - 10; done++) got[done]?.ack();
    await soon(() => expect(broker.connections.length).toBeGreaterThan(1));
    await soon(() => {
      for (; done < got.length; done++) got[done]?.ack();
      expect(got).toHaveLength(2_000);
      expect(acks(broker)).toHaveLength(all.length);
    });
    expect(got.map(({ payload }) => String(payload))).toEqual(all.map(({ payload }) => payload));
    expect(acks(broker)).toEqual(Array.from({ length: all.length }, (_, i) => 10_001 + i));
  });

  test('whoever gets little done reads on a piece at a time, says that it works, and does not leave', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker, { window: 64 }, { keepaliveSeconds: 60 });
    await consumer.ready;
    const total = 1_000;
    broker.last.send(...Array.from({ length: total }, (_, i) => published('a/x', `${i}`.padEnd(8_000, 'x'), i + 1)));
    await soon(() => expect(got.length).toBeGreaterThan(64));
    let done = 0;
    for (; done < got.length - 60; done++) got[done]?.ack();
    const before = got.length;
    await soon(() => expect(got.length).toBeGreaterThan(before));
    expect(broker.last.of('pingreq').length).toBeGreaterThan(0);
    await soon(() => {
      for (; done < got.length; done++) got[done]?.ack();
      expect(acks(broker)).toHaveLength(total);
    });
    expect(broker.connections).toHaveLength(1);
  });

  test('what is still in work when the connection is cut is not worked on twice, and is acknowledged when it is done', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker);
    await consumer.ready;
    const messages = ['same', 'same', 'other', 'same'].map((payload, i) => published('a/x', payload, i + 1));
    broker.last.send(...messages);
    await soon(() => expect(got).toHaveLength(4));
    got[1]?.ack();
    // Twice, the second time before anything was said: it must not be forgotten over that.
    broker.answer = (packet, { socket }) => {
      if (packet.cmd === 'connect') socket.destroy();
      return [];
    };
    broker.last.socket.destroy();
    await soon(() => expect(broker.connections.length).toBeGreaterThan(2));
    resume(broker, [...messages, published('a/x', 'new')]);
    await soon(() => expect(got).toHaveLength(5));
    expect(String(got[4]?.payload)).toBe('new');
    for (const i of [4, 3, 2]) got[i]?.ack();
    broker.last.send(published('a/x', 'probe'));
    await soon(() => expect(got).toHaveLength(6));
    expect(acks(broker)).toEqual([]);
    got[0]?.ack();
    await soon(() => expect(acks(broker)).toEqual([10_001, 10_002, 10_003, 10_004, 10_005]));
  });

  test('work that ends while there is no broker is acknowledged as soon as its message comes again', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker);
    await consumer.ready;
    const message = published('a/x', 'only', 1);
    broker.last.send(message);
    await soon(() => expect(got).toHaveLength(1));
    resume(broker, [message]);
    broker.last.socket.destroy();
    await soon(() => expect(consumer.problem()).toBeDefined());
    got[0]?.ack();
    await soon(() => expect(acks(broker)).toEqual([10_001]));
    expect(got).toHaveLength(1);
  });

  test('a session that the broker has lost is told, and what it sends then is new', async () => {
    const broker = await openBroker();
    const sessions: string[] = [];
    const { consumer, got } = consume(broker, { onSession: (kind) => sessions.push(kind) });
    await consumer.ready;
    broker.last.send(published('a/x', 'same', 1));
    await soon(() => expect(got).toHaveLength(1));
    broker.last.socket.destroy();
    await soon(() => expect(sessions).toEqual(['new', 'new']));
    await soon(() => expect(consumer.problem()).toBeUndefined());
    broker.last.send(published('a/x', 'same', 1));
    await soon(() => expect(got).toHaveLength(2));
    got[0]?.ack();
    got[1]?.ack();
    await soon(() => expect(acks(broker)).toEqual([1]));
  });

  test('a session that the broker has kept is rid of former filters, after the new ones are asked for; a new one has none', async () => {
    const broker = await openBroker();
    const formerFilters = Array.from({ length: 70 }, (_, i) => `old/${i}`);
    const { consumer, got } = consume(broker, { formerFilters });
    await consumer.ready;
    expect(broker.last.of('unsubscribe')).toEqual([]);
    resume(broker, [published('old/3', 'still waited')]);
    broker.last.socket.destroy();
    await soon(() => expect(got.map(({ topic }) => topic)).toEqual(['old/3']));
    await soon(() => expect(broker.last.of('unsubscribe')).toHaveLength(3));
    const order = broker.last.received.map(({ cmd }) => cmd).filter((cmd) => /subscribe/.test(cmd));
    expect(order).toEqual(['subscribe', ...Array.from({ length: 3 }, () => 'unsubscribe')]);
    const packets = broker.last.of('unsubscribe');
    expect(packets.flatMap(({ unsubscriptions }) => unsubscriptions)).toEqual(formerFilters);
    expect(new Set(packets.map(({ messageId }) => messageId)).size).toBe(3);
    got[0]?.ack();
  });

  test('a message that comes again on the same connection is delivered once and acknowledged once', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker);
    await consumer.ready;
    const message = published('a/x', 'again', 5);
    broker.last.send(message, { ...message, dup: true }, published('a/x', 'next', 6));
    await soon(() => expect(got).toHaveLength(2));
    for (const { ack } of got) ack();
    await soon(() => expect(acks(broker)).toEqual([5, 6]));
    // Its id is free again: now it is another message, however much it looks like the first.
    broker.last.send(message);
    await soon(() => expect(got).toHaveLength(3));
    got[2]?.ack();
    await soon(() => expect(acks(broker)).toEqual([5, 6, 5]));
  });

  test('an id that is used for another message before it was acknowledged ends the connection: one PUBACK cannot mean both', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker);
    await consumer.ready;
    broker.last.send(published('a/x', 'one', 5), published('a/x', 'two', 5), published('a/x', 'three', 6));
    await soon(() => expect(broker.connections).toHaveLength(2));
    expect(got.map(({ payload }) => String(payload))).toEqual(['one']);
    await soon(() => expect(consumer.problem()).toBeUndefined());
    expect(acks(broker, 0)).toEqual([]);
  });

  test('a broker that grants QoS 0 alone is refused by who wants nothing lost', async () => {
    const broker = await openBroker();
    broker.answer = (packet) =>
      packet.cmd === 'subscribe' ? [{ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1, 0] }] : undefined;
    const { consumer } = consume(broker);
    await soon(() =>
      expect(consumer.problem()).toBe(
        'the broker grants QoS 0 only for b, and messages would be lost; raise the maximum QoS there',
      ),
    );
    const { consumer: careless } = consume(broker, { cleanSession: true });
    await careless.ready;
  });

  test('a refused filter is named, and asked for again', async () => {
    const broker = await openBroker();
    broker.answer = (packet) =>
      packet.cmd === 'subscribe' ? [{ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1, 128] }] : undefined;
    const { consumer } = consume(broker);
    await soon(() =>
      expect(consumer.problem()).toContain('the broker refused to let us read b: it does not say why (SUBACK 128)'),
    );
    broker.answer = () => undefined;
    await consumer.ready;
    expect(consumer.problem()).toBeUndefined();
  });

  test('a refused login is said with its code', async () => {
    const broker = await openBroker();
    broker.answer = (packet) =>
      packet.cmd === 'connect' ? [{ cmd: 'connack', returnCode: 5, sessionPresent: false }] : undefined;
    const { consumer } = consume(broker);
    await soon(() =>
      expect(consumer.problem()).toMatch(
        /^the broker refused the login: not authorized \(CONNACK (?:5|135)\); set PENSTOCK_BROKER_USERNAME/,
      ),
    );
  });

  test('it waits for a broker that is not there yet, and says so', async () => {
    const placeholder = await new FakeBroker().listen();
    const { port, url } = placeholder;
    await placeholder[Symbol.asyncDispose]();
    const { consumer } = consume(placeholder, {}, { url });
    await soon(() => expect(consumer.problem()).toBe(`nothing listens at ${url}`));
    const broker = await new FakeBroker(version).listen(port);
    opened.push(broker);
    await consumer.ready;
  });

  test('garbage from the broker ends the connection, not the process', async () => {
    const broker = await openBroker();
    const { consumer } = consume(broker);
    await consumer.ready;
    broker.last.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    await soon(() => expect(broker.connections).toHaveLength(2));
    await soon(() => expect(consumer.problem()).toBeUndefined());
  });

  test('reconnects are spread: no two consumers keep step, and a refusing broker is asked ever more rarely', async () => {
    const broker = await openBroker();
    const connectedAt: number[] = [];
    broker.answer = (packet, { socket }) => {
      if (packet.cmd !== 'connect') return undefined;
      connectedAt.push(performance.now());
      socket.destroy();
      return [];
    };
    consume(broker);
    await soon(() => expect(connectedAt.length).toBeGreaterThanOrEqual(5));
    const waits = connectedAt.slice(1).map((at, i) => at - (connectedAt[i] ?? 0));
    for (const [i, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(100 * 2 ** i * 0.5 - 5);
    expect((waits[3] ?? 0) > (waits[0] ?? 0)).toBe(true);
    expect(waits.every((wait, i) => Math.abs(wait - 100 * 2 ** i) < 0.5)).toBe(false);
  });

  test('close() takes no more, waits for the work in flight, acknowledges it and says goodbye', async () => {
    const broker = await openBroker();
    const { consumer, got } = consume(broker);
    await consumer.ready;
    broker.last.send(published('a/x', '1', 1), published('a/x', '2', 2));
    await soon(() => expect(got).toHaveLength(2));
    let isClosed = false;
    const closing = consumer[Symbol.asyncDispose]().then(() => {
      isClosed = true;
    });
    broker.last.send(published('a/x', 'too late', 3));
    // Nor does it leave a broker waiting for its reader meanwhile.
    const much = published('a/x', 'x'.repeat(200_000));
    broker.last.send(...Array.from({ length: 100 }, () => much));
    await soon(() => expect(broker.last.socket.writableLength).toBe(0));
    got[1]?.ack();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    got[0]?.ack();
    await closing;
    await soon(() => expect(broker.last.of('disconnect')).toHaveLength(1));
    expect(acks(broker)).toEqual([1, 2]);
    expect(got.map(({ payload }) => String(payload))).toEqual(['1', '2']);
    expect(consumer.problem()).toBe('closed');
  });

  test('close() before the broker was ever reached ends at once', async () => {
    const placeholder = await new FakeBroker().listen();
    const { url } = placeholder;
    await placeholder[Symbol.asyncDispose]();
    const { consumer } = consume(placeholder, {}, { url });
    await soon(() => expect(consumer.problem()).toBe(`nothing listens at ${url}`));
    await consumer[Symbol.asyncDispose]();
  });
});
