// QoS 2, both ways, with every repetition that a lost answer may cause. Where the broker is killed in the middle, what it
// answered before counts after.

import { afterEach, describe, expect, test } from 'vitest';
import { PacketClient, publish } from '../../../test/support/packet-client.ts';
import { LIVES, openTestBroker, type TestBroker } from '../test-broker.ts';

describe.each(LIVES)('the broker %s', (life) => {
  let broker: TestBroker;
  let opened: AsyncDisposableStack;
  const open = async () => {
    opened = new AsyncDisposableStack();
    broker = opened.use(await openTestBroker(life));
  };
  afterEach(() => opened.disposeAsync());
  const connect = async (clientId: string) =>
    opened.use(await PacketClient.connect(broker.port, { clientId, clean: false }));
  /** The end and the return of a client, with what happens to the broker in between. */
  const comeBack = async (clientId: string, ...clients: readonly PacketClient[]) => {
    for (const client of clients) await client.vanish();
    await broker.interrupt();
    return connect(clientId);
  };
  const message = (payload: string, dup = false) => publish({ topic: 'a', payload, qos: 2, messageId: 7, dup });
  const release = { cmd: 'pubrel', messageId: 7 } as const;

  test('a message that is sent again before PUBREC, in one piece or two, is published once', async () => {
    await open();
    const [reader, writer] = [await connect('reader'), await connect('writer')];
    await reader.subscribe(['a', 2]);
    writer.send(message('1'), message('1', true), message('1', true));
    writer.send(message('1', true));
    for (let i = 0; i < 4; i++) expect((await writer.next('pubrec')).messageId).toBe(7);
    writer.send(release);
    await writer.next('pubcomp');
    await writer.publish('a', 'end');
    expect([await reader.heard(), await reader.heard()]).toEqual(['a 1 q2', 'a end q1']);
  });

  test('a message that is sent again after PUBREC is published once, and its id is free after PUBCOMP', async () => {
    await open();
    const reader = await connect('reader');
    await reader.subscribe(['a', 2]);
    const first = await connect('writer');
    first.send(message('1'));
    await first.next('pubrec');
    expect(await reader.heard()).toBe('a 1 q2');
    first.send(message('1', true));
    await first.next('pubrec');
    reader.send({ cmd: 'pubrec', messageId: 1 });
    await reader.next('pubrel');
    reader.send({ cmd: 'pubcomp', messageId: 1 });
    await reader.disconnect();
    const second = await comeBack('writer', first);
    second.send(message('1', true));
    await second.next('pubrec');
    second.send(release);
    await second.next('pubcomp');
    // Its PUBCOMP was lost.
    second.send(release);
    await second.next('pubcomp');
    await second.publish('a', '2', { qos: 2, messageId: 7 });
    const back = await connect('reader');
    expect(await back.heard()).toBe('a 2 q2');
    await second.publish('a', 'end');
    expect(await back.heard()).toBe('a end q1');
  });

  test('a message without PUBREC of its reader comes again with DUP and the same id; after PUBREC only PUBREL does', async () => {
    await open();
    const [first, writer] = [await connect('reader'), await connect('writer')];
    await first.subscribe(['a', 2]);
    for (const payload of ['1', '2']) await writer.publish('a', payload, { qos: 2 });
    const [one, two] = [await first.next('publish'), await first.next('publish')];
    first.send({ cmd: 'pubrec', messageId: one.messageId ?? 0 });
    await first.next('pubrel');
    const second = await comeBack('reader', first, writer);
    expect(second.sessionPresent).toBe(true);
    expect((await second.next('pubrel')).messageId).toBe(one.messageId);
    expect(await second.next('publish')).toMatchObject({
      payload: Buffer.from('2'),
      dup: true,
      messageId: two.messageId,
    });
    second.send({ cmd: 'pubcomp', messageId: one.messageId ?? 0 });
    second.send({ cmd: 'pubrec', messageId: two.messageId ?? 0 });
    await second.next('pubrel');
    second.send({ cmd: 'pubcomp', messageId: two.messageId ?? 0 }, { cmd: 'pingreq' });
    await second.next('pingresp');
    const third = await comeBack('reader', second);
    await (await connect('writer')).publish('a', 'end');
    expect(await third.heard()).toBe('a end q1');
  });

  test('messages for an absent reader come once each, in order, though others are published while it returns', async () => {
    await open();
    const first = await connect('reader');
    await first.subscribe(['a', 2]);
    const writer = await connect('writer');
    await first.disconnect(); // not lost: what is sent to a connection that is no more comes again with DUP
    for (let n = 1; n <= 100; n++) await writer.publish('a', `${n}`, { qos: 2, messageId: n });
    await writer.vanish();
    await broker.interrupt();
    const again = await connect('writer');
    const sending = (async () => {
      for (let n = 101; n <= 200; n++) await again.publish('a', `${n}`, { qos: 2, messageId: n });
    })();
    const second = await connect('reader');
    const heard: string[] = [];
    const ids = new Set<number>();
    while (heard.length < 200) {
      const { payload, messageId = 0, dup } = await second.next('publish');
      expect(dup).toBe(false);
      heard.push(String(payload));
      ids.add(messageId);
    }
    expect(heard).toEqual(Array.from({ length: 200 }, (_, n) => `${n + 1}`));
    expect(ids.size).toBe(200);
    await sending;
  });
});
