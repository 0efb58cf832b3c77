// What must hold whatever a rule is made of: levels, windows, timers, overlays, companions, alarms that read alarms.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { SeriesTable } from '#domain/batch.ts';
import type { JournalEntry } from '#domain/journal.ts';
import { byInstance, type Event, histories, Life, liveThrough, ruleOf } from '../testing/history.ts';
import {
  graded,
  IDS_OF_EVERY_KIND,
  inhibited,
  OPERATIONS_OF_EVERY_KIND,
  RULES_OF_EVERY_KIND,
  timed,
  windowed,
} from '../testing/rules-of-every-kind.ts';

const all = RULES_OF_EVERY_KIND;
const RUNS = { numRuns: 10_000 };
const options = { rules: IDS_OF_EVERY_KIND, operations: OPERATIONS_OF_EVERY_KIND };

const OVERLAY_BEGINS: readonly string[] = ['SHELVED', 'SUPPRESSED', 'OUT_OF_SERVICE'];

describe('in every history of every kind of rule', () => {
  it('the journal tells a possible life, and nobody is called under an overlay', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(histories(options), (events) => {
        const { outputs, journal } = liveThrough(all, events, 'deadlines');
        for (const entries of byInstance(journal).values()) {
          let last: JournalEntry | undefined;
          let isActive = false;
          let isCalled = false;
          for (const entry of entries) {
            met.add(entry.event);
            expect(entry.seq).toBeGreaterThan(last?.seq ?? 0);
            expect(entry.episode).toBe((last?.episode ?? 0) + (entry.event === 'ACTIVE' ? 1 : 0));
            if (entry.event === 'ACTIVE') {
              expect([isActive, entry.state]).toEqual([false, 'UNACK']);
              [isActive, isCalled] = [true, true];
            } else if (entry.event === 'RETURNED') {
              expect(isActive).toBe(true);
              isActive = false;
            } else if (entry.event === 'ACKED') {
              expect(isCalled).toBe(true);
              expect(['UNACK', 'RTNUN']).toContain(last?.state);
              isCalled = false;
            } else if (entry.event === 'RE_ALARM') {
              expect([isActive, entry.state, entry.overlay]).toEqual([true, 'UNACK', null]);
              isCalled = true;
            } else if (entry.state === 'UNACK') isCalled = true;
            if (entry.state === 'ACKED') expect(isActive).toBe(true);
            last = entry;
          }
        }
        for (const output of outputs) {
          if (output.kind !== 'notice') continue;
          const entry = journal.find(
            ({ alarmId, seq }) => alarmId === output.notice.alarmId && seq === output.notice.seq,
          );
          // That an overlay begins is said to those who were called; it calls nobody.
          if (!OVERLAY_BEGINS.includes(entry?.event ?? '')) expect(entry?.overlay).toBeNull();
        }
      }),
      RUNS,
    );
    const wanted = ['ACTIVE', 'LEVEL', 'RE_ALARM', 'RETURNED', 'ACKED', 'SHELVED', 'UNSHELVED', 'OUT_OF_SERVICE'];
    expect([...met]).toEqual(
      expect.arrayContaining([...wanted, 'IN_SERVICE', 'SUPPRESSED', 'UNSUPPRESSED', 'REFUSED']),
    );
  }, 300_000);

  it('what is retained is what the journal says', () => {
    fc.assert(
      fc.property(histories(options), (events) => {
        const { outputs, journal, engine } = liveThrough(all, events, 'deadlines');
        const retained = new Map<string, AlarmMessage | null>();
        for (const output of outputs)
          if (output.kind === 'alarm') retained.set(`${output.alarm.rule}/${output.alarm.instance}`, output.message);
        for (const [key, entries] of byInstance(journal)) {
          const last = entries.at(-1);
          const message = retained.get(key) ?? null;
          // That a delay begins is shown under an overlay, and the journal does not tell of it.
          const told = (state: string | undefined) => (state === 'PENDING' ? 'NORM' : state);
          if (message !== null)
            expect([told(message.state), message.overlay]).toEqual([told(last?.state), last?.overlay]);
          else expect(['NORM', 'PENDING']).toContain(last?.state);
        }
        const shown = engine.annunciated().length;
        expect([...retained.values()].filter((message) => message !== null)).toHaveLength(shown);
      }),
      { numRuns: 2_000 },
    );
  }, 300_000);

  it('in shadow the journal is the same, and nothing is shown, sent or told', () => {
    const essence = ({ shadow: _, rev: _r, ...entry }: JournalEntry) => entry;
    fc.assert(
      fc.property(histories({ rules: IDS_OF_EVERY_KIND, operations: ['ack'] }), (events) => {
        const shadows = all.map((rule) => ruleOf({ ...rule.source, mode: 'shadow' }));
        const shadow = liveThrough(shadows, events, 'deadlines');
        expect(shadow.outputs.filter(({ kind }) => kind !== 'journal')).toEqual([]);
        // A companion that an action raises is raised by doing, and in shadow nothing is done.
        const told = ({ rule }: JournalEntry) => rule !== 'reader.low-flow';
        const live = liveThrough(all, events, 'deadlines').journal.filter(told);
        const numbered = (entries: readonly JournalEntry[]) => entries.map(essence).map(({ seq: _s, ...rest }) => rest);
        expect(numbered(shadow.journal.filter(told))).toEqual(numbered(live));
      }),
      { numRuns: 2_000 },
    );
  }, 300_000);

  it('UNKNOWN never raises, clears or commands', () => {
    const deaf = { ...options, temps: fc.constant(null), operations: ['ack'] as const };
    fc.assert(
      fc.property(histories(deaf), (events) => {
        const { journal } = liveThrough([graded, windowed, timed, inhibited], events, 'deadlines');
        const moved = journal.filter(
          ({ rule, event }) => rule !== 'windowed.no-data' && (event === 'ACTIVE' || event === 'RETURNED'),
        );
        expect(moved).toEqual([]);
      }),
      RUNS,
    );
  }, 300_000);

  it('an alarm that is active stays so while its values are unknown', () => {
    fc.assert(
      fc.property(histories({ rules: ['graded'], temps: fc.constant(null), operations: ['ack'] }), (events) => {
        const life = new Life([graded], 'deadlines');
        const [first] = events;
        if (first === undefined) return;
        for (const event of raised(first.at)) life.live(event);
        for (const event of events) life.live({ ...event, at: event.at + 10_000, input: later(event.input, 10_000) });
        const { journal } = life;
        expect(journal.filter(({ event, instance }) => event === 'RETURNED' && instance === 'd1')).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  }, 300_000);
});

/** An alarm of d1 that is active from the first moment on. */
function raised(at: number): Event[] {
  const series = new SeriesTable().of({ site: 'lyon', area: 'farm', device: 'd1', metric: 'temp' });
  const point = { series, value: 95, quality: 'good', measuredAt: at, late: false } as const;
  return [{ at, input: { kind: 'point', point, receivedAt: at } }];
}

function later(input: Event['input'], byMs: number): Event['input'] {
  if (input.kind === 'clock-step') return { ...input, from: input.from + byMs, to: input.to + byMs };
  if (input.kind === 'point') {
    const measuredAt = input.point.measuredAt + byMs;
    return { ...input, point: { ...input.point, measuredAt }, receivedAt: measuredAt };
  }
  return { ...input, at: input.at + byMs };
}
