// Certificates in the life of a broker that runs: made, renewed and revoked by the command line beside it, while devices
// publish; and read by somebody else's client.

import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type BrokerProcess, startTestListeners } from '../services/broker/listeners/test-listeners.ts';
import { publish } from './support/packet-client.ts';
import { findProgram, ROOT, type Running, run } from './support/processes.ts';
import type { Pair } from './support/test-certificates.ts';

const TANKS = Array.from({ length: 8 }, (_, n) => `lyon/tank-farm/tank-0${n}`);

let broker: BrokerProcess;
beforeEach(async () => {
  const devices = [...TANKS, 'pump', 'other', 'reader', 'writer'];
  broker = await startTestListeners({ PENSTOCK_BROKER_TLS_CLIENT_CERTIFICATES: 'optional' }, devices);
});
afterEach(() => broker[Symbol.asyncDispose]());

const exited = (running: Running) => new Promise<number | null>((resolve) => running.child.once('exit', resolve));

async function penstock(...words: readonly string[]): Promise<string> {
  const running = run(process.execPath, [
    path.join(ROOT, 'services/cli/main.ts'),
    ...words,
    '--data',
    broker.made.dataDir,
  ]);
  if ((await exited(running)) !== 0) throw new Error(running.output());
  return running.output();
}

/** A device that publishes at QoS 1 until it is told to stop. */
async function publisher(door: 'tls' | 'wss', clientId: string, pair: Pair) {
  const client = await broker.dial(door, pair).letIn({ clientId });
  let isOn = true;
  let count = 0;
  const working = (async () => {
    while (isOn) {
      const burst = Array.from({ length: 50 }, (_, n) =>
        publish({ topic: 'a', payload: 'x', qos: 1, messageId: n + 1 }),
      );
      client.send(...burst);
      for (let n = 0; n < burst.length; n++) await client.next('puback');
      count += burst.length;
    }
  })();
  return {
    client,
    count: () => count,
    async stop() {
      isOn = false;
      await working;
    },
  };
}

test('certificate, list and authority are renewed under load, and nobody is dropped but who is revoked', async () => {
  const pairs = await Promise.all(TANKS.map((name) => broker.made.client(name)));
  const devices = await Promise.all(
    TANKS.map((name, n) => publisher(n % 2 === 0 ? 'tls' : 'wss', name, pairs[n] as Pair)),
  );
  const all = () => devices.reduce((sum, { count }) => sum + count(), 0);
  const reloads = 5;
  const startedAt = performance.now();
  for (let n = 0; n < reloads; n++) {
    const serial = (await broker.made.rotate()).serial;
    // By a file that changed, and by being told.
    if (n % 2 === 1) broker.running.child.kill('SIGHUP');
    await vi.waitFor(async () => {
      const fresh = broker.dial('tls');
      await fresh.letIn({ clientId: 'fresh' });
      const shown = (
        fresh.socket as { getPeerX509Certificate?: () => { serialNumber: string } }
      ).getPeerX509Certificate?.();
      expect(shown?.serialNumber).toBe(serial);
    }, 10_000);
  }
  broker.made.overwrite('cert', 'broken');
  await vi.waitFor(async () => expect(await broker.certificateProblem()).toContain('holds no certificate'), 10_000);
  expect(await broker.metric('penstock_broker_certificate_reload_failed')).toBe(1);
  await broker.dial('tls', pairs[0]).letIn({ clientId: 'let in all the same' });
  await broker.made.rotate();
  await vi.waitFor(async () => expect(await broker.certificateProblem()).toBeUndefined(), 10_000);
  const before = all();
  await vi.waitFor(() => expect(all()).toBeGreaterThan(before), 10_000);
  for (const { stop } of devices) await stop();
  process.stdout.write(
    `${Math.round((all() * 1_000) / (performance.now() - startedAt))} msg/s while ${reloads + 2} certificates were taken\n`,
  );
  expect(devices.filter(({ client }) => client.socket.closed)).toEqual([]);
  expect(await broker.metric('penstock_broker_clients_lost_total')).toBe(0);
});

test('penstock cert device, rotate and revoke act on the broker that runs', async () => {
  const out = path.join(broker.made.dataDir, 'out');
  await penstock('cert', 'device', 'pump', '--out', out);
  const { readFileSync } = await import('node:fs');
  const pair = {
    cert: readFileSync(path.join(out, 'client.pem'), 'utf8'),
    key: readFileSync(path.join(out, 'client-key.pem'), 'utf8'),
  };
  const [pump, other] = [
    await broker.dial('wss', pair).letIn({ clientId: 'pump' }),
    await broker.dial('tls', await broker.made.client('other')).letIn({ clientId: 'other' }),
  ];
  await penstock('cert', 'rotate');
  await penstock('cert', 'revoke', 'pump');
  const revokedAt = performance.now();
  await pump.closed;
  process.stdout.write(`ended ${Math.round(performance.now() - revokedAt)} ms after the command\n`);
  await expect(broker.dial('tls', pair).letIn({ clientId: 'pump' })).rejects.toThrow('ended the connection');
  other.send({ cmd: 'pingreq' });
  await other.next('pingresp');
  expect(await broker.certificateProblem()).toBeUndefined();
  expect(await broker.metric('penstock_broker_certificate_expires_seconds')).toBeGreaterThan(390 * 86_400);
});

describe.skipIf(findProgram('mosquitto_pub') === undefined)('mosquitto (needs mosquitto-clients)', () => {
  const mosquitto = (program: string, name: string, ...words: readonly string[]) => {
    const { files } = broker.made.store;
    const folder = path.join(files.clients, name);
    const port = String(broker.ports.tls);
    return run(program, [
      ...['-h', 'localhost', '-p', port, '-q', '1', '-t', 'a/b', '--cafile', files.ca],
      ...['--cert', path.join(folder, 'client.pem'), '--key', path.join(folder, 'client-key.pem'), ...words],
    ]);
  };

  test('publishes and subscribes with certificate and key, and not when it is revoked', async () => {
    await penstock('cert', 'device', 'reader');
    await penstock('cert', 'device', 'writer');
    const reader = mosquitto('mosquitto_sub', 'reader', '-C', '1', '-i', 'reader', '-c');
    const heard = exited(reader);
    await vi.waitFor(async () => expect(await broker.metric('penstock_broker_clients')).toBe(1), 10_000);
    const write = async (text: string) => exited(mosquitto('mosquitto_pub', 'writer', '-m', text));
    let isHeard = false;
    void heard.then(() => (isHeard = true));
    while (!isHeard) expect(await write('over TLS')).toBe(0);
    expect(reader.output()).toBe('over TLS\n');
    await penstock('cert', 'revoke', 'writer');
    await vi.waitFor(async () => expect(await write('too late')).not.toBe(0), { timeout: 10_000, interval: 100 });
  });
});
