// Commands at the broker: in time or not at all, never kept for whoever comes later, and from those who may give orders.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { PacketClient } from '../../test/support/packet-client.ts';
import { openTestBroker, type TestBroker, WHEN } from './test-broker.ts';

const TOPIC = 'plant/v1/a/b/valve/cmd';
const command = (cid: string, exp: number) => JSON.stringify({ cid, cmd: 'open', args: {}, exp });

let broker: TestBroker;
let opened: AsyncDisposableStack;
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  broker = opened.use(await openTestBroker());
});
afterEach(() => opened.disposeAsync());

const valve = async () => opened.use(await PacketClient.connect(broker.port, { clientId: 'valve', clean: false }));
const rules = async () =>
  opened.use(await PacketClient.connect(broker.port, { clientId: 'penstock-rules', ...broker.asService('rules') }));

test('what expired while the device was away is not given to it, and counted', async () => {
  const before = await valve();
  await before.subscribe([TOPIC, 1]);
  before.send({ cmd: 'disconnect' });
  await before.closed;
  const sender = await rules();
  await sender.publish(TOPIC, command('late', WHEN - 1), { qos: 1, messageId: 1 });
  await sender.publish(TOPIC, command('in time', WHEN + 1_000), { qos: 1, messageId: 2 });
  await sender.publish(TOPIC, 'of another form', { qos: 1, messageId: 3 });
  const after = await valve();
  expect(String((await after.next('publish')).payload)).toContain('in time');
  expect(String((await after.next('publish')).payload)).toBe('of another form');
  expect(await broker.metrics()).toMatch(/penstock_broker_commands_expired_total.* 1$/m);
});

test('one that is to be retained ends the connection; an empty one takes away what an earlier broker kept', async () => {
  const sender = await rules();
  sender.send({ cmd: 'publish', topic: TOPIC, payload: '', qos: 0, retain: true, dup: false });
  sender.send({ cmd: 'pingreq' });
  await sender.next('pingresp');
  sender.send({
    cmd: 'publish',
    topic: TOPIC,
    payload: command('kept', WHEN + 1_000),
    qos: 0,
    retain: true,
    dup: false,
  });
  await sender.closed;
});

test('from a device, or from who came without a login, ends the connection and goes nowhere', async () => {
  const reader = await valve();
  await reader.subscribe([TOPIC, 1]);
  const stranger = opened.use(await PacketClient.connect(broker.port, { clientId: 'stranger' }));
  stranger.send({ cmd: 'publish', topic: TOPIC, payload: 'open', qos: 0, retain: false, dup: false });
  await stranger.closed;
  const sender = await rules();
  await sender.publish(TOPIC, 'close', { qos: 1, messageId: 1 });
  expect(String((await reader.next('publish')).payload)).toBe('close');
});
