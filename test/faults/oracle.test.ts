// A judge that never condemns proves nothing.

import { describe, expect, test } from 'vitest';
import { goldenJournal } from './golden-journal.ts';
import { Ledger } from './ledger.ts';
import { judge } from './oracle.ts';
import { HIGH_RULE, PLACE } from './plant.ts';
import { Sightings } from './sightings.ts';

/** Two devices that have sent 60 messages each, all acknowledged, and what is found when all is well. */
function allWell() {
  let now = 1_000_000;
  const ledger = new Ledger(
    2,
    () => (now += 5),
    () => now,
  );
  for (let n = 0; n < 60; n++) {
    for (const device of [0, 1]) {
      ledger.payload(device, n);
      ledger.acked(device, n);
    }
  }
  const { messages } = ledger;
  const golden = goldenJournal([HIGH_RULE], PLACE, messages);
  const readable = Array.from({ length: 60 }, (_, n) => n).filter((n) => n !== 49);
  return {
    ...{ ledger, messages, golden },
    stored: new Map([
      ['d0', [...readable]],
      ['d1', [...readable]],
    ]),
    rejected: new Map([
      ['d0 49', 'shape'],
      ['d1 49', 'shape'],
    ]),
    journal: [...golden],
    disorder: [] as string[],
  };
}

test('an undisturbed run has a transition of each device in every ten messages', () => {
  const { golden } = allWell();
  expect(golden).toHaveLength(10);
  expect(golden[0]).toMatch(/^high\/lyon\/hall\/d0\/1 1: ACTIVE \S+ at 1000105$/);
});

test('nothing is wrong where nothing is', () => {
  const found = allWell();
  expect(judge(found.messages, found.golden, found)).toEqual([]);
});

describe('it condemns', () => {
  test.each<[what: string, spoil: (found: ReturnType<typeof allWell>) => void, sentence: string]>([
    ['a lost message', ({ stored }) => stored.get('d1')?.splice(20, 1), '1 lost: d1 20'],
    ['a rejected message that nobody kept', ({ rejected }) => rejected.delete('d0 49'), '1 lost: d0 49'],
    [
      'one that was kept without a reason',
      ({ rejected }) => rejected.set('d0 49', ''),
      '1 lost: d0 49 (rejected without a reason)',
    ],
    ['one that is there twice', ({ stored }) => stored.get('d0')?.push(3), '1 stored twice: d0 3'],
    ['one that was never sent', ({ stored }) => stored.get('d0')?.push(60), '1 never sent: d0 60'],
    ['one that could not be read', ({ stored }) => stored.get('d0')?.push(49), '1 never sent: d0 49'],
    ['a missing transition', ({ journal }) => journal.shift(), '1 transitions missing: high/lyon/hall/d0/1 1: ACTIVE'],
    ['one too many', ({ journal }) => journal.push('high 7'), '1 transitions that no undisturbed run has: high 7'],
    ['disorder', ({ disorder }) => disorder.push('d0 3 after 4'), 'd0 3 after 4'],
  ])('%s', (_, spoil, sentence) => {
    const found = allWell();
    spoil(found);
    expect(judge(found.messages, found.golden, found)).toEqual([expect.stringContaining(sentence)]);
  });

  test('not what the broker never acknowledged, nor a transition that is told twice', () => {
    const found = allWell();
    found.ledger.payload(0, 60);
    found.journal.push(...found.journal);
    expect(judge(found.messages, found.golden, found)).toEqual([]);
  });
});

test('who watches tells of a first sighting after a newer one, and counts what comes again', () => {
  let now = 0;
  const sightings = new Sightings('points', () => (now += 10));
  for (const n of [0, 1, 3, 2, 3, 0, 4]) sightings.see('d0', n);
  sightings.see('d1', 0);
  expect(sightings.disorder).toEqual(['points: d0 2 was first seen after 3']);
  expect(sightings.repeats).toBe(2);
  expect(sightings.takeWorstGapMs()).toBe(10);
});

test('the ledger knows the longest time without an acknowledgement, and the next one', async () => {
  let now = 0;
  const ledger = new Ledger(
    1,
    () => now,
    () => now,
  );
  for (let n = 0; n < 3; n++) ledger.payload(0, n);
  ledger.acked(0, 0);
  now = 700;
  const next = ledger.ackAfter(750);
  ledger.acked(0, 1);
  ledger.acked(0, 1);
  expect([ledger.takeWorstGapMs(), ledger.acknowledged]).toEqual([700, 2]);
  now = 800;
  ledger.acked(0, 2);
  expect(await next).toBe(800);
  expect(ledger.takeWorstGapMs()).toBe(100);
});
