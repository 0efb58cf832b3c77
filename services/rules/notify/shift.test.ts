import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileShift, isTimeZone, patternProblem } from './shift.ts';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);
const shift = (starts: string[], hours: number, timeZone: string, except: string[] = []) =>
  compileShift({ timeZone, starts, lastsMs: hours * HOUR, except });

/** The moments between two at which it changes, to the minute, and to what. */
function changes(isOn: (at: number) => boolean, from: string, to: string): string[] {
  const found: string[] = [];
  let before = isOn(at(from));
  for (let moment = at(from) + 60_000; moment <= at(to); moment += 60_000) {
    const now = isOn(moment);
    if (now !== before) found.push(`${new Date(moment).toISOString().slice(0, 16)} ${now ? 'on' : 'off'}`);
    before = now;
  }
  return found;
}

test('a shift begins with the very millisecond and ends before the last', () => {
  const early = shift(['0 6 * * MON-FRI'], 8, 'Europe/Paris');
  expect(early(at('2026-11-24T04:59:59.999Z'))).toBe(false);
  expect(early(at('2026-11-24T05:00:00.000Z'))).toBe(true);
  expect(early(at('2026-11-24T12:59:59.999Z'))).toBe(true);
  expect(early(at('2026-11-24T13:00:00.000Z'))).toBe(false);
  expect(early(at('2026-11-28T08:00:00.000Z'))).toBe(false); // Saturday
});

test.each([
  [
    'spring: the night has 7 hours',
    '2026-03-28T20:00Z',
    '2026-03-29T06:00Z',
    ['2026-03-28T21:00 on', '2026-03-29T04:00 off'],
  ],
  [
    'autumn: the night has 9 hours',
    '2026-10-24T18:00Z',
    '2026-10-25T07:00Z',
    ['2026-10-24T20:00 on', '2026-10-25T05:00 off'],
  ],
])('a night shift in Paris ends at six by the clock; %s', (_, from, to, expected) => {
  expect(changes(shift(['0 22 * * *'], 8, 'Europe/Paris'), from, to)).toEqual(expected);
});

test.each([
  [
    'starts in the hour that is left out',
    '30 2 * * *',
    '2026-03-29T00:00Z',
    '2026-03-29T05:00Z',
    ['2026-03-29T01:00 on', '2026-03-29T02:00 off'],
  ],
  [
    'starts in the hour that comes twice',
    '30 2 * * *',
    '2026-10-25T00:00Z',
    '2026-10-25T05:00Z',
    ['2026-10-25T00:30 on', '2026-10-25T02:30 off'],
  ],
])('one that %s starts once', (_, start, from, to, expected) => {
  expect(changes(shift([start], 1, 'Europe/Paris'), from, to)).toEqual(expected);
});

test.each([
  [
    'Asia/Kathmandu, 5:45 ahead',
    'Asia/Kathmandu',
    '2026-06-01T00:00Z',
    '2026-06-01T12:00Z',
    ['2026-06-01T00:15 on', '2026-06-01T08:15 off'],
  ],
  [
    'Lord Howe before its change of half an hour',
    'Australia/Lord_Howe',
    '2026-04-03T12:00Z',
    '2026-04-04T05:00Z',
    ['2026-04-03T19:00 on', '2026-04-04T03:00 off'],
  ],
  [
    'Lord Howe after it',
    'Australia/Lord_Howe',
    '2026-04-04T12:00Z',
    '2026-04-05T05:00Z',
    ['2026-04-04T19:30 on', '2026-04-05T03:30 off'],
  ],
])('from six for eight hours: %s', (_, zone, from, to, expected) => {
  expect(changes(shift(['0 6 * * *'], 8, zone), from, to)).toEqual(expected);
});

test.each(['2026-03-26T00:00Z', '2026-10-22T00:00Z', '2026-12-29T00:00Z'])(
  'three shifts around the clock leave no gap and no overlap in the week of %s in Paris',
  (from) => {
    const shifts = ['0 6 * * *', '0 14 * * *', '0 22 * * *'].map((start) => shift([start], 8, 'Europe/Paris'));
    for (let i = 0; i < 7 * 96; i++) {
      const moment = at(from) + i * 15 * 60_000;
      const onDuty = shifts.filter((isOn) => isOn(moment)).length;
      expect([new Date(moment).toISOString(), onDuty]).toEqual([new Date(moment).toISOString(), 1]);
    }
  },
);

test('a week on call lasts until the next begins, also over a change of the clock', () => {
  const odd = shift(['0 8 23 3 *'], 7 * 24, 'Europe/Paris');
  expect(changes(odd, '2026-03-23T00:00Z', '2026-03-31T00:00Z')).toEqual([
    '2026-03-23T07:00 on',
    '2026-03-30T06:00 off',
  ]);
});

test('an exception is a local day on which it does not start; what started the day before goes on', () => {
  const night = shift(['0 22 * * *'], 8, 'Europe/Paris', ['2026-12-25']);
  expect(changes(night, '2026-12-24T12:00Z', '2026-12-27T12:00Z')).toEqual([
    '2026-12-24T21:00 on',
    '2026-12-25T05:00 off',
    '2026-12-26T21:00 on',
    '2026-12-27T05:00 off',
  ]);
});

test('a long shift goes on under an exception within it', () => {
  const isOn = shift(['0 8 * * *'], 48, 'UTC', ['2026-12-25']);
  expect(isOn(at('2026-12-25T12:00Z'))).toBe(true);
  expect(isOn(at('2026-12-26T07:59Z'))).toBe(true);
});

test('what it says does not depend on what it was asked before, nor on a clock that steps back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: at('2026-03-28T00:00Z'), max: at('2026-03-31T00:00Z') }), { maxLength: 5 }),
      (moments) => {
        const used = shift(['0 22 * * *', '0 6 * * *'], 6, 'Europe/Paris');
        for (const moment of moments)
          expect(used(moment)).toBe(shift(['0 22 * * *', '0 6 * * *'], 6, 'Europe/Paris')(moment));
      },
    ),
    { numRuns: 50 },
  );
});

test.each([
  ['0 6 * * MON-FRI', undefined],
  ['0 6,14,22 * * *', undefined],
  ['0 0 30 2 *', "'0 0 30 2 *' never comes"],
  ['99 6 * * *', expect.stringContaining('Invalid value for minute: 99')],
  ['* * * * * *', expect.stringContaining('is no pattern of minute, hour, day, month and weekday')],
  ['', expect.stringContaining('is no pattern')],
])('patternProblem() of %o', (pattern, expected) => {
  expect(patternProblem(pattern)).toEqual(expected);
});

test.each([
  ['Europe/Paris', true],
  ['UTC', true],
  ['Mars/Base', false],
  ['', false],
  ['__proto__', false],
])('isTimeZone(%o) is %o', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
