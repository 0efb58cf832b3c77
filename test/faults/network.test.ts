// The network between the devices and the broker, and that between the writer and the store, cut, half-open, slow and in
// pieces: whoever is cut off comes back by itself, and nothing is missing, out of order or there twice.

import { afterEach, describe, expect, it } from 'vitest';
import type { Weather } from '../support/tcp-proxy.ts';
import { PROFILE, randomFor, SEED } from './profile.ts';
import { type Rig, startRig } from './rig.ts';
import { report } from './settle.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** 50 ms each way and what a poor radio link carries, for each connection. */
const SLOW = { kind: 'slow', delayMs: 50, bytesPerSecond: 20_000 } as const;
const FLAP_MS_MAX = 1_500;

describe(`a bad network for ${PROFILE.outageMs / 1_000} s (seed ${SEED})`, () => {
  let rig: Rig | undefined;
  afterEach(() => rig?.[Symbol.asyncDispose]());

  for (const net of ['deviceNet', 'storeNet'] as const) {
    const where = net === 'deviceNet' ? 'between devices and broker' : 'between writer and store';
    const random = randomFor(net);
    describe(where, () => {
      it.each<[name: string, weather: Weather, isBroken: boolean]>([
        ['cut', { kind: 'cut' }, true],
        ['half-open', { kind: 'half-open' }, true],
        ['slow', SLOW, false],
        ['in pieces', { kind: 'split', random }, false],
      ])('%s', async (name, weather, isBroken) => {
        rig = await startRig(random);
        const connected = rig[net].connections;
        rig[net].weather = weather;
        await pause(PROFILE.outageMs);
        const gapMs = rig.ledger.takeWorstGapMs();
        rig[net].weather = { kind: 'clear' };
        const clearAt = performance.now();
        const backMs = isBroken && net === 'deviceNet' ? (await rig.ledger.ackAfter(clearAt)) - clearAt : undefined;
        const outcome = await rig.settle();
        const back = backMs === undefined ? '' : `first ack ${Math.round(backMs)} ms after it; `;
        report(`${name} ${where}`, outcome, `${back}worst gap of acks ${Math.round(gapMs)} ms`);
        // Whoever was cut off has come again; a network that is only bad costs no connection.
        const made = rig[net].connections - connected;
        if (isBroken) expect(made).toBeGreaterThan(0);
        if (!isBroken && net === 'deviceNet') expect(made).toBe(0);
      });

      it('flapping', async () => {
        rig = await startRig(random);
        for (const startedAt = performance.now(); performance.now() - startedAt < PROFILE.outageMs; ) {
          await pause(random() * FLAP_MS_MAX);
          rig[net].reset();
        }
        report(`flapping ${where}`, await rig.settle(), `${rig[net].connections} connections made`);
      });
    });
  }
});
