import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery } from './parser.ts';

const errorOf = (text: string) => {
  const parsed = parseQuery(text);
  return parsed.ok ? undefined : parsed.error.replace('error parsing query: ', '');
};

test.each([
  ['SELECT 1', 'found EOF, expected FROM at line 1, char 9'],
  ['SELECT x FROM', 'found EOF, expected identifier at line 1, char 15'],
  ['SELECT mean("value"', 'found EOF, expected ) at line 1, char 20'],
  ['SELECT mean(v) FROM m WHERE', 'found EOF, expected identifier, string, number, bool at line 1, char 29'],
  ['SELECT v FROM m LIMIT x', 'found x, expected integer at line 1, char 23'],
  ['SELECT v\nFROM m\nGROUP x', 'found x, expected BY at line 3, char 7'],
  ['SELECT v FROM m WHERE d =~ x', 'found x, expected regex at line 1, char 28'],
  ['SELECT v FROM m nonsense', 'found nonsense, expected ;, EOF at line 1, char 17'],
  ['SHOW TAG VALUES FROM m', 'found EOF, expected WITH at line 1, char 24'],
  ['CREATE DATABASE', 'found EOF, expected identifier at line 1, char 17'],
  ['CREATE DATABASE d WITH', 'found EOF, expected DURATION, NAME, REPLICATION, SHARD at line 1, char 24'],
  [
    'CREATE RETENTION POLICY p ON d DURATION 5m REPLICATION 1',
    'retention policy duration must be at least 1h0m0s at line 1, char 41',
  ],
  ['SELECT v FROM m GROUP BY time(1m), time(2m)', 'multiple time dimensions not allowed at line 1, char 44'],
  ["SELECT v FROM m tz('Nowhere/Land')", 'unable to find time zone Nowhere/Land at line 1, char 20'],
  ['SELECT v FROM m WHERE a = $nope', 'missing parameter: nope at line 1, char 27'],
  [
    'SELECT v FROM m WHERE a =~ /(a+)+$/',
    'cannot run /(a+)+$/ in bounded time: it repeats a group that itself repeats or has alternatives at line 1, char 28',
  ],
])('%s: %s', (text, error) => {
  expect(errorOf(text)).toBe(error);
});

const LONG = 'x'.repeat(10_000_000);

test.each([
  ['a word', `SELECT v FROM m ${LONG}`, `found ${'x'.repeat(80)}…, expected ;, EOF at line 1, char 17`],
  ['an open text', `'${LONG}`, expect.stringMatching(/^found x{80}…, expected .* at line 1, char 1$/)],
  ['a time zone', `SELECT v FROM m tz('${LONG}')`, expect.stringMatching(/^unable .* x+… at line 1, char 20$/)],
])('the error about %s of 10 MB does not send it back whole', (_, text, error) => {
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
      JSON.stringify(parseQuery(text), (_, value) => (typeof value === 'bigint' ? `${value}` : value));
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
