// R018: `inhibitedBy` or `alarm` names a rule that is not there. Such an alarm is never active, so the rule is never inhibited
// and its condition never holds by it. A warning: the rule still tells what it can, and refusing it would tell less.

import { nearestWord } from '#runtime/json-file.ts';
import { PIPELINE_NAMES } from '../taken-names.ts';
import { alarmsNamed, ownerOf } from './alarms-named.ts';
import type { SetLint, SetRemark } from './lint.ts';

export const missingRule: SetLint = {
  code: 'R018',
  ofSet: (members, known) => {
    if (known === undefined) return [];
    const companions = members.flatMap(({ rule }) => rule.companions.map(({ id }) => id));
    const there = new Set([...known, ...companions, ...PIPELINE_NAMES]);
    const read = new Set(members.map(({ rule }) => rule.id));
    // What a rule raises is only known where the rule could be read.
    const isThere = (alarm: string) => there.has(alarm) || (known.has(ownerOf(alarm)) && !read.has(ownerOf(alarm)));
    const words = [...there];
    return members.flatMap((member) => {
      const met = new Set<string>();
      return alarmsNamed(member.rule).flatMap(({ alarm, path }): SetRemark[] => {
        if (isThere(alarm) || met.has(alarm)) return [];
        met.add(alarm);
        const near = nearestWord(alarm, words);
        const message = `there is no rule '${alarm}', so its alarm is never active`;
        return [{ member, path, message, level: 'warn', ...(near === undefined ? {} : { suggestion: near }) }];
      });
    });
  },
};
