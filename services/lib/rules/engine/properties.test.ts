// What must hold for every rule in every history, whatever comes and in whatever order.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '#domain/journal.ts';
import {
  byInstance,
  type Event,
  histories,
  Life,
  liveThrough,
  ruleOf,
  withoutCorrections,
} from '../testing/history.ts';
import type { EngineOutput } from './inputs.ts';
import type { InstanceState } from './state.ts';

const temp = { metric: 'temp', maxAge: '10s' };
const hot = ruleOf({
  id: 'hot',
  inputs: { temp },
  condition: { '>': [{ var: 'temp' }, 80] },
  deadband: 2,
  onDelay: '3s',
  offDelay: '2s',
});
const latched = ruleOf({
  id: 'latched',
  inputs: { temp, flow: { metric: 'flow', maxAge: '20s' } },
  condition: {
    and: [
      { '>': [{ var: 'temp' }, 80] },
      {
        or: [
          { '<': [{ var: 'flow' }, 5] },
          { '==': [{ state: 'mode' }, 'run'] },
          { '!': [{ known: [{ var: 'flow' }] }] },
        ],
      },
    ],
  },
  clearCondition: { '<': [{ var: 'temp' }, 78] },
  latching: true,
});
const silent = ruleOf({
  id: 'silent',
  inputs: { temp },
  condition: { or: [{ '>': [{ age: ['temp'] }, 15] }, { '==': [{ online: [] }, false] }] },
  onDelay: '1s',
  offDelay: '1s',
  ackRequired: false,
});
const acting = ruleOf({
  id: 'acting',
  inputs: { temp },
  condition: { '>': [{ var: 'temp' }, 90] },
  actions: [
    {
      id: 'close',
      on: ['active'],
      type: 'command',
      target: { select: { device: 'd1' } },
      command: 'valve.set',
      permitWhen: { '!=': [{ state: 'mode' }, 'manual'] },
      expiresAfter: '20s',
      ack: { accept: '2s', complete: '5s', retries: 1 },
    },
  ],
});
const alarms = [hot, latched, silent];
const all = [...alarms, acting];
const ids = all.map(({ id }) => id);
const RUNS = { numRuns: 400 };

/** A state without what a refusal's own entry in the journal moves. */
function withoutNumbers(state: InstanceState | undefined) {
  return { ...structuredClone(state), seq: 0, entryAt: 0, entriesThen: 0 };
}

