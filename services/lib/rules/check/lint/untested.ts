// R017: what no test has shown: the rule at all, or an arm of its conditions. Said only where somebody ran the tests.

import type { CoverageItem, RuleCoverage } from '../../testing/coverage.ts';
import type { Remark } from './lint.ts';

/** By the file of the rule. A file that is not in it was not looked for. */
export type Coverage = ReadonlyMap<string, Pick<RuleCoverage, 'items'>>;

export function untested(coverage: Pick<RuleCoverage, 'items'>): Remark[] {
  const open = coverage.items.filter(({ kind, missing }) => missing.length > 0 && (kind === 'rule' || kind === 'arm'));
  const rule = open.find(({ kind }) => kind === 'rule');
  if (rule !== undefined)
    return [{ path: ['id'], message: 'no test reaches this rule; write one beside it', level: 'warn' }];
  return open.map(remarkOf);
}

function remarkOf({ path, text, missing }: CoverageItem): Remark {
  return { path, message: `in the tests, '${text}' is ${missing.join(' and ')}`, level: 'warn' };
}
