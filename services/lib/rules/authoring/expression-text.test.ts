import { describe, expect, it } from 'vitest';
import { OPERATOR_DOCS } from '../language/operators/operator-docs.ts';
import { expressionText } from './expression-text.ts';

describe('expressionText()', () => {
  it.each<[raw: unknown, text: string]>([
    [{ '>': [{ var: 'temp' }, { param: 'limit' }] }, 'temp > limit'],
    [{ and: [{ '>': [{ var: 'a' }, 1] }, { or: [{ var: 'b' }, { var: 'c' }] }] }, 'a > 1 and (b or c)'],
    [{ '!': [{ '==': [{ state: 'mode' }, 'manual'] }] }, "not (state(mode) == 'manual')"],
    [{ '-': [{ '+': [{ var: 'a' }, 1] }, 2] }, '(a + 1) - 2'],
    [{ '-': [{ var: 'a' }] }, '-(a)'],
    [{ atLeast: [2, [{ var: 'a' }, { '>': [{ var: 'b' }, 6] }]] }, 'at least 2 of (a, b > 6)'],
    [{ for: [{ var: 'running' }, '20s'] }, 'running for 20s'],
    [{ in: [{ state: 'mode' }, ['a', 1]] }, "state(mode) in ['a', 1]"],
    [{ '>': [{ age: ['temp'] }, 120] }, 'age(temp) > 120'],
    [{ online: [] }, 'online()'],
    [{ if: [true, 1, 2] }, 'if true then 1 else 2'],
    [{ between: [{ var: 'ph' }, 6, 8] }, 'ph between 6 and 8'],
    [{ __proto__x: [1] }, '__proto__x(1)'],
    [{}, '{}'],
    [null, 'null'],
  ])('%j', (raw, text) => {
    expect(expressionText(raw)).toBe(text);
  });

  it.each(Object.entries(OPERATOR_DOCS))('has words for %s', (_, { example }) => {
    expect(expressionText(example)).not.toMatch(/undefined|\[object|[{}]/);
  });
});
