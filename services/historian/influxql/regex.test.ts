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
  '(a+)+$',
  '(a|a)*b',
  '(a|ab)+c',
  '((a?)b?)*',
  '(.*)*',
  '(a{1,5}){3}',
  'a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaa',
  '(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)b',
  '.*.*.*.*x',
  '(a)\\1',
  '(?=a)b',
  '(?<name>a)',
  'a{1,100000}',
])('/%s/ is refused', (source) => {
  expect(compileRegex(source)).toHaveProperty('problem');
});

test('what is allowed cannot be made slow: a text that would be is refused', () => {
  const matcher = compiled('a*a*a*b');
  expect(matcher.matches('a'.repeat(90))).toBe(false);
  expect(() => matcher.matches('a'.repeat(10_000))).toThrow(/bounded time/);
});
