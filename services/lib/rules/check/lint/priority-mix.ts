// R011: the usual mix of priorities is 80 % low and medium, 15 % high, 5 % critical (ISA-18.2, EEMUA-191, three priorities).
// Far from it is twice the share of high or of critical: where all is urgent, nothing is. Said only of sets of 20 rules or more;
// fewer have no mix.

import type { SetLint, SetMember } from './lint.ts';

const RULES_MIN = 20;
const SHARES_MAX = [
  { priority: 'critical', share: 0.1, usual: 5 },
  { priority: 'high', share: 0.3, usual: 15 },
] as const;

export const priorityMix: SetLint = {
  code: 'R011',
  ofSet: (members) => {
    if (members.length < RULES_MIN) return [];
    return SHARES_MAX.flatMap(({ priority, share, usual }) => {
      const bearers = members.filter((member) => priorityOf(member) === priority);
      const [member] = bearers;
      if (member === undefined || bearers.length <= share * members.length) return [];
      const found = Math.round((100 * bearers.length) / members.length);
      const message = `${found} % of ${members.length} rules are ${priority}; about ${usual} % is usual`;
      const { levels } = member.rule.source;
      const path =
        levels === undefined
          ? ['priority']
          : ['levels', levels.findIndex((each) => each.priority === priority), 'priority'];
      return [{ member, path, message, level: 'warn' as const }];
    });
  },
};

/** That of its most urgent level, which compiling puts last. */
function priorityOf({ rule }: SetMember) {
  return rule.levels.at(-1)?.priority;
}
