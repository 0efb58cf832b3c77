import { expect, test } from 'vitest';
import { type DeviceView, UNHEARD } from '#domain/device.ts';
import { DeviceJournal } from './device-journal.ts';

const NOW = 1_795_355_425_172;
const MINUTE = 60_000;

function view(device: string, rest: Partial<DeviceView> = {}): DeviceView {
  return { site: 'lyon', area: 'tank-farm', device, model: null, role: null, labels: {}, ...UNHEARD, ...rest };
}

function countOf(messages: ReturnType<DeviceJournal['take']>): number {
  return messages.flatMap(({ lines }) => lines).length;
}

test('what is news of a device goes into its journal at once, what merely goes on every five minutes', () => {
  let missed = 0;
  const journal = new DeviceJournal({ missedOf: () => missed, devicesMax: 10 });
  const taken = (rest: Partial<DeviceView>, at: number) => countOf(journal.take([view('t1', rest)], at));
  expect(taken({ lastSeen: NOW }, NOW)).toBe(1);
  expect(taken({ lastSeen: NOW + MINUTE }, NOW + MINUTE)).toBe(0);
  expect(taken({ lastSeen: NOW + 5 * MINUTE }, NOW + 5 * MINUTE)).toBe(1);
  expect(taken({ online: false }, NOW + 5 * MINUTE + 1)).toBe(1);
  expect(taken({ online: false }, NOW + 5 * MINUTE + 2)).toBe(0);
  missed = 4;
  expect(taken({ online: false }, NOW + 5 * MINUTE + 3)).toBe(1);
  // A clock that stepped back must not keep it silent until it has caught up.
  expect(taken({ online: false }, NOW - 60 * MINUTE)).toBe(1);
});

test('lines of one area travel together, and more devices than are remembered are told anew', () => {
  const journal = new DeviceJournal({ missedOf: () => 0, devicesMax: 2 });
  const first = journal.take([view('t1'), view('t2'), { ...view('t3'), area: 'boiler-room' }], NOW);
  expect(first.map(({ lines }) => lines.length)).toEqual([2, 1]);
  expect(countOf(journal.take([view('t1'), view('t2')], NOW + 1))).toBeGreaterThan(0);
});

test('more lines than a message has room for are several messages', () => {
  const journal = new DeviceJournal({ missedOf: () => 0, devicesMax: 1_000 });
  const views = Array.from({ length: 450 }, (_, i) => view(`t${i}`));
  expect(journal.take(views, NOW).map(({ lines }) => lines.length)).toEqual([200, 200, 50]);
});
