// Each service killed without warning, again and again, under load: every point that the broker acknowledged is in the
// store once, and the alarm journal is that of the values that were sent, none missing and none invented.

import { afterEach, describe, it } from 'vitest';
import { PROFILE, randomFor, SEED } from './profile.ts';
import { type Rig, startRig } from './rig.ts';
import { report } from './settle.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe(`killed without warning (seed ${SEED})`, () => {
  let rig: Rig | undefined;
  afterEach(() => rig?.[Symbol.asyncDispose]());

  for (const [service, kills] of Object.entries(PROFILE.kills) as [keyof typeof PROFILE.kills, number][]) {
    it(`${service}, ${kills} times: nothing is lost and nothing is there twice`, async () => {
      const random = randomFor(service);
      rig = await startRig(random);
      for (let i = 0; i < kills; i++) {
        await pause(random() * 1_500);
        await rig.killAndRestart([service]);
      }
      report(`${service} killed ${kills} times`, await rig.settle());
    });
  }
});
