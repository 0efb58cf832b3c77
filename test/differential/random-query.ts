// Random SELECTs inside the grammar. Most are meant well, some are nonsense on purpose: then both stores must refuse.

import fc from 'fast-check';
import { NIGHT } from './dataset.ts';
import { anyColumns, type Columns, often, pick, tag } from './random-columns.ts';

const pattern = pick('/^(a|b)$/', '/a/', '/^$/', '/./', '/^[fi]$/', '/(?i)NORTH/', '/x y|süd/', '/o/');
const MINUTE = 60_000;
const LONG_AGO = NIGHT - 25 * 86_400_000;
const moment = fc.integer({ min: -30, max: 360 }).map((n) => NIGHT + n * MINUTE);
const range = fc
  .tuple(moment, fc.integer({ min: 1, max: 300 }))
  .map(([from, minutes]) => [from, from + minutes * MINUTE] as const);
const boundedTime = fc.oneof(
  range.map(([from, to]) => `time >= ${from}ms AND time < ${to}ms`),
  range.map(([from, to]) => `time > ${from}ms AND time <= ${to}ms`),
  range.map(([from, to]) => `time >= '${new Date(from).toISOString()}' AND time <= '${new Date(to).toISOString()}'`),
  range.map(([from]) => `time >= ${LONG_AGO}ms AND time < ${from}ms`),
);
const anyTime = fc.oneof(
  { weight: 4, arbitrary: boundedTime },
  { weight: 2, arbitrary: pick('', '', 'time < now() - 1h') },
  { weight: 1, arbitrary: moment.map((at) => `time >= ${at}ms`) },
  { weight: 1, arbitrary: moment.map((at) => `time < ${at}ms`) },
  { weight: 1, arbitrary: moment.map((at) => `time = ${at}ms`) },
);

const tagTest = fc.oneof(
  fc.tuple(tag, pick('=', '!='), pick("'a'", "'b'", "''", "'north'", "'x y'")).map((p) => p.join(' ')),
  fc.tuple(tag, pick('=~', '!~'), pattern).map((p) => p.join(' ')),
);
const fieldTest = fc.oneof(
  fc
    .tuple(pick('f', 'i', 'g'), pick('>', '<', '>=', '<=', '=', '!='), pick('0', '5', '-3.5', '10'))
    .map((p) => p.join(' ')),
  fc.tuple(pick('s'), pick('=', '!='), pick("'on'", "''", "'x,y'")).map((p) => p.join(' ')),
  pick(
    'b = true',
    'b = false',
    'b != true',
    's =~ /o/',
    's !~ /^o/',
    'f > i',
    'f + 1 > 3',
    'missing = 1',
    "missing = ''",
  ),
);
const test = fc.oneof({ weight: 3, arbitrary: tagTest }, { weight: 2, arbitrary: fieldTest });
const condition = fc.oneof(
  { weight: 4, arbitrary: test },
  { weight: 2, arbitrary: fc.tuple(test, test).map(([x, y]) => `${x} AND ${y}`) },
  { weight: 2, arbitrary: fc.tuple(test, test).map(([x, y]) => `(${x} OR ${y})`) },
  { weight: 1, arbitrary: fc.tuple(test, test, test).map(([x, y, z]) => `(${x} OR ${y}) AND ${z}`) },
);

const interval = pick('1m', '5m', '7m', '10m', '15m', '1h', '90m', '2h', '1h, 15m', '10m, -3m', '1h, -20m', '30s');
const wideInterval = pick('1d', '1d', '1d', '2d', '2d', '1w', '1w', '12h');
const fill = often(
  2,
  '',
  pick(' fill(none)', ' fill(previous)', ' fill(linear)', ' fill(0)', ' fill(null)', ' fill(-1.5)', ' fill(7)'),
);
const zone = often(5, '', pick(" tz('Europe/Berlin')", " tz('America/New_York')", " tz('Asia/Kolkata')"));
const groupTags = often(
  2,
  [] as readonly string[],
  fc.oneof(
    pick<readonly string[]>(
      ['host'],
      ['site'],
      ['host', 'site'],
      ['rack', 'host'],
      ['*'],
      ['nothere'],
      ['host', 'nothere'],
    ),
    pick<readonly string[]>(['/^(host|rack)$/'], ['/zzz/']),
  ),
);
const limits = often(
  3,
  '',
  fc.oneof(
    { weight: 3, arbitrary: pick(' LIMIT 1', ' LIMIT 3', ' LIMIT 10', ' LIMIT 2 OFFSET 1', ' LIMIT 5 OFFSET 100') },
    { weight: 3, arbitrary: pick(' SLIMIT 1', ' SLIMIT 2 SOFFSET 1', ' LIMIT 2 SLIMIT 2', ' SLIMIT 1 SOFFSET 9') },
    { weight: 1, arbitrary: pick(' OFFSET 2', ' SOFFSET 1') },
  ),
);
const order = often(3, '', pick(' ORDER BY time DESC', ' ORDER BY time ASC', ' ORDER BY time DESC'));

