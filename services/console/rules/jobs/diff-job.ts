// What saving an unsaved text would mean, against the file on disk.

import { compileTexts } from '#rules/authoring/compile-texts.ts';
import { diffRules, diffSentence, type StateAfter } from '#rules/authoring/diff-rules.ts';
import { ON_DISK } from '#rules/edited-files.ts';
import type { DiffView, RuleText } from '../../api/rules.ts';
import { JobRefused } from '../job.ts';
import { editedOf, type JobContext } from './job-context.ts';

/** From the lightest to the gravest. */
const GRAVITY: readonly StateAfter[] = ['kept', 'new', 'evidence-anew', 'instances-anew', 'retired'];

export function diffJob(wish: RuleText, { rulesDir }: Pick<JobContext, 'rulesDir'>): DiffView {
  const { rule } = editedOf(wish, rulesDir);
  const saved = ON_DISK.read(rule.file);
  // Also one that the service refuses: what mends it is worth seeing.
  const before = compileTexts(typeof saved === 'string' ? [{ file: rule.file, text: saved }] : [], { lints: 'none' });
  const after = compileTexts([rule], { lints: 'none' });
  if (after.problems.length > 0) {
    const [first] = after.problems;
    throw new JobRefused({
      status: 422,
      detail: `The text is not yet a rule, line ${first?.line}: ${first?.message}. Mend it to see what it changes.`,
    });
  }
  const diffs = diffRules(before.rules, after.rules);
  const state = diffs.map((each) => each.state).sort((a, b) => GRAVITY.indexOf(b) - GRAVITY.indexOf(a))[0] ?? null;
  return { sentences: diffs.map(diffSentence), state };
}
