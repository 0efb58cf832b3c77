// The first texts of a rule and of its tests: small, sound, and made by the same code as `penstock rules new`.

import { formatJson } from '#rules/authoring/format-json.ts';
import { newRule } from '#rules/authoring/new-rule.ts';
import { newRuleTest } from '#rules/authoring/new-rule-test.ts';
import type { RuleWish } from '#rules/authoring/rule-wish.ts';

export function newRuleTexts(wish: RuleWish): { readonly text: string; readonly test: string } {
  return {
    text: formatJson(JSON.stringify(newRule(wish))),
    test: formatJson(JSON.stringify(newRuleTest(wish))),
  };
}
