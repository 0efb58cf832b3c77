import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegex, type Matcher } from './regex.ts';

function compiled(source: string): Matcher {
  const result = compileRegex(source);
  if ('problem' in result) throw new Error(result.problem);
  return result;
}

describe('literal lists', () => {
  test.each([
    ['^(a|b)$', ['a', 'b']],
    ['^(?:tank-01|tank\\.02)$', ['tank-01', 'tank.02']],
    ['^a$', ['a']],
    ['^$', ['']],
    ['^(a\\|b|c\\/d|)$', ['a|b', 'c/d', '']],
  ])('%s is a set', (source, literals) => {
    expect([...(compiled(source).literals ?? [])]).toEqual(literals);
  });

  test.each(['^(a|b.)$', '^a|b$', 'a', '^[ab]$', '^\\d$', '^(a|(b))$'])('%s is none', (source) => {
    expect(compiled(source).literals).toBeUndefined();
  });

  test('a thousand names are found at once', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `device-${i}`);
    const matcher = compiled(`^(${names.join('|')})$`);
    expect(matcher.matches('device-4999')).toBe(true);
    expect(matcher.matches('device-5000')).toBe(false);
  });
});

test.each([
  ['(?i)READ', 'my reading', true],
  ['^d[12]$', 'd2', true],
  ['^d[12]$', 'd3', false],
  ['.*', '', true],
  ['^tank-\\d+$', 'tank-007', true],
  ['(pump|valve)-[0-9]{2}', 'valve-07', true],
  ['a\\-b', 'a-b', true],
  ['^a|b$', 'ab', true],
])('/%s/ on %s: %s', (source, text, expected) => {
  expect(compiled(source).matches(text)).toBe(expected);
});

test.each([
  ['\\Aabc\\z', 'abc', true],
  ['^a$', 'a\n', false],
  ['(?m)^b$', 'a\nb\nc', true],
  ['a.b', 'a\nb', false],
  ['(?s)a.b', 'a\nb', true],
  ['(?i)[a-c]+x(?-i)Y', 'BcXY', true],
  ['(?i)[a-c]+x(?-i)Y', 'BcXy', false],
  ['a(?i:b)c', 'aBc', true],
  ['a(?i:b)c', 'aBC', false],
  ['\\bcat\\b', 'a cat!', true],
  ['\\bcat\\b', 'concat', false],
  ['\\Bcat', 'concat', true],
  ['[[:alpha:]]+[[:^digit:]]$', 'ab-', true],
  ['[]a]', ']', true],
  ['[^]a]', ']', false],
  ['[a-]', '-', true],
  ['[\\d.]+', '1.5', true],
  ['\\Qa.b*\\E$', 'xa.b*', true],
  ['\\Qa.b\\E', 'axb', false],
  ['\\x41\\x{1F600}', 'A😀', true],
  ['^.$', '😀', true],
  ['\\pL\\p{Greek}', 'aω', true],
  ['\\PL', 'a', false],
  ['(?P<site>a)|(?<x>b)', 'b', true],
  ['a{,2}', 'a{,2}', true],
  ['^a{2}$', 'aaa', false],
  ['^a{2,}$', 'aaaa', true],
  ['^(ab){1,2}?$', 'abab', true],
  ['^(sensor|probe)-\\d+(\\.\\d+)?$', 'probe-12.5', true],
  ['()', '', true],
  ['a||b', '', true],
])('as RE2 has it: /%s/ on %j: %s', (source, text, expected) => {
  expect(compiled(source).matches(text)).toBe(expected);
});

test.each([
  ['(a', 'missing closing ): `(a`'],
  ['a)', 'unexpected ): `a)`'],
  ['[a', 'missing closing ]: `[a`'],
  ['*a', 'missing argument to repetition operator: `*`'],
  ['a**', 'invalid nested repetition operator: `**`'],
  ['a{1001}', 'invalid repeat count: `{1001}`'],
  ['a{2,1}', 'invalid repeat count: `{2,1}`'],
  ['a\\', 'trailing backslash at end of expression: ``'],
  ['(a)\\1', 'invalid escape sequence: `\\1`'],
  ['\\k', 'invalid escape sequence: `\\k`'],
  ['(?=a)b', 'invalid or unsupported Perl syntax: `(?=`'],
  ['(?<!a)b', 'invalid or unsupported Perl syntax: `(?<`'],
  ['[z-a]', 'invalid character class range: `z-a`'],
  ['[[:none:]]', 'invalid character class range: `[:none:]`'],
  ['\\p{None}', 'invalid character class range: `\\p{None}`'],
  ['((a{100}){100}){100}', 'expression is too large: `((a{100}){100}){100}`'],
  ['('.repeat(200), 'nested deeper than 100: `((((((((((((((((((((`'],
])('/%s/ is refused: %s', (source, problem) => {
  expect(compileRegex(source)).toEqual({ problem: `error parsing regexp: ${problem}` });
});

test('agrees with another engine wherever both have the same meaning', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '\\b', '^', '$', '(?:)');
  const { pattern } = fc.letrec<{ pattern: string; repeated: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie('pattern'), tie('pattern')).map(([x, y]) => x + y),
      fc.tuple(tie('pattern'), tie('pattern')).map(([x, y]) => `(${x}|${y})`),
      tie('repeated'),
    ),
    repeated: fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '*?'))
      .map(([x, op]) => `(?:${x})${op}`),
  }));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '\n', '-'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (source, sample) => {
      expect(compiled(source).matches(sample)).toBe(new RegExp(source, 'u').test(sample));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  '(a+)+$',
  '(a|a)*c',
  '((a?)b?)*c',
  '(.*)*x',
  'a*a*a*a*a*c',
  `${'(a|a)'.repeat(30)}c`,
  'a{1000}a{1000}a{1000}c',
  `(a|b)*a${'(a|b)'.repeat(200)}c`,
])('/%s/ takes time that grows with the text only', (source) => {
  const matcher = compiled(source);
  const cpuOf = (text: string) => {
    const { user } = process.cpuUsage();
    expect(matcher.matches(`${text}-`)).toBe(false);
    return process.cpuUsage().user - user;
  };
  expect(cpuOf('a'.repeat(6_000))).toBeLessThan(2_000_000);
  expect(cpuOf('ab'.repeat(3_000))).toBeLessThan(2_000_000);
});

test('a text too long for an expression is refused, not tried', () => {
  expect(() => compiled('a.*b').matches('a'.repeat(20_000_000))).toThrow(/20000000 characters in bounded time$/);
});
