import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '#domain/journal.ts';
import { KpiFold, type Kpis } from './kpi.ts';
import { DAY, entry, HOUR, MINUTE, returned, SECOND, T0 } from './testing.ts';

function kpisOf(entries: readonly JournalEntry[], rangeMs = DAY, from = T0): Kpis {
  const fold = new KpiFold(from);
  for (const each of entries) fold.take(each);
  return fold.result(from + rangeMs);
}

/** So many alarms in one 10-minute bucket, each an alarm of its own. */
const burst = (bucket: number, count: number): JournalEntry[] =>
  Array.from({ length: count }, (_, i) =>
    entry(T0 + bucket * 10 * MINUTE + i * SECOND, { instance: `b${bucket}-${i}` }),
  );

describe('KpiFold', () => {
  it('counts nothing in silence, and says so without a division by zero', () => {
    const kpis = kpisOf([]);
    expect(kpis).toMatchObject({ alarms: 0, mostInTenMinutes: 0, shareOver10: 0, topTenShare: null, floods: [] });
    expect(kpis.averages).toEqual({ perTenMinutes: 0, perHour: 0, perDay: 0 });
    expect(kpis.acknowledgement).toBeNull();
  });

  it('has no averages of an empty range', () => {
    expect(kpisOf([], 0)).toMatchObject({ averages: null, shareOver10: 0, isShort: true });
  });

  it('averages over empty buckets too', () => {
    const kpis = kpisOf(burst(3, 12), 2 * HOUR);
    expect(kpis.averages).toEqual({ perTenMinutes: 1, perHour: 6, perDay: 144 });
    expect(kpis.mostInTenMinutes).toBe(12);
    expect(kpis.shareOver10).toBeCloseTo(1 / 12);
  });

  it('takes wall-clock buckets: 11 alarms over a bucket edge are no flood', () => {
    const edge = T0 + 10 * MINUTE;
    const around = Array.from({ length: 11 }, (_, i) => entry(edge + (i - 5) * SECOND, { instance: `x${i}` }));
    expect(kpisOf(around)).toMatchObject({ floods: [], mostInTenMinutes: 6, shareOver10: 0 });
  });

  it.each<
    readonly [what: string, counts: readonly number[], floods: readonly [from: number, to: number, alarms: number][]]
  >([
    ['10 in 10 min are none', [10], []],
    ['11 begin one, 4 end it', [11, 4, 4], [[0, 1, 11]]],
    ['it goes on at 5', [11, 5, 5, 4], [[0, 3, 21]]],
    [
      'two, apart',
      [11, 0, 12, 0],
      [
        [0, 1, 11],
        [2, 3, 12],
      ],
    ],
    ['a second peak belongs to the same', [11, 6, 20, 0], [[0, 3, 37]]],
  ])('floods: %s', (_, counts, floods) => {
    const kpis = kpisOf(counts.flatMap((count, bucket) => burst(bucket, count)));
    expect(kpis.floods).toEqual(
      floods.map(([from, to, alarms]) => ({ from: T0 + from * 10 * MINUTE, to: T0 + to * 10 * MINUTE, alarms })),
    );
  });

  it('ends a flood with the range where nothing else does', () => {
    expect(kpisOf(burst(0, 11), 5 * MINUTE).floods).toEqual([{ from: T0, to: T0 + 5 * MINUTE, alarms: 11 }]);
  });

  it.each([
    ['three within 60 s', [0, 20, 59.999], 1],
    ['three in 60 s and not within', [0, 20, 60], 0],
    ['two', [0, 1], 0],
    ['one bout, however long it lasts', [0, 20, 40, 60, 80], 1],
    ['two bouts', [0, 1, 2, 300, 301, 302], 2],
  ] as const)('chattering: %s', (_, seconds, bouts) => {
    const kpis = kpisOf(seconds.map((second) => entry(T0 + second * SECOND)));
    expect(kpis.chattering).toEqual({ alarms: bouts === 0 ? 0 : 1, bouts });
  });

  it('does not make chatter of three alarms that are active once each', () => {
    const three = ['a', 'b', 'c'].map((instance, i) => entry(T0 + i * SECOND, { instance }));
    expect(kpisOf(three).chattering.bouts).toBe(0);
  });

  it('counts stale alarms on every day on which they are', () => {
    const kpis = kpisOf(
      [
        entry(T0),
        returned(T0 + 3 * DAY),
        entry(T0 + HOUR, { instance: 'short' }),
        returned(T0 + 25 * HOUR, { instance: 'short' }),
      ],
      4 * DAY,
    );
    expect(kpis.stale).toEqual({ alarms: 1, mostOnADay: 1 });
  });

  it('counts what was active before the range as stale within it, and as no alarm', () => {
    expect(kpisOf([entry(T0 - 2 * DAY)])).toMatchObject({ alarms: 0, stale: { alarms: 1, mostOnADay: 1 } });
  });

  it.each<readonly [what: string, entries: JournalEntry[], alarms: number]>([
    ['shadow', [entry(T0, { shadow: true })], 0],
    ['historical', [entry(T0, { historical: true })], 0],
    ['under an overlay', [entry(T0, { overlay: 'SHLVD' })], 0],
    ['told when the overlay ends', [entry(T0, { overlay: 'SHLVD' }), entry(T0 + 1, { event: 'UNSHELVED' })], 1],
    ['an overlay that ends over nothing', [entry(T0, { event: 'UNSHELVED', state: 'NORM' })], 0],
    ['a rise in priority', [entry(T0), entry(T0 + 1, { event: 'LEVEL', priority: 'high' })], 2],
    ['a fall in priority', [entry(T0, { priority: 'high' }), entry(T0 + 1, { event: 'LEVEL', priority: 'low' })], 1],
    ['told again', [entry(T0), entry(T0 + 1, { event: 'RE_ALARM' })], 2],
    ['a return', [entry(T0), returned(T0 + 1)], 1],
  ])('%s', (_, entries, alarms) => {
    expect(kpisOf(entries).alarms).toBe(alarms);
  });

  it('measures acknowledgement from the activation', () => {
    const acked = (at: number) => entry(at, { event: 'ACKED', state: 'ACKED', actor: 'ann' });
    const kpis = kpisOf([
      entry(T0),
      acked(T0 + MINUTE),
      returned(T0 + HOUR),
      entry(T0 + 2 * HOUR),
      acked(T0 + 2 * HOUR + 3 * MINUTE),
    ]);
    expect(kpis.acknowledgement).toEqual({ count: 2, meanMs: 2 * MINUTE, longestMs: 3 * MINUTE });
  });

  it('keeps names such as __proto__ apart', () => {
    const kpis = kpisOf([entry(T0, { instance: '__proto__' }), entry(T0 + 1, { instance: 'constructor' })]);
    expect(kpis.top.map(({ alarm }) => alarm)).toEqual(['r/s/a/__proto__', 'r/s/a/constructor']);
  });

  it('never counts more than it was given, and shares that make a whole', () => {
    const events = fc.constantFrom('ACTIVE', 'RETURNED', 'LEVEL', 'RE_ALARM', 'ACKED', 'SHELVED', 'UNSHELVED');
    const priority = fc.constantFrom('critical', 'high', 'medium', 'low');
    const arbitrary = fc.array(
      fc.record({ at: fc.nat(2 * DAY), event: events, priority, instance: fc.constantFrom('a', 'b') }),
    );
    fc.assert(
      fc.property(arbitrary, (list) => {
        const ordered = list.toSorted((a, b) => a.at - b.at);
        const kpis = kpisOf(
          ordered.map(({ at, ...more }) => entry(T0 + at, more as Partial<JournalEntry>)),
          2 * DAY + 1,
        );
        expect(kpis.alarms).toBeLessThanOrEqual(list.length);
        const mix = Object.values(kpis.priorityMix).reduce((sum, share) => sum + share, 0);
        expect(mix).toBeCloseTo(kpis.alarms === 0 ? 0 : 1);
        expect(kpis.topTenShare ?? 1).toBeCloseTo(1); // two alarms are at most ten
        expect(kpis.shareOver10).toBeLessThanOrEqual(1);
      }),
    );
  });
});
