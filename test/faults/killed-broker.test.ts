// The broker killed without warning under load, alone and with everything else at once: what it had acknowledged was on its
// disk, so nothing is lost, and the devices that come back are answered within three seconds.

import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceName } from '#domain/service.ts';
import { PROFILE, randomFor, SEED } from './profile.ts';
import { type Rig, startRig } from './rig.ts';
import { report } from './settle.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Of the broker alone; where five processes start at once, two processors are shared among them. */
const FIRST_ACK_MS_MAX = 3_000;
const FIRST_ACK_OF_ALL_MS_MAX = 15_000;

describe(`the broker killed without warning (seed ${SEED})`, () => {
  let rig: Rig | undefined;
  afterEach(() => rig?.[Symbol.asyncDispose]());

  it.each<[what: string, services: readonly ServiceName[], firstAckMsMax: number]>([
    ['alone', ['broker'], FIRST_ACK_MS_MAX],
    ['with all the others', ['broker', 'historian', 'ingest', 'rules', 'writer'], FIRST_ACK_OF_ALL_MS_MAX],
  ])(
    `%s, ${PROFILE.brokerKills} times: nothing is lost and nothing is there twice`,
    async (what, services, firstAckMsMax) => {
      const random = randomFor(`broker ${what}`);
      rig = await startRig(random);
      const firstAcksMs: number[] = [];
      for (let i = 0; i < PROFILE.brokerKills; i++) {
        await pause(random() * 1_500);
        firstAcksMs.push(await rig.killAndRestart(services));
      }
      const outcome = await rig.settle();
      const sorted = firstAcksMs.map(Math.round).sort((a, b) => a - b);
      report(
        `broker killed ${what} ${sorted.length} times`,
        outcome,
        `first ack ${sorted.join(', ')} ms after the start`,
      );
      // The median: a start is a second of processor, and one start may meet whatever else runs on this machine.
      expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(firstAckMsMax);
    },
  );
});
