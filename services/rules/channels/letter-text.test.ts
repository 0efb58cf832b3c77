import { expect, test } from 'vitest';
import { alarmNamed, NOON, noticeOf } from '../notify/testing.ts';
import { formatMoment, letterText, textLines, urgencyOf } from './letter-text.ts';
import { hostileLetter, hugeLetter, letterOf } from './testing.ts';

test('one alarm: what is violated, the value and the limit, since when, and what to do', () => {
  expect(letterText(letterOf())).toEqual({
    headline: 'CRITICAL active: Tank hot - T1 (lyon/tank-farm)',
    items: [
      {
        title: 'CRITICAL active: Tank hot - T1 (lyon/tank-farm)',
        lines: [
          'T1 is at 83.1 °C',
          'temp 83.1 > 80',
          'since 2026-11-24 13:00:00 Europe/Paris',
          'Response: Open the vent (within 10m)',
        ],
      },
    ],
    rest: undefined,
  });
});

test('news names who did it and what they said', () => {
  const acked = noticeOf({ event: 'ACKED', state: 'ACKED', actor: 'ann', comment: 'on my way' });
  const { headline, items } = letterText(letterOf([acked]));
  expect(headline).toBe('medium acknowledged: Tank hot - T1 (lyon/tank-farm)');
  expect(items[0]?.lines.slice(-2)).toEqual(['by ann', 'Comment: on my way']);
});

test('several: counted by priority and place; told again says so', () => {
  const letter = letterOf([alarmNamed('T1', { priority: 'high' }), alarmNamed('T2', { area: 'dock' })]);
  const again = { ...letter, items: letter.items.map((item) => ({ ...item, isRepeat: true })) };
  expect(letterText(letter).headline).toBe('2 alarms at 2 places: 1 high, 1 medium');
  expect(letterText(again).items[0]?.title).toBe('HIGH not acknowledged: Tank hot - T1 (lyon/tank-farm)');
});

test('a flood lists what is critical and counts the rest', () => {
  const text = letterText(hugeLetter());
  expect(text.headline).toBe('Flood: 300 alarms at lyon/tank-farm: 20 critical, 280 low');
  expect(text.items.filter(({ title }) => title.startsWith('CRITICAL'))).toHaveLength(20);
  expect(text.rest).toBe('and 260 more (260 low)');
  expect(Math.max(...textLines(text).map((line) => [...line].length))).toBeLessThanOrEqual(160);
});

test('no line of a hostile notice is more than one line', () => {
  for (const line of textLines(letterText(hostileLetter()))) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});

test('urgency is that of what calls; of mere news that of all', () => {
  const returned = noticeOf({ event: 'RETURNED', state: 'NORM', priority: 'critical' });
  expect(urgencyOf(letterOf([returned, alarmNamed('T2')]))).toEqual({ priority: 'medium', isCalling: true });
  expect(urgencyOf(letterOf([returned]))).toEqual({ priority: 'critical', isCalling: false });
});

test.each([
  [NOON, 'UTC', '2026-11-24 12:00:00 UTC'],
  [NOON, 'Asia/Kathmandu', '2026-11-24 17:45:00 Asia/Kathmandu'],
  [Number.NaN, 'UTC', '?'],
  [1e300, 'UTC', '?'],
])('formatMoment(%d, %s) is %s', (at, zone, expected) => {
  expect(formatMoment(at, zone)).toBe(expected);
});
