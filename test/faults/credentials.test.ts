// Users, devices and rights that change under load: whoever is still good at what he does notices nothing, and who is revoked
// is gone within a second or so.

import { afterEach, describe, expect, it } from 'vitest';
import { makeToken } from '#runtime/access/token.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { type Side, startSide } from '../rights/sides.ts';
import { type Load, startLoad } from '../support/load.ts';
import { PacketClient } from '../support/packet-client.ts';
import { PROFILE, SEED } from './profile.ts';

const RATE = 2_000;
const SWAPS = PROFILE.failedSyncs === 1 ? 12 : 120;
/** The files are looked at every 250 ms; the rest is for a busy machine. */
const REVOKED_WITHIN_MS = 1_000;

const nameOf = (device: number) => `lyon/load/d${device}`;
const devices = Object.fromEntries(Array.from({ length: PROFILE.devices }, (_, i) => [nameOf(i), {}]));
/** Beside the devices of the load, different each time. */
const content = (n: number) => ({
  users: { root: { role: 'admin' }, [`anna${n}`]: { role: 'viewer' }, bert: { role: 'operator', serial: n + 1 } },
  devices: { ...devices, [`lyon/load/new${n}`]: {}, 'lyon/load/bad': { revoked: n > 0 } },
  acl: `user bert\ntopic deny alarm-op/${n}/#\n`,
});

describe(`credentials that are swapped under load (seed ${SEED})`, () => {
  let side: Side | undefined;
  let load: Load | undefined;
  afterEach(async () => {
    await load?.[Symbol.asyncDispose]();
    await side?.[Symbol.asyncDispose]();
  });

  it(`${SWAPS} times at ${RATE} messages/s: who is good stays, who is revoked goes at once`, async () => {
    side = await startSide('embedded', content(0));
    const { env, dataDir } = side;
    const port = Number(env.PENSTOCK_BROKER_PORT);
    const key = readOrCreateSecret(dataDir, 'token-key').value;
    const loginOf = (name: string) => ({
      username: name,
      password: makeToken(key, { kind: 'device', name, serial: 1 }),
    });
    const { username, password } = loginOf('lyon/load/bad');
    using bad = await PacketClient.connect(port, {
      clientId: username,
      username,
      password: Buffer.from(password),
    });
    load = await startLoad({
      ...{ port, devices: PROFILE.devices, qos: 1, rate: RATE, window: 50, from: 0 },
      topic: (device) => `plant/v1/${nameOf(device)}/tele`,
      payload: (_, n) => `{"n":${n}}`,
      login: (device) => loginOf(nameOf(device)),
    });
    const changedAt = performance.now();
    const goneAfterMs = bad.closed.then(() => performance.now() - changedAt);
    for (let n = 1; n <= SWAPS; n++) await side.setAccess(content(n));
    const { sent } = load;
    await load.drain();
    process.stderr.write(
      `credentials: ${SWAPS} swaps, ${sent} messages of ${PROFILE.devices} devices, the revoked one gone after ${Math.round(await goneAfterMs)} ms\n`,
    );
    // Nobody comes back in this load: had one been dropped, its messages would be missing.
    expect(sent).toBeGreaterThan(RATE);
    expect(load.acked).toBe(load.sent);
    const told = (what: string) =>
      side?.running
        .output()
        .split('\n')
        .filter((line) => line.includes(what)) ?? [];
    expect(
      told('cut off')
        .filter((line) => line.includes('lyon/'))
        .map(clientIdOf),
    ).toEqual(['lyon/load/bad']);
    expect(
      [...told('cut off'), ...told('client lost')].map(clientIdOf).filter((id) => id?.startsWith('load-')),
    ).toEqual([]);
    expect(await goneAfterMs).toBeLessThan(REVOKED_WITHIN_MS);
  });
});

function clientIdOf(line: string): string | undefined {
  return /"clientId":"([^"]*)"/.exec(line)?.[1];
}
