// Findings of an unsaved text, as if it were saved.

import { checkEdited } from '#rules/check/check-edited.ts';
import { isError } from '#rules/check/finding.ts';
import type { CheckView, RuleText } from '../../api/rules.ts';
import { editedOf, type JobContext, shownFindings } from './job-context.ts';

export type Checked = CheckView & {
  /** Of the rule; null where it is refused. */
  readonly rev: string | null;
  readonly id: string | null;
  readonly mode: string | null;
};

export function checkJob(wish: RuleText, { rulesDir }: Pick<JobContext, 'rulesDir'>): Checked {
  const edited = editedOf(wish, rulesDir);
  const { own, others, checked } = checkEdited(rulesDir, edited);
  // Of a test that is only on disk nobody is told that the rule cannot be saved.
  const isInTheWay = (file: string) => file === edited.rule.file || edited.test !== undefined;
  const canBeSaved = !own.some((each) => isError(each) && isInTheWay(each.file)) && !others.some(isError);
  const rule = checked.files.find(({ file }) => file === edited.rule.file)?.rule;
  return {
    ...{ findings: shownFindings(own, rulesDir), others: shownFindings(others, rulesDir), canBeSaved },
    ...{ rev: rule?.rev ?? null, id: rule?.id ?? null, mode: rule?.source.mode ?? null },
  };
}
