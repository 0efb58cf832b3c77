// Random columns of a SELECT: fields, tags, functions over both, arithmetic.

import fc from 'fast-check';

export const pick = fc.constantFrom;
export const often = <T>(weight: number, value: T, otherwise: fc.Arbitrary<T>) =>
  fc.oneof({ weight, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: otherwise });

const numberField = pick('f', 'f', 'f', 'i', 'i', 'g', '"f"', 'f::float', 'i::integer', 'only');
export const anyField = fc.oneof(
  { weight: 6, arbitrary: numberField },
  { weight: 2, arbitrary: pick('b', 's', 'missing', 'b::boolean', 's::string', 'f::field') },
);
export const tag = pick('host', 'site', 'rack', 'host::tag', 'nothere');

const ofNumbers = pick('mean', 'sum', 'min', 'max', 'median', 'spread', 'stddev', 'integral');
const ofAll = pick('count', 'first', 'last', 'mode');
const aggregate = (field: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(ofNumbers, field).map(([f, x]) => `${f}(${x})`) },
    { weight: 4, arbitrary: fc.tuple(ofAll, fc.oneof(field, anyField)).map(([f, x]) => `${f}(${x})`) },
    {
      weight: 2,
      arbitrary: fc.tuple(field, pick('50', '75', '90', '99.9', '100', '20')).map(([x, n]) => `percentile(${x}, ${n})`),
    },
    { weight: 1, arbitrary: field.map((x) => `count(distinct(${x}))`) },
    { weight: 1, arbitrary: pick('integral(f, 1m)', 'integral(i, 10s)') },
  );
const transformOf = (input: fc.Arbitrary<string>) =>
  fc.oneof(
    fc
      .tuple(
        pick(
          'derivative',
          'non_negative_derivative',
          'difference',
          'non_negative_difference',
          'cumulative_sum',
          'elapsed',
        ),
        input,
      )
      .map(([f, x]) => `${f}(${x})`),
    fc
      .tuple(pick('derivative', 'non_negative_derivative', 'elapsed'), input, pick('1s', '1m', '1h'))
      .map(([f, x, unit]) => `${f}(${x}, ${unit})`),
    fc.tuple(input, pick(2, 3, 5)).map(([x, n]) => `moving_average(${x}, ${n})`),
  );
const math1 = pick('abs', 'sqrt', 'ceil', 'floor', 'round', 'sin', 'cos', 'atan', 'exp', 'ln', 'log2', 'log10', 'acos');
/** Where a sum is added in another order, a sine makes much of its last bits. */
const steady = pick('abs', 'sqrt', 'ceil', 'floor', 'round', 'atan', 'exp', 'ln', 'log2', 'log10');
const mathOver = (input: fc.Arbitrary<string>, ofOne: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(ofOne, input).map(([f, x]) => `${f}(${x})`) },
    { weight: 1, arbitrary: fc.tuple(pick('pow', 'log', 'atan2'), input).map(([f, x]) => `${f}(${x}, 2)`) },
  );
const arithmetic = (input: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.tuple(input, pick('+', '-', '*', '/', '%'), pick('2', '0.5', '10', '0')).map(([x, op, n]) => `${x} ${op} ${n}`),
    fc.tuple(input, pick('+', '-', '*', '/'), input).map(([x, op, y]) => `${x} ${op} ${y}`),
    fc.tuple(input, input).map(([x, y]) => `(${x} + ${y}) / 2`),
    input.map((x) => `100 - ${x}`),
    input.map((x) => `-${x}`),
  );
const named = (column: fc.Arbitrary<string>) =>
  fc.tuple(column, often(3, '', pick(' AS x', ' AS "y z"'))).map(([x, as]) => x + as);
const list = (item: fc.Arbitrary<string>, max: number) =>
  fc.array(item, { minLength: 1, maxLength: max, size: 'max' }).map((items) => items.join(', '));

const rawColumn = fc.oneof(
  { weight: 8, arbitrary: anyField },
  { weight: 3, arbitrary: tag },
  { weight: 2, arbitrary: arithmetic(numberField) },
  { weight: 2, arbitrary: mathOver(numberField, math1) },
  { weight: 1, arbitrary: pick('i::float', 'f::integer', 'time') },
);
const aggregateColumn = fc.oneof(
  { weight: 8, arbitrary: aggregate(numberField) },
  { weight: 2, arbitrary: arithmetic(aggregate(numberField)).filter((text) => !text.includes('%')) },
  { weight: 2, arbitrary: mathOver(aggregate(numberField), steady) },
);

export type Columns = { readonly kind: 'raw' | 'aggregate' | 'transform' | 'bucket-transform'; readonly text: string };
const columns = (kind: Columns['kind'], text: fc.Arbitrary<string>): fc.Arbitrary<Columns> =>
  text.map((each) => ({ kind, text: each }));

const wildcards = pick('*', '*::field', '*::tag, f', '/^[fi]$/', '/o/', 'f, *');
const callWildcards = pick(
  'mean(*)',
  'count(*)',
  'max(/^[fgi]$/)',
  'last(*)',
  'min(*)',
  'sum(*)',
  'first(/./)',
  'percentile(*, 50)',
);
const selector = fc.oneof(
  pick('first(f)', 'last(f)', 'min(f)', 'max(f)', 'percentile(f, 90)', 'last(i)', 'max(i)', 'first(s)', 'last(b)'),
);
const selectorWith = fc.tuple(selector, list(fc.oneof(anyField, tag), 2)).map(([x, y]) => `${x}, ${y}`);
const topBottom = fc.oneof(
  fc.tuple(pick('top', 'bottom'), numberField, pick(1, 2, 3, 5)).map(([f, x, n]) => `${f}(${x}, ${n})`),
  fc
    .tuple(pick('top', 'bottom'), pick('f', 'i'), pick('host', 'site', 'host, rack'), pick(1, 2, 3))
    .map(([f, x, t, n]) => `${f}(${x}, ${t}, ${n})`),
  fc
    .tuple(pick('top', 'bottom'), pick('f', 'i'), pick(1, 3), fc.oneof(anyField, tag))
    .map(([f, x, n, y]) => `${f}(${x}, ${n}), ${y}`),
);

export const anyColumns: fc.Arbitrary<Columns> = fc.oneof(
  { weight: 5, arbitrary: columns('raw', list(named(rawColumn), 3)) },
  { weight: 2, arbitrary: columns('raw', wildcards) },
  { weight: 9, arbitrary: columns('aggregate', list(named(aggregateColumn), 3)) },
  { weight: 2, arbitrary: columns('aggregate', callWildcards) },
  { weight: 3, arbitrary: columns('aggregate', selectorWith) },
  { weight: 2, arbitrary: columns('aggregate', topBottom) },
  {
    weight: 1,
    arbitrary: columns(
      'aggregate',
      anyField.map((x) => `distinct(${x})`),
    ),
  },
  { weight: 3, arbitrary: columns('transform', list(named(transformOf(numberField)), 2)) },
  { weight: 3, arbitrary: columns('bucket-transform', list(named(transformOf(aggregate(numberField))), 2)) },
  {
    weight: 1,
    arbitrary: columns(
      'aggregate',
      fc.tuple(aggregate(numberField), rawColumn).map(([x, y]) => `${x}, ${y}`),
    ),
  },
);
