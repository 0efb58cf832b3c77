// The server's clock is set back and ahead at random: what must hold of every history nevertheless.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '#domain/journal.ts';
import {
  byInstance,
  type Event,
  histories,
  Life,
  momentAfter,
  ruleOf,
  START,
  withoutCorrections,
} from '../testing/history.ts';
import { IDS_OF_EVERY_KIND, OPERATIONS_OF_EVERY_KIND, RULES_OF_EVERY_KIND } from '../testing/rules-of-every-kind.ts';

const all = RULES_OF_EVERY_KIND;
const MAX_AGE_MS = 10_000;
const ON_DELAY_MS = 3_000;
const OFF_DELAY_MS = 2_000;
const hot = ruleOf({
  id: 'hot',
  inputs: { temp: { metric: 'temp', maxAge: '10s' } },
  condition: { '>': [{ var: 'temp' }, 80] },
  deadband: 2,
  onDelay: '3s',
  offDelay: '2s',
});

const HOUR_MS = 3_600_000;
const seldom = (...steps: number[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(...steps) });
const back = seldom(-11_000, -60_000, -HOUR_MS, -24 * HOUR_MS);
const bothWays = seldom(-11_000, -HOUR_MS, -24 * HOUR_MS, 11_000, HOUR_MS, 24 * HOUR_MS);

const everyKind = { rules: IDS_OF_EVERY_KIND, operations: OPERATIONS_OF_EVERY_KIND };

/** By how much the clock has been set in all. */
function setBy({ input }: Event): number {
  return input.kind === 'clock-step' ? input.to - input.from : 0;
}

/** The same events as a clock that nobody set would have shown them. */
function asItWas(events: readonly Event[]): Event[] {
  let offMs = 0;
  return events.flatMap((event): Event[] => {
    offMs += setBy(event);
    const { at, input } = event;
    if (input.kind === 'clock-step') return [];
    const moved = at - offMs;
    if (input.kind === 'point')
      return [{ at: moved, input: { ...input, point: { ...input.point, measuredAt: moved }, receivedAt: moved } }];
    if (input.kind === 'operation' && input.operation.until !== undefined) {
      const operation = { ...input.operation, until: input.operation.until - offMs };
      return [{ at: moved, input: { ...input, operation, at: moved } }];
    }
    return [{ at: moved, input: { ...input, at: moved } as Event['input'] }];
  });
}

/** Its journal, each entry with its moments as a clock that nobody set would have shown them. */
function journalAsItWas(events: readonly Event[], rules = all): JournalEntry[] {
  const life = new Life(rules, 'deadlines');
  let offMs = 0;
  let told = 0;
  const entries: JournalEntry[] = [];
  const note = () => {
    for (const entry of life.journal.slice(told))
      entries.push({ ...entry, journalTime: entry.journalTime - offMs, sampleTime: entry.sampleTime - offMs });
    told = life.journal.length;
  };
  for (const event of events) {
    life.runClock(event.at);
    note();
    offMs += setBy(event);
    life.live(event);
    note();
  }
  life.end(events);
  note();
  return entries;
}

/** A receiver drops what is not newer, so that a message which is shown again has a number of its own. */
const unnumbered = (entries: readonly JournalEntry[]) => entries.map(({ seq: _, ...entry }) => entry);

