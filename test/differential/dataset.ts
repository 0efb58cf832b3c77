// Random points for both stores: a few measurements whose tags are missing, empty or strange, every type of field, and
// times that are regular, late, doubled, negative, and around the night in which Berlin's clocks go back.

import fc from 'fast-check';

export type Write = { readonly policy: string; readonly body: string };

export const MEASUREMENTS = ['cpu', 'pump', 'a b', 'empty'] as const;
export const POLICIES = ['autogen', 'long'] as const;

/** 2023-10-28T22:00Z, in ms: three hours before the clocks of Berlin go back. */
export const NIGHT = 1_698_530_400_000;
const DAY = 86_400_000;

const tagValue: { readonly [tag: string]: readonly (string | undefined)[] } = {
  host: ['a', 'b', 'c', undefined],
  site: ['north', 'süd', 'x\\ y', undefined, undefined],
  rack: ['1', '2', '10', undefined],
};

const float = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -200, max: 200 }).map((n) => n / 4) },
  {
    weight: 2,
    arbitrary: fc
      .double({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true })
      .map((n) => Number(n.toFixed(3))),
  },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.1, 1e-9, 1e15, 12345678.25) },
);
const integer = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.integer({ min: -1_000_000, max: 1_000_000 }) },
);
const text = fc.constantFrom('on', 'off', 'a b', 'x,y', '', 'quote\\"d', 'ü');

const fieldSet = fc
  .record({
    f: fc.option(float, { freq: 8 }),
    g: fc.option(float, { freq: 1 }),
    i: fc.option(integer, { freq: 2 }),
    b: fc.option(fc.boolean(), { freq: 1 }),
    s: fc.option(text, { freq: 1 }),
  })
  .map(({ f, g, i, b, s }) => {
    const all = [
      f === null ? [] : `f=${f}`,
      g === null ? [] : `g=${g}`,
      i === null ? [] : `i=${i}i`,
      b === null ? [] : `b=${b}`,
      s === null ? [] : `s="${s}"`,
    ].flat();
    return all.length === 0 ? 'f=1' : all.join(',');
  });

const time = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 2_000 }).map((n) => NIGHT + n * 10_000) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 21_600_000 }).map((n) => NIGHT + n) },
  { weight: 2, arbitrary: fc.integer({ min: -20, max: 20 }).map((n) => NIGHT + n * DAY) },
  { weight: 1, arbitrary: fc.integer({ min: -5_000, max: 5_000 }).map((n) => n * 1_000) },
);

const tags = fc
  .record(Object.fromEntries(Object.entries(tagValue).map(([tag, values]) => [tag, fc.constantFrom(...values)])))
  .map((set) =>
    Object.entries(set)
      .filter(([, value]) => value !== undefined)
      .map(([tag, value]) => `,${tag}=${value}`)
      .join(''),
  );

const line = fc
  .tuple(fc.constantFrom('cpu', 'cpu', 'cpu', 'pump', 'a\\ b'), tags, fieldSet, time)
  .map(([measurement, set, fields, ms]) => `${measurement}${set} ${fields} ${ms}`);

/** Fields that only one measurement has, so that a query over several meets a missing one. */
const extras = [`pump only=7.5 ${NIGHT}`, `pump,host=a only=2.5,s="on" ${NIGHT + 60_000}`];

export type Dataset = {
  /** Whether two series have samples of the same moment: their order is then nobody's promise. */
  readonly hasTies: boolean;
  readonly writes: readonly Write[];
};

/** The n-th line's moment is moved by n ms, so that no two lines have the same. */
function spread(lines: readonly string[]): string[] {
  return lines.map((each, n) => each.replace(/-?\d+$/, (ms) => String(Math.floor(Number(ms) / 1_000) * 1_000 + n)));
}

/** A sample of every series in the week of that night, two hours before it. */
function inOneWeek(lines: readonly string[]): string[] {
  const keys = new Set(lines.map((each) => /^(?:\\ |[^ ])+/.exec(each)?.[0] ?? ''));
  return [...keys].map((key, n) => `${key} f=2.5 ${NIGHT - 7_200_000 + n}`);
}

export const dataset: fc.Arbitrary<Dataset> = fc
  .tuple(
    fc.boolean(),
    fc.array(line, { minLength: 40, maxLength: 400, size: 'max' }),
    fc.array(line, { minLength: 5, maxLength: 60, size: 'max' }),
  )
  .map(([hasTies, all, others]) => {
    const [first, second] = hasTies ? [all, others] : [spread(all), spread(others)];
    const writes = [
      { policy: 'autogen', body: [...extras, ...inOneWeek(first), ...first].join('\n') },
      // Again and later, so that points come late and some replace others.
      { policy: 'autogen', body: first.slice(0, 20).reverse().join('\n').replaceAll('f=1', 'f=2') },
      { policy: 'long', body: second.join('\n') },
    ];
    return { hasTies, writes };
  });
