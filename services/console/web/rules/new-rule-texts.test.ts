import { expect, it } from 'vitest';
import { formatRuleFile } from '#rules/authoring/format-rule-file.ts';
import type { RuleWish } from '#rules/authoring/rule-wish.ts';
import { checkRules } from '#rules/check/check-rules.ts';
import { newRuleTexts } from './new-rule-texts.ts';

const WISH: RuleWish = {
  ...{ id: 'very-hot', metric: 'temperature', unit: 'Cel', deadband: 2, priority: 'medium' },
  ...{ onDelay: '20s', offDelay: '0s' },
  wanted: { kind: 'above', limit: 80 },
};

it('a new rule is sound, without a warning, and in the canonical form that `rules fmt` writes', () => {
  const { text, test } = newRuleTexts(WISH);
  expect(checkRules([{ file: 'very-hot.json', text }]).findings).toEqual([]);
  expect(formatRuleFile('very-hot.json', text)).toBe(text);
  expect(formatRuleFile('very-hot.test.json', test)).toBe(test);
});
