// A sync fails under load: whoever needed it ends at once, since nothing is known of what was written, and does not try again;
// started anew, it has everything that it had acknowledged.

import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceName } from '#domain/service.ts';
import { failSyncs } from '../support/failed-sync.ts';
import { until } from '../support/processes.ts';
import { NO_STRACE } from '../support/recorded-disk/record.ts';
import { PROFILE, randomFor, SEED } from './profile.ts';
import { type Rig, startRig } from './rig.ts';
import { report } from './settle.ts';

const SERVICES: readonly ServiceName[] = ['broker', 'ingest', 'rules', 'writer'];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(NO_STRACE)(`a failed sync (seed ${SEED})${NO_STRACE === undefined ? '' : `: ${NO_STRACE}`}`, () => {
  let rig: Rig | undefined;
  afterEach(() => rig?.[Symbol.asyncDispose]());

  it(`of each service, ${PROFILE.failedSyncs} times: it ends, and nothing is lost`, async () => {
    const random = randomFor('failed sync');
    rig = await startRig(random);
    const { pipeline } = rig;
    for (let i = 0; i < PROFILE.failedSyncs; i++) {
      for (const service of SERVICES) {
        await pause(random() * 1_000);
        const running = pipeline.processes.get(service);
        if (running?.child.pid === undefined) throw new Error(`${service} does not run`);
        await using strace = failSyncs(running.child.pid);
        const code = await until(`${service} to end`, () => {
          const { exitCode } = running.child;
          if (exitCode === null && strace.output() !== '') throw new Error(strace.output()); // for whoever waits in vain
          return exitCode ?? undefined;
        });
        expect(code, `${service}: ${running.output()}`).toBeGreaterThan(0);
        await pipeline.restart(service);
      }
    }
    report(`a failed sync of each service, ${PROFILE.failedSyncs} times`, await rig.settle());
  });
});
