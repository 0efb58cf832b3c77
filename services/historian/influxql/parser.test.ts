import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery } from './parser.ts';

const errorOf = (text: string) => {
  const parsed = parseQuery(text);
  return parsed.ok ? undefined : parsed.error.replace('error parsing query: ', '');
};

/** What InfluxDB 1.6.7 answered, without the words before it. */
const RECORDED: [query: string, error: string][] = JSON.parse(
  readFileSync(new URL('../testdata/parse-errors.json', import.meta.url), 'utf8'),
);

test.each(RECORDED)('%s: %s', (text, error) => {
  expect(errorOf(text)).toBe(error);
});

test.each([
  ['SELECT v FROM m WHERE host =~ /a', 'bad regex: it has no closing / at line 1, char 30'],
  ['SELECT v INTO x FROM m', 'SELECT … INTO is not supported: roll-ups come from the pipeline at line 1, char 10'],
  ['EXPLAIN SELECT v FROM m', expect.stringMatching(/^EXPLAIN is not supported: .* at line 1, char 1$/)],
  ['SHOW SHARDS', 'SHOW SHARDS is not supported at line 1, char 13'],
])('not in words of InfluxDB: %s: %s', (text, error) => {
  expect(errorOf(text)).toEqual(error);
});

test.each([
  ['SELECT v FROM m GROUP BY time(1m), time(2m)', 'multiple time dimensions not allowed'],
  ['SELECT v FROM m GROUP BY time', 'time() is a function and expects at least one argument'],
  ['SELECT v FROM m GROUP BY time(x)', 'time dimension must have duration argument'],
  ['SELECT v FROM m GROUP BY time(1m, 5)', 'time dimension offset must be duration or now()'],
  ['SELECT v FROM m GROUP BY time(1m,1m,1m)', 'time dimension expected 1 or 2 arguments'],
  ['SELECT v FROM m GROUP BY mean(x)', 'only time() calls allowed in dimensions'],
  ['SELECT v FROM (SELECT v FROM m GROUP BY 5)', 'only time and tag dimensions allowed'],
])('%s is read, and refused when it runs: %s', (text, problem) => {
  const query = `${text}; SHOW DATABASES`;
  expect(parseQuery(query)).toEqual({
    ok: true,
    statements: [
      { kind: 'refused', problem, text },
      { kind: 'show-databases', text: 'SHOW DATABASES' },
    ],
  });
});

const LONG = 'x'.repeat(900_000);

test.each([
  ['a word', `SELECT v FROM m ${LONG}`, `found ${'x'.repeat(80)}…, expected ; at line 1, char 17`],
  ['an open text', `'${LONG}`, expect.stringMatching(/^found x{80}…, expected .* at line 1, char 1$/)],
  ['a time zone', `SELECT v FROM m tz('${LONG}')`, expect.stringMatching(/^unable .* x+…$/)],
])('the error about %s of 900 kB does not send it back whole', (_, text, error) => {
  expect(errorOf(text)).toEqual(error);
  expect(errorOf(text)?.length).toBeLessThan(1_000);
});

