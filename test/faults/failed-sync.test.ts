// A sync fails under load: whoever needed it ends at once, since nothing is known of what was written, and does not try again;
// started anew, it has everything that it had acknowledged.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceName } from '#domain/service.ts';
import { failSyncs } from '../support/failed-sync.ts';
import type { Pipeline } from '../support/pipeline.ts';
import { type Running, until } from '../support/processes.ts';
import { NO_STRACE } from '../support/recorded-disk/record.ts';
import { PROFILE, randomFor, SEED } from './profile.ts';
import { type Rig, startRig } from './rig.ts';
import { report } from './settle.ts';

const SERVICES: readonly ServiceName[] = ['broker', 'ingest', 'rules', 'writer', 'historian'];

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
        await ends(service, running, strace);
        await pipeline.restart(service);
      }
    }
    report(`a failed sync of each service, ${PROFILE.failedSyncs} times`, await rig.settle());
  });

  it.each([
    ['the catalogue', () => 'catalogue.db-wal'],
    ['a file of chunks', newestChunks],
  ])('of %s while the historian seals: it ends, and nothing is lost', async (what, fileIn) => {
    rig = await startRig(randomFor(`failed sync of ${what}`));
    const { pipeline } = rig;
    const folder = path.join(pipeline.dataDir, 'historian');
    await seal(pipeline); // all files are there
    const running = pipeline.processes.get('historian');
    if (running?.child.pid === undefined) throw new Error('historian does not run');
    await using strace = failSyncs(running.child.pid, path.join(folder, fileIn(folder)));
    // Again and again, until strace has taken hold.
    const sealing = setInterval(() => void seal(pipeline).catch(() => {}), 200);
    await ends('historian', running, strace).finally(() => clearInterval(sealing));
    expect(running.output()).toMatch(/"level":"fatal".*the store failed/);
    await pipeline.restart('historian');
    report(`a failed sync of ${what}`, await rig.settle());
  });
});

/** With an error. */
async function ends(service: string, running: Running, strace: Running): Promise<void> {
  const code = await until(`${service} to end`, () => {
    const { exitCode } = running.child;
    if (exitCode === null && strace.output() !== '') throw new Error(strace.output()); // for whoever waits in vain
    return exitCode ?? undefined;
  });
  expect(code, `${service}: ${running.output()}`).toBeGreaterThan(0);
}

/** A deletion of nothing: what is in memory goes into chunks before. */
async function seal({ storeUrl }: Pipeline): Promise<void> {
  const query = new URLSearchParams({ db: 'plant', q: 'DELETE FROM reading WHERE time < 1' });
  const answer = await fetch(`${storeUrl}/query?${query}`, { method: 'POST' });
  expect(await answer.text()).not.toContain('error');
}

function newestChunks(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const newest = names
    .filter((name) => /policy-.*\.db$/.test(name))
    .sort((a, b) => (path.basename(a) < path.basename(b) ? -1 : 1));
  return `${newest.at(-1)}-wal`;
}
