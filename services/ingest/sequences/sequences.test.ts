import { expect, test } from 'vitest';
import { Sequences } from './sequences.ts';

const NOW = 1_795_355_425_172;
const first = { boot: 1, n: 1 };

test('what was taken is known of that device and that boot, and of no other', () => {
  const sequences = new Sequences();
  sequences.take('d', { boot: 1, n: 5 }, NOW, 'whole');
  expect(sequences.has('d', { boot: 1, n: 5 })).toBe(true);
  expect(sequences.has('d', { boot: 1, n: 6 })).toBe(false);
  expect(sequences.has('d', { boot: 2, n: 5 })).toBe(false);
  expect(sequences.has('other', { boot: 1, n: 5 })).toBe(false);
});

test('a device that starts anew counts anew, and what it still sends of its last boot is known too', () => {
  const sequences = new Sequences();
  for (let n = 0; n < 100; n++) sequences.take('d', { boot: 1, n }, NOW, 'whole');
  // Live records of this boot between stored ones of the last, as after an outage.
  for (let i = 0; i < 50; i++) {
    sequences.take('d', { boot: 2, n: 1_000 + i }, NOW, 'whole');
    sequences.take('d', { boot: 1, n: 100 + i }, NOW, 'whole');
  }
  expect(sequences.has('d', { boot: 1, n: 7 })).toBe(true);
  expect(sequences.has('d', { boot: 1, n: 149 })).toBe(true);
  expect(sequences.has('d', { boot: 2, n: 1_049 })).toBe(true);
  expect(sequences.has('d', { boot: 2, n: 7 })).toBe(false);
  expect(sequences.watched.size).toBe(0);
});

test('the boot that was silent longest is forgotten for a new one', () => {
  const sequences = new Sequences();
  for (const boot of [1, 2, 3, 4, 1, 5]) sequences.take('d', { boot, n: 1 }, NOW, 'whole');
  expect([1, 2, 3, 4, 5].map((boot) => sequences.has('d', { boot, n: 1 }))).toEqual([true, false, true, true, true]);
});

test('it forgets the longest silent device first, and says how many', () => {
  const sequences = new Sequences({ devicesMax: 2 });
  for (const device of ['a', 'b', 'a', 'c']) sequences.take(device, first, NOW, 'whole');
  expect(['a', 'b', 'c'].map((device) => sequences.has(device, first))).toEqual([true, false, true]);
  expect([sequences.size, sequences.forgotten]).toEqual([2, 1]);
});

test('devices with many holes are bounded by what they take up', () => {
  const bytesMax = 100_000;
  const sequences = new Sequences({ bytesMax });
  for (let device = 0; device < 100; device++) {
    for (let n = 0; n < 200; n += 2) {
      sequences.take(`d${device}`, { boot: 1, n }, NOW, 'whole');
      expect(sequences.bytes).toBeLessThanOrEqual(bytesMax);
    }
  }
  expect(sequences.forgotten).toBe(100 - sequences.size);
  expect(sequences.size).toBeGreaterThan(10);
  expect(sequences.has('d99', { boot: 1, n: 198 })).toBe(true);
});

test('each change is to be written down once, whatever came in between', () => {
  const sequences = new Sequences();
  for (let n = 0; n < 10; n++)
    for (const device of ['a', 'b', 'c']) sequences.take(device, { boot: 1, n }, NOW, 'whole');
  expect(sequences.takeChanged(2).map(({ device }) => device)).toEqual(['a', 'b']);
  expect(sequences.hasChanges).toBe(true);
  expect(sequences.takeChanged(2).map(({ device }) => device)).toEqual(['c']);
  expect(sequences.hasChanges).toBe(false);
});
