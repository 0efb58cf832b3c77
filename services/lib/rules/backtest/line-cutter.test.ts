import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBatch, SeriesTable } from '#domain/batch.ts';
import { LineCutter } from './line-cutter.ts';
import { linesOf, pointOf, T0 } from './testing.ts';

function decoded(pieces: readonly string[]): { values: unknown[]; bad: number } {
  const table = new SeriesTable();
  const values: unknown[] = [];
  let bad = 0;
  const take = (text: string) =>
    decodeBatch(
      text,
      table,
      ({ value }) => values.push(value),
      () => bad++,
    );
  const cutter = new LineCutter();
  for (const piece of pieces) take(cutter.add(piece));
  take(cutter.end());
  return { values, bad };
}

const text = fc.string({
  unit: fc.constantFrom('a', '"', '\\', '\n', ' ', ',', '=', 'é', '😀', 'text="'),
  maxLength: 12,
});
const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), text);

describe('LineCutter', () => {
  it('gives every value whole, wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 8 }), (values, cuts) => {
        const whole = linesOf(values.map((each, i) => pointOf(T0 + i, each)));
        const ends = [...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].sort((a, b) => a - b);
        const pieces = ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end));
        expect(decoded(pieces)).toEqual({ values: values.map((each) => (Object.is(each, -0) ? -0 : each)), bad: 0 });
      }),
      { numRuns: 1_000 },
    );
  });

  it('loses a last line without its newline no more than any other', () => {
    expect(decoded([linesOf([pointOf(T0, 1)]).trimEnd()]).values).toEqual([1]);
  });

  it('lets no quote that nobody closes hold everything after it', () => {
    const good = linesOf(Array.from({ length: 80_000 }, (_, i) => pointOf(T0 + i, i)));
    const broken = 'reading,area=a,device=d,metric=m,site=s text="never closed 1\n';
    const pieces = (broken + good).match(/[\s\S]{1,65536}/g) ?? [];
    const { values, bad } = decoded(pieces);
    expect(bad).toBe(1);
    expect(values.length).toBe(80_000);
  });
});