describe('in every history', () => {
  it.each([
    ['ACKED', { rules: ids }],
    ['RESET', { rules: ['latched'], temps: fc.constantFrom(70, 95), operations: ['ack', 'reset'] as const }],
  ])('the journal of an alarm tells a possible life, %s included', (wanted, options) => {
    const met = new Set<string>();
    fc.assert(
      fc.property(histories(options), (events) => {
        for (const entries of byInstance(liveThrough(all, events, 'deadlines').journal).values()) {
          let last: JournalEntry | undefined;
          let isActive = false;
          let isAcked = false;
          for (const entry of entries) {
            met.add(entry.event);
            expect(entry.seq).toBeGreaterThan(last?.seq ?? 0);
            expect(entry.journalTime).toBeGreaterThanOrEqual(last?.journalTime ?? 0);
            expect(entry.episode).toBe((last?.episode ?? 0) + (entry.event === 'ACTIVE' ? 1 : 0));
            if (entry.event === 'ACTIVE') {
              expect(isActive).toBe(false);
              expect(entry.state).toBe('UNACK');
              [isActive, isAcked] = [true, false];
            } else if (entry.event === 'RETURNED') {
              expect(isActive).toBe(true);
              isActive = false;
            } else if (entry.event === 'ACKED') {
              expect(['UNACK', 'RTNUN']).toContain(last?.state);
              expect(isAcked).toBe(false);
              isAcked = true;
            } else if (entry.event === 'RESET') {
              expect([last?.state, isAcked]).toEqual(['LATCH', true]);
            } else if (entry.event === 'REFUSED') {
              // A pending alarm is not journaled, so it may have become one, or none, in silence.
              const quiet = ['NORM', 'PENDING'];
              if (!quiet.includes(entry.state)) expect(entry.state).toBe(last?.state);
            }
            last = entry;
          }
        }
      }),
      { numRuns: 800 },
    );
    expect([...met]).toEqual(expect.arrayContaining([wanted, 'ACTIVE', 'COMMAND', 'REFUSED', 'RETURNED']));
  });

  it('an operation on another episode is refused and changes nothing', () => {
    let refused = 0;
    fc.assert(
      fc.property(histories({ rules: ids }), (events) => {
        const life = new Life(all, 'deadlines');
        for (const event of events) {
          life.runClock(event.at);
          const { input } = event;
          const key = input.kind === 'operation' ? `${input.alarm.rule}/lyon/farm/${input.alarm.instance}` : '';
          const state = life.engine.instances.get(key)?.state;
          const before = withoutNumbers(state);
          const outputs = life.step(input);
          if (input.kind !== 'operation' || state === undefined || input.operation.episode === state.episode) continue;
          refused++;
          const after = withoutNumbers(state);
          expect(after).toEqual(before);
          expect(outputs.filter(({ kind }) => kind === 'journal')).toMatchObject([{ entry: { event: 'REFUSED' } }]);
          expect(outputs.filter(({ kind }) => kind === 'command')).toEqual([]);
        }
      }),
      RUNS,
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('nothing is raised, returned or commanded while every value is unknown', () => {
    fc.assert(
      fc.property(histories({ rules: ids, temps: fc.constant(null) }), (events) => {
        const { journal } = liveThrough([hot, latched, acting], events, 'deadlines');
        expect(
          journal.filter(({ event }) => ['ACTIVE', 'RETURNED', 'COMMAND', 'ACKED', 'RESET'].includes(event)),
        ).toEqual([]);
      }),
      RUNS,
    );
  });

  it('the journal does not depend on how often the clock is looked at', () => {
    let entries = 0;
    fc.assert(
      fc.property(histories({ rules: ids }), (events) => {
        const exact = byInstance(liveThrough(alarms, events, 'deadlines').journal);
        entries += [...exact.values()].flat().length;
        expect(byInstance(liveThrough(alarms, events, 'end').journal)).toEqual(exact);
        expect(byInstance(liveThrough(alarms, events, '100ms').journal)).toEqual(exact);
      }),
      { numRuns: 200 },
    );
    expect(entries).toBeGreaterThan(500);
  });

  it('the same inputs give the same outputs', () => {
    fc.assert(
      fc.property(histories({ rules: ids }), (events) => {
        expect(liveThrough(all, events, 'deadlines').outputs).toEqual(liveThrough(all, events, 'deadlines').outputs);
      }),
      RUNS,
    );
  });

  it('samples that come again change nothing', () => {
    fc.assert(
      fc.property(histories({ rules: ids }), fc.integer({ min: 0, max: 40 }), (history, from) => {
        const events = withoutCorrections(history);
        const isSample = ({ input }: Event) => input.kind === 'point';
        const once = liveThrough(all, events, 'deadlines');
        const twice = liveThrough(
          all,
          events.flatMap((event) => (isSample(event) ? [event, event] : [event])),
          'deadlines',
        );
        expect(twice.outputs).toEqual(once.outputs);
        const said = once.outputs.length;
        for (const { input } of events.slice(from).filter(isSample)) once.step(input);
        expect(once.outputs.slice(said)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('a restart at any event gives the journal of an uninterrupted run, though the last messages come again', () => {
    let restarts = 0;
    fc.assert(
      fc.property(histories({ rules: ids }), fc.nat(59), fc.nat(10), (history, place, again) => {
        const events = withoutCorrections(history);
        const cut = place % events.length;
        const last = events[cut];
        if (last === undefined) return;
        restarts++;
        const before = new Life(all, 'deadlines');
        for (const event of events.slice(0, cut + 1)) before.live(event);
        // What the event itself made due at its own moment: whoever hears of that moment next would live it.
        before.runClock(last.at);
        const after = new Life(all, 'deadlines', { saved: before.saved(), at: last.at });
        for (const { input } of events.slice(Math.max(0, cut + 1 - again), cut + 1))
          if (input.kind === 'point') after.step(input);
        expect(after.outputs).toEqual([]);
        for (const event of events.slice(cut + 1)) after.live(event);
        after.end(events);
        const unbroken = liveThrough(all, events, 'deadlines');
        expect(byInstance([...before.journal, ...after.journal])).toEqual(byInstance(unbroken.journal));
      }),
      { numRuns: 10_000 },
    );
    expect(restarts).toBeGreaterThan(9_900);
  }, 300_000);
});

describe('commands', () => {
  it('are sent once per episode, again only while unanswered and unexpired, and never in shadow', () => {
    let sent = 0;
    const shadow = { ...acting, isShadow: true };
    fc.assert(
      fc.property(histories({ rules: ids }), (events) => {
        const isCommand = (output: EngineOutput) => output.kind === 'command';
        expect(liveThrough([shadow], events, 'deadlines').outputs.filter(({ kind }) => kind !== 'journal')).toEqual([]);
        for (const ticking of ['deadlines', 'end'] as const) {
          const life = new Life([acting], ticking);
          const tries = new Map<string, number>();
          const answered = new Set<string>();
          const note = (outputs: readonly EngineOutput[], now: number) => {
            for (const output of outputs) {
              if (output.kind === 'journal' && output.entry.event === 'COMMAND') {
                const { cid = '', status } = output.entry.command ?? {};
                if (status !== 'SENT' && status !== 'QUEUED') answered.add(cid);
              }
              if (output.kind !== 'command') continue;
              const { cid, exp } = output.envelope;
              tries.set(cid, (tries.get(cid) ?? 0) + 1);
              expect(tries.get(cid)).toBeLessThanOrEqual(2);
              expect(answered).not.toContain(cid);
              expect(exp).toBeGreaterThan(now);
            }
          };
          for (const event of events) {
            life.runClock(event.at);
            note(life.outputs.splice(0), 0);
            note(life.live(event), event.at);
            life.outputs.length = 0;
          }
          sent += tries.size;
        }
        expect(liveThrough([acting], events, 'end').outputs.filter(isCommand).length).toBeLessThan(events.length * 2);
      }),
      RUNS,
    );
    expect(sent).toBeGreaterThan(50);
  });
});
