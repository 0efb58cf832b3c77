// Orders and the audit journal: nothing takes effect that is not written down, and nothing else waits for it.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { PacketClient } from '../../../test/support/packet-client.ts';
import { openTestBroker, type TestBroker } from '../test-broker.ts';
import { isOrder } from './orders.ts';

const COMMAND = 'plant/v1/a/b/valve/cmd';

let broker: TestBroker;
let opened: AsyncDisposableStack;
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  broker = opened.use(await openTestBroker());
});
afterEach(() => opened.disposeAsync());
const connect = async (clientId: string, login = {}) =>
  opened.use(await PacketClient.connect(broker.port, { clientId, ...login }));

test('a command is acknowledged and delivered when it is written down, in order with what its sender says after it', async () => {
  const [valve, rules, other] = [
    await connect('valve'),
    await connect('penstock-rules', broker.asService('rules')),
    await connect('other'),
  ];
  await valve.subscribe(['plant/#', 1], ['alarm/#', 1], ['x', 0]);
  broker.audit.hold();
  rules.send(
    { cmd: 'publish', topic: COMMAND, payload: 'open', qos: 1, messageId: 1, retain: false, dup: false },
    { cmd: 'publish', topic: 'alarm/v1/a/b/r/i', payload: 'sent', qos: 1, messageId: 2, retain: false, dup: false },
  );
  await other.publish('x', 'meanwhile', { qos: 1 });
  expect(await valve.heard()).toBe('x meanwhile q0');
  expect(broker.audit.events).toMatchObject([
    { what: 'publish', who: { user: 'rules', role: 'service', client: 'penstock-rules' }, topic: COMMAND },
  ]);
  broker.audit.release();
  expect([await rules.next('puback'), await rules.next('puback')]).toMatchObject([{ messageId: 1 }, { messageId: 2 }]);
  expect([await valve.heard(), await valve.heard()]).toEqual([`${COMMAND} open q1`, 'alarm/v1/a/b/r/i sent q1']);
});

test.each([
  ['plant/v1/a/b/c/cmd', true],
  ['plant/v1/a/b/c/cfg/desired', true],
  ['plant/v1/a/b/c/ota/data', true],
  ['alarm-op/v1/a/b/r/i', true],
  ['command-op/v1/a/b/c', true],
  ['command/v1/a/b/c', false],
  ['state/v1/a/b/mode', true],
  ['rejected-op/v1/replay', true],
  ['plant/v1/a/b/c/tele', false],
  ['plant/v1/a/b/c/cfg/reported', false],
  ['alarm/v1/a/b/r/i', false],
  ['rejected/v1/json', false],
  ['home/cmd', false],
])('%s is an order: %s', (topic, expected) => {
  expect(isOrder(topic)).toBe(expected);
});
