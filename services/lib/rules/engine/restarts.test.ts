// Whatever is cut in two or comes in disorder: the journal is that of the run that was not.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byInstance, histories, Life, liveThrough, withoutCorrections } from '../testing/history.ts';
import { IDS_OF_EVERY_KIND, OPERATIONS_OF_EVERY_KIND, RULES_OF_EVERY_KIND } from '../testing/rules-of-every-kind.ts';
import { Engine } from './engine.ts';
import { HoldingEngine } from './hold.ts';
import type { EngineOutput } from './inputs.ts';

const all = RULES_OF_EVERY_KIND;
const RUNS = { numRuns: 10_000 };
const options = { rules: IDS_OF_EVERY_KIND, operations: OPERATIONS_OF_EVERY_KIND };

describe('in every history of every kind of rule', { timeout: 300_000 }, () => {
  it('a restart at any event gives the journal of an uninterrupted run', () => {
    fc.assert(
      fc.property(histories(options), fc.nat(59), fc.nat(10), (history, place, again) => {
        const events = withoutCorrections(history);
        const cut = place % events.length;
        const last = events[cut];
        if (last === undefined) return;
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
      RUNS,
    );
  }, 300_000);

  it('samples that overtake each other within the hold give the journal of those that do not', () => {
    const HOLD_MS = 10_000;
    fc.assert(
      fc.property(histories(options), fc.infiniteStream(fc.nat(HOLD_MS - 1)), (history, delays) => {
        const events = withoutCorrections(history);
        const ordered = liveThrough(all, events, 'deadlines');
        // What is measured at one moment travels together: nothing could tell in which order it belongs.
        const delayOf = new Map<number, number>();
        for (const { at } of events) if (!delayOf.has(at)) delayOf.set(at, delays.next().value ?? 0);
        const arrivals = events
          .map(({ at, input }, order) => ({
            input,
            order,
            arrivesAt: at + (delayOf.get(at) ?? 0),
          }))
          .sort((a, b) => a.arrivesAt - b.arrivesAt || a.order - b.order);
        const start = events[0]?.at ?? 0;
        const holding = new HoldingEngine(new Engine({ rules: all, startedAt: start }), { holdMs: HOLD_MS });
        const outputs: EngineOutput[] = [];
        for (const { input, arrivesAt } of arrivals)
          outputs.push(...holding.step(input.kind === 'point' ? { ...input, receivedAt: arrivesAt } : input));
        const end = (events.at(-1)?.at ?? start) + 60_000;
        outputs.push(...holding.step({ kind: 'tick', at: end + HOLD_MS }));
        const journal = outputs.flatMap((output) => (output.kind === 'journal' ? [output.entry] : []));
        expect(byInstance(journal)).toEqual(byInstance(ordered.journal));
      }),
      RUNS,
    );
  }, 300_000);
});
