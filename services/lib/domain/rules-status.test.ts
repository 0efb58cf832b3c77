import { expect, test } from 'vitest';
import { parseRulesStatus } from './rules-status.ts';

const STATUS = { rules: [{ id: 'a', rev: 'sha256:1', mode: 'active' }], problems: ['x'], warnings: [], loadedAt: 5 };

test('parseRulesStatus() reads what the rules service says, and leaves out what it says besides', () => {
  const said = { ...STATUS, more: 1, rules: [{ ...STATUS.rules[0], owner: 'me' }] };
  expect(parseRulesStatus(said)).toEqual(STATUS);
});

test.each([
  [null, /JSON object/],
  [[], /JSON object/],
  [{ ...STATUS, loadedAt: '5' }, /'loadedAt'/],
  [{ ...STATUS, problems: [1] }, /'problems'/],
  [{ ...STATUS, warnings: undefined }, /'warnings'/],
  [{ ...STATUS, rules: [{ id: 'a', rev: 1, mode: 'active' }] }, /'rules'/],
  [{ ...STATUS, rules: [null] }, /'rules'/],
])('parseRulesStatus(%j) says what is wrong', (json, words) => {
  expect(parseRulesStatus(json)).toMatch(words);
});