describe("when the server's clock is set", () => {
  it('back, the journal is that of a clock that nobody set, moments apart', () => {
    let steps = 0;
    fc.assert(
      fc.property(histories({ ...everyKind, clockSteps: back }), (history) => {
        const events = withoutCorrections(history);
        steps += events.filter((event) => setBy(event) < 0).length;
        const set = unnumbered(journalAsItWas(events));
        const unset = unnumbered(journalAsItWas(asItWas(events)));
        expect(byInstance(set)).toEqual(byInstance(unset));
      }),
      { numRuns: 5_000 },
    );
    expect(steps).toBeGreaterThan(5_000);
  }, 300_000);

  it('back and ahead, no alarm comes or goes without the evidence of its values, and none comes early', () => {
    let [came, went] = [0, 0];
    fc.assert(
      fc.property(histories({ rules: ['hot'], clockSteps: bothWays }), (history) => {
        const events = withoutCorrections(history);
        const real = asItWas(events);
        for (const { event, instance, journalTime } of journalAsItWas(events, [hot])) {
          if (event === 'ACTIVE') {
            came++;
            expect(evidenceOf(real, instance, journalTime, (value) => value > 80)).toBeGreaterThanOrEqual(ON_DELAY_MS);
          } else if (event === 'RETURNED') {
            went++;
            expect(evidenceOf(real, instance, journalTime, (value) => value <= 78)).toBeGreaterThanOrEqual(
              OFF_DELAY_MS,
            );
          }
        }
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(came, went)).toBeGreaterThan(1_000);
  }, 300_000);

  it('back and ahead, what holds is found within its delay, and what does not is not', () => {
    fc.assert(
      fc.property(histories({ rules: ['hot'], clockSteps: bothWays }), fc.constantFrom(95, 70), (history, value) => {
        const events = [...history, ...quietMinute(history, value)];
        const life = new Life([hot], 'deadlines');
        for (const event of events) life.live(event);
        expect(life.engine.instances.get('hot/lyon/farm/d1')?.state.active).toBe(value > 80);
      }),
      { numRuns: 5_000 },
    );
  }, 300_000);

  it('back and ahead, numbers of an alarm only grow, and an active one stays so', () => {
    fc.assert(
      fc.property(histories({ ...everyKind, clockSteps: bothWays }), (events) => {
        const life = new Life(all, 'deadlines');
        for (const event of events) {
          life.runClock(event.at);
          const before = new Map([...life.engine.instances].map(([key, { state }]) => [key, { ...state }]));
          life.live(event);
          if (event.input.kind !== 'clock-step') continue;
          for (const [key, { state }] of life.engine.instances) {
            const { active, latched, episode } = before.get(key) ?? state;
            expect({ key, ...state }).toMatchObject({ key, active, latched, episode });
          }
        }
        for (const entries of byInstance(life.journal).values())
          for (const [i, { seq }] of entries.entries()) expect(seq).toBeGreaterThan(entries[i - 1]?.seq ?? 0);
      }),
      { numRuns: 2_000 },
    );
  }, 300_000);

  it('a restart at any event gives the journal of an uninterrupted run', () => {
    fc.assert(
      fc.property(histories({ ...everyKind, clockSteps: bothWays }), fc.nat(119), (history, place) => {
        const events = withoutCorrections(history);
        const cut = place % events.length;
        const last = events[cut];
        if (last === undefined) return;
        const before = new Life(all, 'deadlines');
        for (const event of events.slice(0, cut + 1)) before.live(event);
        before.runClock(momentAfter(last));
        const after = new Life(all, 'deadlines', { saved: before.saved(), at: momentAfter(last) });
        for (const event of events.slice(cut + 1)) after.live(event);
        after.end(events);
        const unbroken = new Life(all, 'deadlines');
        for (const event of events) unbroken.live(event);
        unbroken.end(events);
        expect(byInstance([...before.journal, ...after.journal])).toEqual(byInstance(unbroken.journal));
      }),
      { numRuns: 5_000 },
    );
  }, 300_000);
});

/** For how long the values of a device have been known to be so, by a clock that nobody set. */
function evidenceOf(events: readonly Event[], device: string, until: number, isSo: (value: number) => boolean): number {
  let evidenceMs = 0;
  let since: { readonly at: number; readonly isSo: boolean } | undefined;
  const pass = (at: number) => {
    if (since?.isSo === true) evidenceMs += Math.min(at - since.at, MAX_AGE_MS + 1);
  };
  for (const { at, input } of events) {
    // What is due at a moment is judged before a sample of it.
    if (at >= until || input.kind !== 'point') continue;
    const { series, value } = input.point;
    if (series.device !== device || series.metric !== 'temp') continue;
    pass(at);
    since = { at, isSo: typeof value === 'number' && isSo(value) };
    if (typeof value === 'number' && !since.isSo) evidenceMs = 0;
  }
  pass(until);
  return evidenceMs;
}

/** A sample each second of the same value: long enough for every delay. */
function quietMinute(history: readonly Event[], value: number): Event[] {
  const last = history.at(-1);
  const from = last === undefined ? START : momentAfter(last);
  const series = { key: 'lyon/farm/d1/temp', site: 'lyon', area: 'farm', device: 'd1', metric: 'temp' };
  return Array.from({ length: 10 }, (_, i) => {
    const at = from + (i + 1) * 1_000;
    const point = { series: series as never, value, quality: 'good', measuredAt: at, late: false } as const;
    return { at, input: { kind: 'point', point, receivedAt: at } };
  });
}
