import { describe, expect, it } from 'vitest';
import { problemsIn } from '../../testing/expressions.ts';
import { OPERATOR_DOCS } from './operator-docs.ts';
import { OPERATORS } from './operators.ts';

describe('OPERATOR_DOCS', () => {
  it('has a row for every operator, and none for what is no operator', () => {
    expect(Object.keys(OPERATOR_DOCS).sort()).toEqual([...OPERATORS.keys()].sort());
  });

  it.each(Object.entries(OPERATOR_DOCS))('%s: its example uses it and compiles', (name, { example }) => {
    expect(JSON.stringify(example)).toContain(`"${name}":`);
    expect(problemsIn(example, { inputs: { temp: 20, level: 3 }, params: { limit: 80 } })).toEqual([]);
  });
});
