// Retained messages and last wills. Where the broker is killed in the middle, what it acknowledged before counts after.

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
  type Options = Partial<Parameters<typeof PacketClient.connect>[1]>;
  const connect = async (clientId: string, options: Options = {}) =>
    opened.use(await PacketClient.connect(broker.port, { ...options, clientId }));
  const will = (topic: string, retain = false) => ({
    will: { topic, payload: Buffer.from('down'), qos: 1 as const, retain },
  });

  test('the last retained message of a topic is sent to who subscribes, an empty one clears it', async () => {
    await open();
    const writer = await connect('writer');
    for (const payload of ['old', 'new']) await writer.publish('a/1', payload, { retain: true });
    for (const payload of ['gone', '']) await writer.publish('a/2', payload, { retain: true });
    await writer.publish('a/3', 'at QoS 0', { qos: 0, retain: true });
    await writer.publish('a/4', 'at QoS 2', { qos: 2, retain: true });
    await broker.interrupt();
    for (const filter of ['a/+', '+/+', 'a/#']) {
      const reader = await connect('reader');
      await reader.subscribe([filter, 1]);
      const heard = [await reader.heard(), await reader.heard(), await reader.heard()];
      expect(heard.toSorted(), filter).toEqual([
        'a/1 new q1 retained',
        'a/3 at QoS 0 q0 retained',
        'a/4 at QoS 2 q1 retained',
      ]);
      await (await connect('writer')).publish('a/9', 'end');
      expect(await reader.heard()).toBe('a/9 end q1');
      await reader.disconnect();
    }
  });

  test('for a subscription that stands, present or away, it is a message like any other, and so is the empty one', async () => {
    await open();
    const [present, away] = [await connect('present'), await connect('away', { clean: false })];
    for (const reader of [present, away]) await reader.subscribe(['a', 1]);
    await away.disconnect();
    const writer = await connect('writer');
    for (const payload of ['x', '']) await writer.publish('a', payload, { retain: true });
    expect([await present.heard(), await present.heard()]).toEqual(['a x q1', 'a  q1']);
    await broker.interrupt();
    const back = await connect('away', { clean: false });
    expect([await back.heard(), await back.heard()]).toEqual(['a x q1', 'a  q1']);
  });

  test('a session that returns is not sent retained messages for what it subscribed before', async () => {
    await open();
    const first = await connect('reader', { clean: false });
    await first.subscribe(['a', 1]);
    await (await connect('writer')).publish('a', 'x', { retain: true });
    first.send({ cmd: 'puback', messageId: (await first.next('publish')).messageId ?? 0 }, { cmd: 'pingreq' });
    await first.next('pingresp');
    await first.disconnect();
    await broker.interrupt();
    const second = await connect('reader', { clean: false });
    await (await connect('writer')).publish('a', 'end');
    expect(await second.heard()).toBe('a end q1');
    await second.subscribe(['a', 1]);
    expect(await second.heard()).toBe('a x q1 retained');
  });

  test('the will of a client that is lost is published, also where the broker is lost with it', async () => {
    await open();
    const first = await connect('reader', { clean: false });
    await first.subscribe(['will/#', 1]);
    const lost = await connect('lost', will('will/lost', true));
    await broker.interrupt();
    const reader = await connect('reader', { clean: false });
    await lost.vanish();
    expect(await reader.heard()).toBe('will/lost down q1');
    const late = await connect('late');
    await late.subscribe(['will/lost', 0]);
    expect(await late.heard()).toBe('will/lost down q0 retained');
  });

  test('the will of a client that said DISCONNECT is not', async () => {
    await open();
    const first = await connect('reader', { clean: false });
    await first.subscribe(['will/#', 1]);
    await (await connect('polite', will('will/polite'))).disconnect();
    await broker.interrupt();
    const reader = await connect('reader', { clean: false });
    const lost = await connect('lost', will('will/lost'));
    await lost.vanish();
    expect(await reader.heard()).toBe('will/lost down q1');
  });

  test('nor that of an earlier connection, once its client has come back and gone in peace', async () => {
    await open();
    const first = await connect('reader', { clean: false });
    await first.subscribe(['will/#', 1]);
    const old = await connect('device', will('will/old'));
    await old.vanish();
    expect(await first.heard()).toBe('will/old down q1');
    await first.disconnect();
    await (await connect('device')).disconnect();
    await broker.interrupt();
    const reader = await connect('reader', { clean: false });
    expect(await reader.heard()).toMatch(/^will\/old down q1/); // not acknowledged above
    await (await connect('lost', will('will/lost'))).vanish();
    expect(await reader.heard()).toBe('will/lost down q1');
  });

  test('a connection that takes over has its own will, and that of the one before is published', async () => {
    await open();
    const first = await connect('reader', { clean: false });
    await first.subscribe(['will/#', 1]);
    const old = await connect('device', will('will/old'));
    const successor = await connect('device', will('will/new'));
    await old.closed;
    expect(await first.heard()).toBe('will/old down q1');
    first.send({ cmd: 'puback', messageId: 1 }, { cmd: 'pingreq' });
    await first.next('pingresp');
    await first.disconnect();
    await broker.interrupt();
    await successor.vanish();
    const reader = await connect('reader', { clean: false });
    expect(await reader.heard()).toBe('will/new down q1');
  });
});
