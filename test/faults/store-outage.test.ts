// The store goes away or is out of sorts under load, and comes back: nothing is missing, nothing is there twice, what it
// refuses for good is kept with its own words, the writer's memory is bounded, and it catches up while the load goes on.

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../support/processes.ts';
import type { Mood } from '../support/store-front.ts';
import { storedCount } from './findings.ts';
import { messageOfLine } from './plant.ts';
import { PROFILE, randomFor, SEED } from './profile.ts';
import { type Rig, startRig } from './rig.ts';
import { report } from './settle.ts';

/** The writer's own bound in settings (64 MiB of payload) with the process around it. */
const RSS_MAX = 256 * 1024 * 1024;
const CATCH_UP_MIN = 3;
/** Of what was acknowledged, unreadable messages left out: as near as a store can be while more comes in. */
const CAUGHT_UP = 0.95;
const LANES = 2;
const RETRY_AFTER_S = 3;
/** Bad are lines of every 97th message, so that most requests have some. */
const BAD_EVERY = 97;
const BAD_REST = 5;
const WORDS =
  'field type conflict: input field "value" on measurement "reading" is type float, already exists as type string';

/** Resident memory, bytes. */
function rssOf(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe(`the store is out of order for ${PROFILE.outageMs / 1_000} s (seed ${SEED})`, () => {
  let rig: Rig | undefined;
  afterEach(() => rig?.[Symbol.asyncDispose]());

  const start = async (name: string) => {
    rig = await startRig(randomFor(`store ${name}`));
    return rig;
  };

  /** The writer's peak of memory meanwhile, bytes. */
  const sitOut = async ({ pipeline }: Rig) => {
    let peak = 0;
    for (let waited = 0; waited < PROFILE.outageMs; waited += 500) {
      await pause(500);
      peak = Math.max(peak, rssOf(pipeline.processes.get('writer')?.child.pid ?? 0));
    }
    return peak;
  };

  const settle = async (what: string, running: Rig, peak: number) => {
    const backAt = performance.now();
    const outcome = await running.settle();
    const caughtUpS = ((performance.now() - backAt) / 1_000).toFixed(1);
    report(what, outcome, `caught up ${caughtUpS} s later, writer's peak ${Math.round(peak / 1_048_576)} MiB`);
    expect(peak).toBeLessThan(RSS_MAX);
    return outcome;
  };

  /** Lines stored for each one that came meanwhile, from the first after the store's return until it has nearly all. */
  const catchUp = async ({ pipeline, load }: Rig) => {
    const look = async () => ({ stored: await storedCount(pipeline), acked: load.acked });
    const atReturn = await look();
    // The writer is in the middle of a pause that has grown with the outage.
    await until('the first line', async () => (await storedCount(pipeline)) > atReturn.stored || undefined, 60_000);
    const before = { ...(await look()), stored: atReturn.stored };
    const nearlyAll = async () => {
      const now = await look();
      return now.stored >= now.acked * CAUGHT_UP ? now : undefined;
    };
    const after = await until('the store to have nearly all', nearlyAll, PROFILE.settleMsMax);
    return (after.stored - before.stored) / (after.acked - before.acked);
  };

  it('killed: everything is there once, and the store catches up while messages come in', async () => {
    const running = await start('killed');
    await running.pipeline.processes.get('historian')?.kill();
    const peak = await sitOut(running);
    await running.pipeline.restart('historian');
    const times = await catchUp(running);
    await settle(`historian away, ${times.toFixed(1)} times the live rate afterwards`, running, peak);
    expect(times).toBeGreaterThan(CATCH_UP_MIN);
  });

  it.each<[name: string, mood: Mood]>([
    ['500', { kind: 'failing', status: 500 }],
    ['503', { kind: 'failing', status: 503 }],
    ['hanging', { kind: 'hanging' }],
  ])('%s: everything is there once', async (name, mood) => {
    const running = await start(name);
    running.front.mood = mood;
    const peak = await sitOut(running);
    running.front.mood = { kind: 'well' };
    await settle(`store ${name}`, running, peak);
  });

  it('429: it is left alone for as long as it asks, and everything is there once', async () => {
    const running = await start('429');
    const { front } = running;
    front.mood = { kind: 'failing', status: 429, retryAfterS: RETRY_AFTER_S };
    const peak = await sitOut(running);
    front.mood = { kind: 'well' };
    await settle('store 429', running, peak);
    const tries = front.writes.filter(({ status }) => status === 429).length;
    expect(tries).toBeGreaterThan(0);
    expect(tries).toBeLessThanOrEqual(LANES * Math.ceil(PROFILE.outageMs / (RETRY_AFTER_S * 1_000) + 1));
  });

  it('choosy: every good line is there once, and every bad one is kept with its words', async () => {
    const running = await start('choosy');
    const { front } = running;
    const isBad = (line: string) => (messageOfLine(line)?.n ?? 0) % BAD_EVERY === BAD_REST;
    front.mood = { kind: 'choosy', isBad, words: WORDS };
    // It stays so: a line that is bad once and good later would be seen after newer ones.
    const outcome = await settle('store choosy', running, await sitOut(running));
    const refused = [...outcome.rejected].filter(([, reason]) => reason.includes(WORDS));
    expect(refused.length).toBeGreaterThan(0);
    for (const [which] of refused) expect(Number(which.split(' ')[1]) % BAD_EVERY, which).toBe(BAD_REST);
  });
});
