// The rules of a backtest from the workbench: the one of the editor among the others of its folder, and the same file as it is saved.

import path from 'node:path';
import { checkedWith } from '#rules/check/check-edited.ts';
import { isError } from '#rules/check/finding.ts';
import { ON_DISK } from '#rules/edited-files.ts';
import type { CompiledRule } from '#rules/language/compile-rule.ts';
import type { RuleText } from '../../api/rules.ts';
import { JobRefused } from '../job.ts';
import { editedOf, refuseErrors, shownFindings } from './job-context.ts';

export type RulesOfText = {
  readonly name: string;
  readonly rule: CompiledRule;
  /** All of the folder. A broken file beside it is no reason not to run this one. */
  readonly rules: readonly CompiledRule[];
};

/** @throws JobRefused where the text has errors */
export function editedRules(wish: RuleText, rulesDir: string): RulesOfText {
  const { rule } = editedOf(wish, rulesDir);
  const { rules, files, findings } = checkedWith(rulesDir, rule);
  refuseErrors(
    findings.filter(({ file }) => file === rule.file),
    rulesDir,
  );
  const own = files.find(({ file }) => file === rule.file)?.rule;
  if (own === undefined)
    throw new JobRefused({
      status: 422,
      detail: `${wish.file} is no rule; a file of tests cannot be run over the past.`,
    });
  return { name: 'the text', rule: own, rules };
}

export type SavedRules = Omit<RulesOfText, 'rule'> & {
  /** undefined: `problem` says why. */
  readonly rule: CompiledRule | undefined;
  readonly problem: string | undefined;
};

export function savedRules(name: string, rulesDir: string): SavedRules {
  const file = path.join(rulesDir, name);
  const text = ON_DISK.read(file);
  const nothing = { name: 'the saved file', rules: [], rule: undefined };
  if (typeof text !== 'string') return { ...nothing, problem: `There is no saved file ${name} to compare with.` };
  const { rules, files, findings } = checkedWith(rulesDir, { file, text });
  const rule = files.find((each) => each.file === file)?.rule;
  const [error] = shownFindings(
    findings.filter((each) => each.file === file && isError(each)),
    rulesDir,
  );
  const because = error === undefined ? 'it is no rule' : `line ${error.line}: ${error.message}`;
  const problem =
    rule === undefined ? `The saved file cannot be run (${because}), so there is nothing to compare with.` : undefined;
  return { name: 'the saved file', rule, rules, problem };
}