describe('parseQuery()', () => {
  test('takes keywords in any case, comments, and empty statements', () => {
    expect(errorOf(';; select V from M where Time > now() -- why\n; /* both */ Show Databases ;')).toBeUndefined();
  });

  test('reads names and texts with their escapes', () => {
    const parsed = parseQuery(`SELECT "a \\"b\\"" FROM "d"."r"."m.n" WHERE t = 'it\\'s \\\\ here'`);
    expect(parsed).toMatchObject({
      statements: [
        {
          fields: [{ expr: { kind: 'ref', name: 'a "b"' } }],
          sources: [{ database: 'd', policy: 'r', name: 'm.n' }],
          where: { right: { kind: 'string', value: "it's \\ here" } },
        },
      ],
    });
  });

  test('binds as arithmetic and logic do', () => {
    const shape = (text: string) =>
      JSON.stringify(parseQuery(text), (key, value) =>
        typeof value === 'bigint' ? `${value}` : key === 'text' ? undefined : value,
      );
    expect(shape('SELECT a + b * c FROM m WHERE x = 1 OR y = 2 AND z = 3')).toBe(
      shape('SELECT a + (b * c) FROM m WHERE (x = 1) OR ((y = 2) AND (z = 3))'),
    );
    expect(shape('SELECT a - b - c FROM m')).toBe(shape('SELECT (a - b) - c FROM m'));
  });

  test('ends with an error where a text is nested too deep, not with an exhausted stack', () => {
    expect(errorOf(`SELECT ${'('.repeat(100_000)}`)).toContain('nested deeper than 200');
    expect(errorOf(`SELECT ${'- '.repeat(100_000)}1 FROM m`)).toContain('nested deeper than 200');
    expect(errorOf('SELECT v FROM ('.repeat(100))).toContain('nested deeper than 10');
    expect(errorOf(`SELECT v FROM m WHERE ${'a = 1 OR '.repeat(100_000)} b = 1`)).toContain('joins more than 1000');
    expect(errorOf(`SELECT v FROM m WHERE ${'a = 1 OR '.repeat(999)} b = 1`)).toBeUndefined();
  });

  test('a chain is as high as it is long, however it is bracketed', () => {
    const chain = (inner: string) => `(${inner}${'+1'.repeat(900)})`;
    expect(errorOf(`SELECT ${chain('a')} FROM m`)).toBeUndefined();
    expect(errorOf(`SELECT ${chain(chain('a'))} FROM m`)).toContain('joins more than 1000');
  });

  test.each([
    ['fields', (many: string) => `SELECT ${many} FROM m`],
    ['arguments', (many: string) => `SELECT max(${many}) FROM m`],
    ['sources', (many: string) => `SELECT v FROM ${many}`],
    ['dimensions', (many: string) => `SELECT v FROM m GROUP BY ${many}`],
    ['keys', (many: string) => `SHOW TAG VALUES WITH KEY IN (${many})`],
  ])('the number of %s has a cap', (_, query) => {
    expect(errorOf(query(Array(1_000).fill('a').join()))).toBeUndefined();
    expect(errorOf(query(Array(1_001).fill('a').join()))).toContain('a list has more than 1000 items');
  });

  test('the number of characters has a cap', () => {
    expect(errorOf(`SHOW DATABASES${' '.repeat(10_000_000)}`)).toBe('it has 10000014 characters, of at most 1000000');
  });

  test.each([
    ['statements', 'SHOW DATABASES;\n'.repeat(62_000)],
    ['words', `SELECT v FROM m WHERE ${'x\n'.repeat(400_000)}`],
    ['opening brackets', '('.repeat(900_000)],
    ['blanks', `SHOW${' \n'.repeat(450_000)}DATABASES`],
    ['comments', `SHOW${'/**/'.repeat(200_000)}DATABASES`],
    ['devices in a regex', `SELECT v FROM m WHERE d =~ /^(${'device-0001|'.repeat(80_000)})$/`],
    ['alternatives of a regex', `SELECT v FROM m WHERE d =~ /${'a.|'.repeat(300_000)}/`],
    ['digits', `SELECT v FROM m LIMIT ${'9'.repeat(900_000)}`],
    ['digits of a duration', `SELECT v FROM m WHERE time > ${'9'.repeat(900_000)}s`],
    ['open comments', `SHOW ${'/* '.repeat(300_000)}`],
    ['quotes', `SELECT ${"'".repeat(900_000)}`],
  ])('a megabyte of %s is read in no more than a moment', (_, text) => {
    const { user } = process.cpuUsage();
    parseQuery(text);
    // CPU time: what else runs on the machine does not count. Reading any of these takes some tens of milliseconds.
    expect(process.cpuUsage().user - user).toBeLessThan(1_000_000);
  });

  test('never throws, whatever the text', () => {
    const word = fc.constantFrom(
      ...'SELECT FROM WHERE GROUP BY time ( ) , ; . * / =~ !~ = != < :: + - fill linear LIMIT ORDER DESC SHOW TAG VALUES WITH KEY IN tz 1m 5 1.5 $p /a+/ "x" \'y\' v m AND OR CREATE DATABASE'.split(
        ' ',
      ),
    );
    const text = fc.oneof(
      fc.array(word).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (query) => {
        const parsed = parseQuery(query);
        expect(parsed.ok || parsed.error.startsWith('error parsing query: ')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
