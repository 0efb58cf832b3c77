import { expect, test } from 'vitest';
import { ClockSkew } from './clock-skew.ts';

const NOW = 1_795_355_425_172;
const MINUTE = 60_000;

test('of a device that sends no time nothing is known', () => {
  expect(new ClockSkew().ms).toBeNull();
});

test('the record that was least delayed tells the clock', () => {
  const skew = new ClockSkew();
  for (const [i, delay] of [900, 40, 5_000, 300].entries())
    skew.take(NOW + i * 1_000 + 120_000 - delay, NOW + i * 1_000);
  expect(skew.ms).toBe(120_000 - 40);
});

test('a clock behind is told less its least delay', () => {
  const skew = new ClockSkew();
  for (let i = 0; i < 10; i++) skew.take(NOW + i * 1_000 - 3_600_000 - 50 * i, NOW + i * 1_000);
  expect(skew.ms).toBe(-3_600_000);
});

test.each([MINUTE, 11 * MINUTE])(
  'a clock that was set shows after two windows at the latest (%d ms later)',
  (pause) => {
    const skew = new ClockSkew();
    for (let at = NOW; at < NOW + 12 * MINUTE; at += MINUTE) skew.take(at + 60_000, at);
    for (let at = NOW + 12 * MINUTE + pause; at < NOW + 12 * MINUTE + pause + 11 * MINUTE; at += MINUTE)
      skew.take(at - 20, at);
    expect(skew.ms).toBe(-20);
  },
);

test('our own clock set back begins anew', () => {
  const skew = new ClockSkew();
  skew.take(NOW, NOW);
  skew.take(NOW, NOW - 3_600_000);
  expect(skew.ms).toBe(3_600_000);
});
