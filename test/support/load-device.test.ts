import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRandom } from '#domain/random.ts';
import { FakeBroker } from './fake-broker.ts';
import { type DeviceOptions, LoadDevice } from './load-device.ts';
import { until } from './processes.ts';

let broker: FakeBroker;
let device: LoadDevice;
let taken: number[];

beforeEach(async () => {
  broker = await new FakeBroker().listen();
  taken = [];
});
afterEach(async () => {
  device[Symbol.dispose]();
  await broker[Symbol.asyncDispose]();
});

async function connect(options: Partial<DeviceOptions> = {}): Promise<void> {
  device = new LoadDevice({
    ...{ port: broker.port, clientId: 'd', qos: 1 },
    comesBack: { random: createRandom(1), silenceMs: 600 },
    onTaken: (message) => taken.push(message?.n ?? -1),
    ...options,
  });
  await device.connect();
}

const publishes = (connection: number) =>
  broker.connections[connection]?.of('publish').map(({ payload, dup }) => `${payload}${dup ? ' DUP' : ''}`) ?? [];

test('what was not acknowledged comes again, in order and marked DUP, before anything new', async () => {
  broker.answer = ({ cmd, ...packet }) =>
    cmd === 'publish' && ['1', '3'].includes(String((packet as { payload?: Buffer }).payload)) ? [] : undefined;
  await connect();
  for (const text of ['0', '1', '2', '3']) device.publish('t', text);
  await until('two acknowledgements', () => taken.length === 2 || undefined);
  broker.answer = () => undefined;
  broker.last.socket.destroy();
  await until('the lost connection to be seen', () => !device.isConnected || undefined);
  await until('another connection', () => device.isConnected || undefined);
  device.publish('t', '4');
  await until('everything acknowledged', () => device.taken === device.n || undefined);
  expect(publishes(1)).toEqual(['1 DUP', '3 DUP', '4']);
  expect(taken).toEqual([0, 2, 1, 3, 4]);
});

test('a broker that falls silent is given up, also before its first answer', async () => {
  await connect();
  broker.answer = () => [];
  device.publish('t', '0');
  await until('a third connection', () => broker.connections.length >= 3 || undefined);
  expect(device.isConnected).toBe(false);
  broker.answer = () => undefined;
  await until('the message taken', () => taken.length === 1 || undefined);
  expect(broker.connections.slice(0, 2).every(({ socket }) => socket.destroyed || socket.readableEnded)).toBe(true);
});

test('without coming back a lost connection is the end', async () => {
  await connect({ comesBack: undefined });
  device.publish('t', '0');
  await until('the message taken', () => taken.length === 1 || undefined);
  broker.last.socket.destroy();
  await until('the end', () => !device.isConnected || undefined);
  expect(broker.connections).toHaveLength(1);
});

test('a device that the broker refuses says so', async () => {
  broker.answer = ({ cmd }) =>
    cmd === 'connect' ? [{ cmd: 'connack', returnCode: 5, sessionPresent: false }] : undefined;
  await expect(connect({ comesBack: undefined })).rejects.toThrow('the broker refused the device (CONNACK 5)');
});
