// Rules that span a site read areas that several rules services share out among them, and none of these sees them all.

import type { Remark } from '#rules/check/lint/lint.ts';
import type { RuleFile } from '#rules/language/rule-schema.ts';
import { readRules } from '#rules/rule-files.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { StartError } from '#runtime/start-error.ts';

const WHY =
  'a rule that spans a site needs every area of it, and PENSTOCK_RULES_REPLICAS deals them out; make it a rule of each area, or run one rules service';

/** For a file that comes while it runs. */
export function refuseSpanning({ span, mode }: RuleFile): Remark | undefined {
  if (span !== 'site' || mode === 'disabled') return undefined;
  return { path: ['span'], message: WHY, level: 'error' };
}

/** Before it starts: what was watched would not be any more. @throws StartError */
export function requireNoSpanning(dir: string): void {
  const { problems } = readRules(dir, { refuses: refuseSpanning });
  const spanning = problems.find(({ message }) => message === WHY);
  if (spanning !== undefined) throw new StartError(formatProblem(spanning));
}
