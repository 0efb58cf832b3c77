// A warning that its author has judged: `"annotations": { "lint.R006": "the gauge is filtered in the transmitter" }`. A reason
// is required, and an error cannot be silenced.

import { nearestWord } from '#runtime/json-file.ts';
import type { RuleFile } from '../../language/rule-schema.ts';
import { CODES } from '../finding.ts';
import type { Remark } from './lint.ts';

const PREFIX = 'lint.';
const NUMBERED: readonly string[] = CODES.filter((code) => /^R\d/.test(code));
/** These have warnings, if only some. */
const SOFT: readonly string[] = NUMBERED.filter(
  (code) => !['R001', 'R004', 'R009', 'R010', 'R013', 'R015'].includes(code),
);

export function isSilenced(file: RuleFile, code: string, { level }: Pick<Remark, 'level'>): boolean {
  return level === 'warn' && Object.hasOwn(file.annotations, `${PREFIX}${code}`);
}

/** What is wrong with the silencing itself. */
export function silencingRemarks({ annotations }: RuleFile): Remark[] {
  return Object.entries(annotations).flatMap(([key, reason]): Remark[] => {
    if (!key.startsWith(PREFIX)) return [];
    const code = key.slice(PREFIX.length);
    const path = ['annotations', key];
    if (!NUMBERED.includes(code)) {
      const near = nearestWord(code, SOFT);
      const hint = near === undefined ? {} : { suggestion: `${PREFIX}${near}` };
      return [{ path, message: `there is no lint rule '${code}'`, level: 'error', ...hint }];
    }
    if (!SOFT.includes(code))
      return [{ path, message: `${code} is an error, and errors cannot be silenced`, level: 'error' }];
    if (reason.trim() !== '') return [];
    return [{ path, message: `a silenced ${code} needs its reason as the text`, level: 'error' }];
  });
}
