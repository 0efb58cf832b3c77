// What the broker keeps for a client that is away, and what it forgets. Where the broker is killed in the middle, what it
// acknowledged before counts after.

import { afterEach, describe, expect, test } from 'vitest';
import { PacketClient } from '../../../test/support/packet-client.ts';
import { LIVES, openTestBroker, type TestBroker } from '../test-broker.ts';

describe.each(LIVES)('the broker %s', (life) => {
  let broker: TestBroker;
  let opened: AsyncDisposableStack;
  const open = async () => {
    opened = new AsyncDisposableStack();
    broker = opened.use(await openTestBroker(life));
  };
  afterEach(() => opened.disposeAsync());
  const connect = async (clientId: string, clean = false) =>
    opened.use(await PacketClient.connect(broker.port, { clientId, clean }));

  test('a session keeps its subscriptions, and says so in CONNACK', async () => {
    await open();
    const first = await connect('reader');
    expect(first.sessionPresent).toBe(false);
    await first.subscribe(['a/+', 1], ['b', 1], ['c', 0]);
    first.send({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['b'] });
    await first.next('unsuback');
    await first.disconnect();
    await broker.interrupt();
    const second = await connect('reader');
    expect(second.sessionPresent).toBe(true);
    const writer = await connect('writer');
    for (const topic of ['b', 'a/1', 'c']) await writer.publish(topic, 'x');
    expect([await second.heard(), await second.heard()]).toEqual(['a/1 x q1', 'c x q0']);
  });

  test('a session without a subscription is present too', async () => {
    await open();
    await (await connect('device')).disconnect();
    await broker.interrupt();
    expect((await connect('device')).sessionPresent).toBe(true);
  });

  test('a clean session ends what was kept: subscriptions and queue', async () => {
    await open();
    const first = await connect('reader');
    await first.subscribe(['a', 1]);
    await first.disconnect();
    const writer = await connect('writer');
    await writer.publish('a', 'old');
    const clean = await connect('reader', true);
    expect(clean.sessionPresent).toBe(false);
    await clean.disconnect();
    await writer.vanish();
    await broker.interrupt();
    const back = await connect('reader');
    expect(back.sessionPresent).toBe(false);
    const [again, witness] = [await connect('writer'), await connect('witness', true)];
    await witness.subscribe(['a', 0]);
    await again.publish('a', 'not subscribed');
    expect(await witness.heard()).toBe('a not subscribed q0');
    await back.subscribe(['a', 1]);
    await again.publish('a', 'new');
    expect(await back.heard()).toBe('a new q1');
  });

  test('QoS 1 and 2 are kept for who is away, in the order they were sent, and QoS 0 is not', async () => {
    await open();
    const first = await connect('reader');
    await first.subscribe(['a', 2]);
    await first.disconnect();
    const writer = await connect('writer');
    const expected: string[] = [];
    for (let n = 1; n <= 300; n++) {
      const qos = ([1, 2, 0] as const)[n % 3] ?? 0;
      await writer.publish('a', `${n}`, { qos, messageId: n });
      if (qos > 0) expected.push(`a ${n} q${qos}`);
    }
    await writer.vanish();
    await broker.interrupt();
    const second = await connect('reader');
    for (const each of expected) expect(await second.heard()).toBe(each);
    await (await connect('writer')).publish('a', 'end');
    expect(await second.heard()).toBe('a end q1');
  });

  test('what was not acknowledged comes again with DUP and the same id, before anything newer', async () => {
    await open();
    const first = await connect('reader');
    await first.subscribe(['a', 1]);
    const writer = await connect('writer');
    for (const n of [1, 2, 3, 4]) await writer.publish('a', `${n}`);
    const sent = [];
    for (let i = 0; i < 4; i++) sent.push(await first.next('publish'));
    expect(sent.map(({ dup }) => dup)).toEqual([false, false, false, false]);
    for (const i of [0, 2]) first.send({ cmd: 'puback', messageId: sent[i]?.messageId ?? 0 });
    first.send({ cmd: 'pingreq' });
    await first.next('pingresp');
    await first.disconnect();
    await writer.publish('a', '5');
    await writer.vanish();
    await broker.interrupt();
    const second = await connect('reader');
    for (const i of [1, 3]) {
      const { payload, messageId, dup } = await second.next('publish');
      expect({ payload, messageId, dup }).toEqual({
        payload: sent[i]?.payload,
        messageId: sent[i]?.messageId,
        dup: true,
      });
      second.send({ cmd: 'puback', messageId: messageId ?? 0 });
    }
    expect(await second.heard()).toBe('a 5 q1');
    await (await connect('writer')).publish('a', '6');
    expect(await second.heard()).toBe('a 6 q1');
  });

  test('a retained message that a session has not acknowledged comes again too', async () => {
    await open();
    const writer = await connect('writer');
    await writer.publish('a', 'x', { retain: true });
    const first = await connect('reader');
    await first.subscribe(['+', 1]);
    const sent = await first.next('publish');
    expect(sent).toMatchObject({ retain: true, dup: false });
    await first.vanish();
    await writer.vanish();
    await broker.interrupt();
    const second = await connect('reader');
    expect(await second.next('publish')).toMatchObject({ retain: true, dup: true, messageId: sent.messageId });
    second.send({ cmd: 'puback', messageId: sent.messageId ?? 0 });
    await (await connect('writer')).publish('a', 'end');
    expect(await second.heard()).toBe('a end q1');
  });

  test('a second connection with the same id takes the session over', async () => {
    await open();
    const first = await connect('reader');
    await first.subscribe(['a', 1]);
    await broker.interrupt();
    const second = await connect('reader');
    await first.closed;
    expect(second.sessionPresent).toBe(true);
    await (await connect('writer')).publish('a', 'x');
    expect(await second.heard()).toBe('a x q1');
  });
});
