import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AlarmState, PRIORITIES } from '#domain/alarm.ts';
import type { AlarmView } from '../../api/live.ts';
import { sampleAlarm } from '../../testing.ts';
import { compareAlarms, isOpen } from './order.ts';
import { OrderedAlarms } from './ordered-alarms.ts';

const STATES = ['UNACK', 'ACKED', 'RTNUN', 'LATCH', 'NORM'] as const satisfies readonly AlarmState[];

const change = fc.record({
  id: fc.integer({ min: 0, max: 12 }).map(String),
  isGone: fc.boolean(),
  state: fc.constantFrom(...STATES),
  priority: fc.constantFrom(...PRIORITIES),
  activeSince: fc.integer({ min: 0, max: 3 }),
});

test('OrderedAlarms stays as a full sort would have it, whatever comes, changes and goes', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 12 }), (batches) => {
      const ordered = new OrderedAlarms(isOpen);
      let alarms: ReadonlyMap<string, AlarmView> = new Map();
      for (const batch of batches) {
        const next = new Map(alarms);
        for (const { id, isGone, ...changes } of batch) {
          if (isGone) next.delete(id);
          else next.set(id, { ...sampleAlarm(changes), id });
        }
        alarms = next;
        expect(ordered.update(alarms)).toEqual([...alarms.values()].filter(isOpen).sort(compareAlarms));
      }
    }),
  );
});

test('OrderedAlarms gives the same list while nothing in it has changed, so that nothing is drawn again', () => {
  const ordered = new OrderedAlarms(isOpen);
  const alarms = new Map([['a', { ...sampleAlarm(), id: 'a' }]]);
  const list = ordered.update(alarms);
  const normal = { ...sampleAlarm({ state: 'NORM' }), id: 'b' };
  expect(ordered.update(new Map([...alarms, ['b', normal]]))).toBe(list);
  expect(ordered.update(new Map())).toEqual([]);
});
