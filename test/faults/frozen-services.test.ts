// A service that stands still without dying, as one whose disk hangs or whose machine is paged out: the others go on
// meanwhile, and afterwards nothing is missing and nobody comes running.

import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceName } from '#domain/service.ts';
import { PROFILE, randomFor, SEED } from './profile.ts';
import { type Rig, startRig } from './rig.ts';
import { report } from './settle.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Longest time that the others may stand still, too: a second is promised, of which a busy machine makes two. */
const GAP_MS_MAX = 2_000;
/** Connections that may be lost by it: the frozen one's own two, and its next try where the broker has given it up twice. */
const LOST_MAX = 4;

/** The age from which on a rule no longer believes a sample, where neither it nor a model says another. */
const SILENCE_MS = 30_000;

const FROZEN = ['ingest', 'rules', 'writer', 'historian'] as const satisfies readonly ServiceName[];

describe(`frozen for ${PROFILE.freezeMs / 1_000} s (seed ${SEED})`, () => {
  let rig: Rig | undefined;
  afterEach(() => rig?.[Symbol.asyncDispose]());

  for (const service of FROZEN) {
    it(`${service}: the others go on, and nothing is lost`, async () => {
      rig = await startRig(randomFor(`frozen ${service}`));
      const { ledger, points, writes, pipeline } = rig;
      const takeGaps = () => ({
        acknowledgements: ledger.takeWorstGapMs(),
        // Whoever waits for the frozen one stands still with it.
        ...(service === 'ingest' ? {} : { points: points.takeWorstGapMs() }),
        ...(service === 'rules' ? { writes: writes.takeWorstGapMs() } : {}),
      });
      takeGaps();
      rig.signal(service, 'SIGSTOP');
      await pause(PROFILE.freezeMs);
      const gaps = takeGaps();
      rig.signal(service, 'SIGCONT');
      // Rules judge by the clock when samples stay away for long, as they must where a sensor is dead.
      const comparesAlarms = service !== 'ingest' || PROFILE.freezeMs < SILENCE_MS;
      const outcome = await rig.settle({ comparesAlarms });
      const lost = await pipeline.metric('broker', 'penstock_broker_clients_lost_total');
      const told = Object.entries(gaps).map(([what, ms]) => `${what} ${Math.round(ms)} ms`);
      const alarms = comparesAlarms ? '' : '; alarms not compared: no samples came for longer than rules wait';
      report(`${service} frozen`, outcome, `worst gap: ${told.join(', ')}; ${lost} connections lost${alarms}`);
      for (const [what, ms] of Object.entries(gaps)) expect(ms, what).toBeLessThan(GAP_MS_MAX);
      expect(lost).toBeLessThanOrEqual(LOST_MAX);
    });
  }
});
