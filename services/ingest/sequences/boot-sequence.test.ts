import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BootSequence, HOLES_MAX } from './boot-sequence.ts';

const NOW = 1_795_355_425_172;
const begun = (n: number) => new BootSequence({ boot: 1, n });
const takeAll = (sequence: BootSequence, ...numbers: number[]) => {
  for (const n of numbers) sequence.take(n, NOW, 'whole');
};
const missing = ({ missing }: BootSequence) => missing.map(({ from, to }) => [from, to]);

test('what came is known, however far back, and nothing else', () => {
  const sequence = begun(5);
  for (let n = 5; n < 100_000; n++) sequence.take(n, NOW, 'whole');
  expect([4, 5, 50_000, 99_999, 100_000].map((n) => sequence.has(n))).toEqual([false, true, true, true, false]);
  expect(sequence.holeCount).toBe(0);
});

test('a number that is skipped is a hole until it comes', () => {
  const sequence = begun(1);
  takeAll(sequence, 1, 2, 6, 9);
  expect(missing(sequence)).toEqual([
    [3, 5],
    [7, 8],
  ]);
  expect(sequence.take(4, NOW, 'whole')).toMatchObject({ from: 3, to: 5 });
  expect(missing(sequence)).toEqual([
    [3, 3],
    [5, 5],
    [7, 8],
  ]);
  expect([3, 4, 5].map((n) => sequence.has(n))).toEqual([false, true, false]);
});

test('a record of which a part was refused is taken again when it comes again, and is no hole', () => {
  const sequence = begun(1);
  takeAll(sequence, 1);
  sequence.take(2, NOW, 'unfinished');
  sequence.take(3, NOW, 'unfinished');
  takeAll(sequence, 4);
  expect([1, 2, 3, 4].map((n) => sequence.has(n))).toEqual([true, false, false, true]);
  expect(missing(sequence)).toEqual([]);
  sequence.take(2, NOW, 'whole');
  expect([2, 3].map((n) => sequence.has(n))).toEqual([true, false]);
});

test('a device that always has something refused takes up no more than any other', () => {
  const sequence = begun(0);
  for (let n = 0; n < 10_000; n++) sequence.take(n, NOW, 'unfinished');
  expect(sequence.unfinished).toEqual([{ from: 0, to: 9_999 }]);
});

test('holes past the bound are forgotten from below, counted, and never taken for repeats', () => {
  const sequence = begun(0);
  for (let n = 0; n <= 400; n += 2) sequence.take(n, NOW + n, 'whole');
  expect(sequence.holeCount).toBe(HOLES_MAX);
  expect(sequence.unlisted.count + HOLES_MAX).toBe(200);
  expect(sequence.first).toBe(400 - HOLES_MAX * 2);
  expect(sequence.has(100)).toBe(false); // it came, but that is not known any more
  expect(sequence.has(398)).toBe(true);
});

test('a number as far out as there is makes one hole, and the true ones fill it from below', () => {
  const sequence = begun(1);
  takeAll(sequence, 1, Number.MAX_SAFE_INTEGER, 2, 3, 4);
  expect(missing(sequence)).toEqual([[5, Number.MAX_SAFE_INTEGER - 1]]);
  expect([2, 5, Number.MAX_SAFE_INTEGER].map((n) => sequence.has(n))).toEqual([true, false, true]);
});

test('a hole becomes a gap after a while, once', () => {
  const sequence = begun(1);
  takeAll(sequence, 1, 4);
  expect(sequence.settle(() => false)).toBe(0);
  expect(sequence.settle(() => true)).toBe(2);
  expect(sequence.settle(() => true)).toBe(0);
  expect(sequence.take(2, NOW, 'whole')).toMatchObject({ isGap: true });
  expect(sequence.missing).toMatchObject([{ from: 3, to: 3, isGap: true }]);
});

test('a gap that is too old is told no more, and what comes of it is taken', () => {
  const sequence = begun(1);
  sequence.take(1, NOW, 'whole');
  sequence.take(4, NOW, 'whole');
  sequence.take(6, NOW + 10, 'whole');
  expect(sequence.forgetOld((since) => since < NOW + 10)).toBe(true);
  expect(missing(sequence)).toEqual([[5, 5]]);
  expect([1, 2, 4].map((n) => sequence.has(n))).toEqual([false, false, true]);
  expect(sequence.forgetOld((since) => since < NOW + 10)).toBe(false);
});

test('it never takes a new record for a repeat, and knows every one from the first it is sure of', () => {
  const step = fc.record({
    by: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -5, max: 5 }) }, fc.integer({ min: -300, max: 300 })),
    kind: fc.constantFrom('whole', 'whole', 'whole', 'unfinished' as const),
  });
  fc.assert(
    fc.property(fc.nat(2 ** 50), fc.array(step, { maxLength: 300 }), (start, steps) => {
      const sequence = begun(start);
      const whole = new Set<number>();
      const came = new Set<number>();
      let n = start;
      for (const { by, kind } of steps) {
        n = Math.max(0, n + by);
        if (sequence.has(n)) expect(whole.has(n)).toBe(true);
        else if (n >= sequence.first && n <= sequence.newest) expect(whole.has(n)).toBe(false);
        const before = sequence.has(n);
        sequence.take(n, NOW, kind);
        if (before) continue; // ingest drops repeats
        if (n < sequence.first) continue; // out of what is kept in mind
        came.add(n);
        if (kind === 'whole') whole.add(n);
        expect(sequence.has(n)).toBe(kind === 'whole');
      }
      for (let each = sequence.first; each <= sequence.newest; each++) {
        const isMissing = sequence.missing.some(({ from, to }) => from <= each && each <= to);
        expect(isMissing).toBe(!came.has(each));
      }
      expect(sequence.holeCount).toBeLessThanOrEqual(HOLES_MAX);
    }),
  );
});
