// Logins by the thousand: wrong ones, of which those who are there already notice little, and right ones, when all devices come
// back at once.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hashPassword } from '#runtime/access/password-hash.ts';
import { makeToken } from '#runtime/access/token.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { cpuSeconds } from '../bench/cpu-seconds.ts';
import { percentile } from '../bench/percentile.ts';
import { startEmbedded } from '../support/brokers.ts';
import { startLoad } from '../support/load.ts';
import { PacketClient } from '../support/packet-client.ts';
import { freePorts, ROOT, type Running, run, tempFolder, until } from '../support/processes.ts';
import { isLong, PROFILE, SEED } from './profile.ts';

let stack = new AsyncDisposableStack();
afterEach(() => stack.disposeAsync());

const GOOD = 20;
const GOOD_RATE = 200;
/** What is promised, and beside it some of what a busy machine makes everybody wait without any guesser. */
const P99_MS_MAX = 500;
const SHARE_OF_QUIET = 10;
const BACK_MS_MAX = isLong ? 15_000 : 30_000;
const deviceName = (n: number) => `lyon/hall/d${n}`;
const say = (text: string) => process.stdout.write(`${text}\n`);

type Broker = {
  readonly port: number;
  readonly broker: Running;
  readonly tokenOf: (device: string) => Buffer;
};

async function openBroker(): Promise<Broker> {
  stack = new AsyncDisposableStack();
  const dataDir = stack.use(tempFolder()).path;
  const access = path.join(dataDir, 'access');
  mkdirSync(access, { recursive: true });
  const write = (name: string, content: object) =>
    writeFileSync(path.join(access, name), JSON.stringify(content), { mode: 0o600 });
  write('users.json', { users: { anna: { role: 'operator', password: await hashPassword('right') } } });
  const devices = Array.from({ length: PROFILE.returning }, (_, n) => [deviceName(n), {}]);
  write('devices.json', { devices: Object.fromEntries(devices) });
  const key = readOrCreateSecret(dataDir, 'token-key').value;
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const broker = stack.use(await startEmbedded({ dataDir, port, metricsPort }));
  return { port, broker, tokenOf: (name) => Buffer.from(makeToken(key, { kind: 'device', name, serial: 1 })) };
}

describe(`wrong logins, ${PROFILE.wrongLogins} a second (seed ${SEED})`, () => {
  it.each([
    ['with tokens of a device', deviceName(0)],
    ['with passwords of a person', 'anna'],
  ])('%s: those who publish hardly notice', async (what, username) => {
    const { port, broker } = await openBroker();
    const latencies: number[] = [];
    const load = stack.use(
      await startLoad({
        ...{ port, devices: GOOD, rate: GOOD_RATE, qos: 1, window: 50, from: 0 },
        topic: (device) => `plant/v1/lyon/hall/good-${device}/tele`,
        payload: (_, n) => `{"value":${n}}`,
        onAcked: (latencyMs) => latencies.push(latencyMs),
      }),
    );
    const takeP99 = async (forMs: number) => {
      latencies.length = 0;
      await new Promise((resolve) => setTimeout(resolve, forMs));
      return percentile(
        latencies.toSorted((a, b) => a - b),
        0.99,
      );
    };
    const quiet = await takeP99(2_000);
    const guessers = stack.use(
      run(process.execPath, [
        path.join(ROOT, 'test/support/wrong-logins.ts'),
        String(port),
        String(PROFILE.wrongLogins),
        username,
      ]),
    );
    type Told = { readonly tried: number; readonly refused: number };
    const told = (): Told => JSON.parse(guessers.output().trim().split('\n').at(-1) || '{"refused":0}');
    await until('guesses to be answered', () => told().refused > 0 || undefined, 30_000);
    const [before, busyBefore] = [told(), cpuSeconds(broker.child.pid ?? 0)];
    const p99 = await takeP99(PROFILE.wrongLoginsMs);
    const [after, busyAfter] = [told(), cpuSeconds(broker.child.pid ?? 0)];
    const perSecond = (count: number) => Math.round((count * 1_000) / PROFILE.wrongLoginsMs);
    const refused = after.refused - before.refused;
    const cost = ((busyAfter - busyBefore) * 1e6) / Math.max(1, refused);
    say(
      `wrong logins ${what}: ${perSecond(after.tried - before.tried)} tried, ${perSecond(refused)} answered a second, ${Math.round(cost)} us of processor each; p99 of PUBACK ${p99.toFixed(1)} ms, without them ${quiet.toFixed(1)} ms`,
    );
    expect(latencies.length).toBeGreaterThan((GOOD_RATE * PROFILE.wrongLoginsMs) / 1_000 / 2);
    expect(p99).toBeLessThan(P99_MS_MAX + SHARE_OF_QUIET * quiet);
    await load.drain();
  });
});

describe(`${PROFILE.returning} devices log in at once (seed ${SEED})`, () => {
  it('with tokens, wills and sessions; drop, and come back: all are let in', async () => {
    const { port, tokenOf } = await openBroker();
    const connect = async (n: number) => {
      const clientId = deviceName(n);
      const will = {
        topic: `plant/v1/${clientId}/status`,
        payload: Buffer.from('offline'),
        qos: 1,
        retain: true,
      } as const;
      const login = { username: clientId, password: tokenOf(clientId) };
      const client = await PacketClient.connect(port, { clientId, clean: false, will, ...login, waitMs: 60_000 });
      await client.subscribe([`plant/v1/${clientId}/cmd`, 1]);
      return client;
    };
    for (const what of ['log in', 'come back'] as const) {
      const startedAt = performance.now();
      const all = await Promise.allSettled(Array.from({ length: PROFILE.returning }, (_, n) => connect(n)));
      const tookMs = performance.now() - startedAt;
      const failed = all.filter(({ status }) => status === 'rejected');
      say(`${PROFILE.returning} devices ${what}: ${(tookMs / 1_000).toFixed(1)} s, ${failed.length} failed`);
      for (const each of all) if (each.status === 'fulfilled') each.value.socket.destroy();
      expect(failed).toEqual([]);
      expect(tookMs).toBeLessThan(BACK_MS_MAX);
    }
  });
});