const source = fc.oneof(
  { weight: 12, arbitrary: pick('cpu', 'cpu', 'cpu', 'pump', '"a b"') },
  {
    weight: 1,
    arbitrary: pick('empty', '/./', '/^(cpu|pump)$/', 'cpu, pump', 'long.cpu', '"autogen"."cpu"', 'pump, cpu'),
  },
);

const where = (parts: readonly string[]) => {
  const all = parts.filter((part) => part !== '');
  return all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`;
};

/** A range of some hours of the night; every series has a sample in that week. */
function isWithinOneShard(range: string): boolean {
  return / AND time /.test(range) && !range.startsWith(`time >= ${LONG_AGO}ms`);
}

function selectFrom(from: fc.Arbitrary<string>, every: fc.Arbitrary<Columns>): fc.Arbitrary<string> {
  return every.chain(({ kind, text }) => {
    const isBucketed =
      kind === 'bucket-transform'
        ? fc.constant(true)
        : kind === 'aggregate'
          ? fc.boolean()
          : often(30, false, fc.constant(true));
    return isBucketed.chain((bucketed) => {
      const time = bucketed
        ? fc.oneof(
            { weight: 4, arbitrary: fc.tuple(interval, boundedTime) },
            {
              weight: 1,
              arbitrary: fc.tuple(
                wideInterval,
                fc.oneof(
                  boundedTime,
                  moment.map((at) => `time < ${at}ms`),
                  moment.map((at) => `time >= ${at}ms`),
                ),
              ),
            },
          )
        : fc.tuple(fc.constant(''), anyTime);
      return fc
        .tuple(from, time, often(2, '', condition), groupTags, fill, order, limits, zone)
        .map(([source, [every, range], filter, tags, filled, ordered, limited, zoned]) => {
          const dimensions = [...(every === '' ? [] : [`time(${every})`]), ...tags].join(', ');
          const group = dimensions === '' ? '' : ` GROUP BY ${dimensions}`;
          const useFill = every === '' ? '' : filled;
          // InfluxDB counts series in each shard, so SLIMIT is asked of one shard only.
          const limit = isWithinOneShard(range) ? limited : limited.replace(/ S(?:LIMIT|OFFSET) \d/g, '');
          return `SELECT ${text} FROM ${source}${where([filter, range])}${group}${useFill}${ordered}${limit}${zoned}`;
        });
    });
  });
}

const plain = selectFrom(source, anyColumns);

/** An aggregate over what an inner one names: the columns that it gives are those that the outer one may ask for. */
const innerQuery = fc
  .tuple(
    fc.oneof(
      pick('mean(f) AS f', 'max(f) AS f', 'last(i) AS f, first(f) AS g', 'sum(f) AS f, count(i) AS i', 'mean(f) AS f'),
      pick(
        'f',
        'f, i',
        'f * 2 AS f',
        '*',
        'max(f) AS f, host',
        'derivative(mean(f)) AS f',
        'top(f, 2) AS f',
        'abs(f) AS f',
      ),
    ),
    source,
    often(1, '', boundedTime),
    often(3, '', condition),
    fc.oneof(interval, fc.constant('')),
    groupTags,
    often(2, '', pick(' fill(none)', ' fill(previous)', ' fill(0)')),
    often(6, '', pick(' LIMIT 3', ' LIMIT 2 OFFSET 1')),
  )
  .filter(([text, , , , every]) => (text.includes('derivative') || /[a-z]\(/.test(text) ? true : every === ''))
  .map(([text, from, range, filter, every, tags, filled, limited]) => {
    const isBucketed = every !== '' && range !== '';
    const dimensions = [...(isBucketed ? [`time(${every})`] : []), ...tags].join(', ');
    const group = dimensions === '' ? '' : ` GROUP BY ${dimensions}`;
    return `(SELECT ${text} FROM ${from}${where([filter, range])}${group}${isBucketed ? filled : ''}${limited})`;
  });
const nested = selectFrom(innerQuery, anyColumns);

export const query: fc.Arbitrary<string> = fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: nested });
