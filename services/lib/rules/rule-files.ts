// The rules folder as an edge of the one validator: reads the texts, asks check/, and gives back what may run. A file that
// cannot be read is one more finding, not the end.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type FileProblem, parseJsonFile } from '#runtime/json-file.ts';
import { readTextFile } from '#runtime/text-file.ts';
import { type CheckOptions, checkRules, type RuleText } from './check/check-rules.ts';
import { isTestText } from './check/file-kind.ts';
import { errorOf, type Finding, inReadingOrder, isError, problemOf } from './check/finding.ts';
import type { CompiledRule } from './language/compile-rule.ts';
import { readPlantKnowledge } from './plant-knowledge.ts';
import { strayFiles } from './stray-files.ts';

export type RuleFiles = {
  readonly rules: readonly CompiledRule[];
  readonly findings: readonly Finding[];
  /** The errors among the findings, as the readers of other files tell theirs. */
  readonly problems: readonly FileProblem[];
  /** What every file held when it was read. */
  readonly texts: ReadonlyMap<string, string>;
  /** Ids that refused files bear in their names or texts, and no other file does: such a rule is not to be taken for deleted. */
  readonly held: ReadonlySet<string>;
  /** When the file of each rule was saved last, ms since the epoch, by its id. */
  readonly savedAt: ReadonlyMap<string, number>;
};

export function isRuleFile(name: string): boolean {
  return name.endsWith('.json') && !name.endsWith('.test.json');
}

/** The id that the rule of a file has, or would have under the right ending: a number before it only puts files in order. */
export function ruleIdOf(file: string): string {
  return path
    .basename(file)
    .replace(/\.json[c5]?$/i, '')
    .replace(/^\d+-/, '');
}

/** Checked against the plant of the folder where no models are given. */
export function readRules(rulesDir: string, options: CheckOptions = {}): RuleFiles {
  const { texts, unreadable } = readRuleTexts(rulesDir);
  const plant = options.models === undefined ? readPlantKnowledge(rulesDir) : {};
  const beside = [...texts, ...unreadable].map(({ file }) => ruleIdOf(file));
  const checked = checkRules(texts, { beside, ...plant, ...options });
  const findings = inReadingOrder([...strayFiles(rulesDir), ...unreadable, ...checked.findings]);
  const problems = findings.filter(isError).map(problemOf);
  const byFile = new Map(texts.map(({ file, text }) => [file, text]));
  return {
    rules: checked.rules,
    findings,
    problems,
    texts: byFile,
    held: heldIds(new Set(problems.map(({ file }) => file)), byFile),
    savedAt: new Map(checked.files.map(({ file, rule }) => [rule.id, savedAtOf(file)])),
  };
}

/** When a file was saved last, ms since the epoch; 0 where it is not there. */
export function savedAtOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Where a file that is well bears the id too, it alone says what becomes of the rule. */
function heldIds(refused: ReadonlySet<string>, texts: ReadonlyMap<string, string>): Set<string> {
  const ids = new Set([...refused].flatMap((file) => [ruleIdOf(file), ...idIn(file, texts.get(file))]));
  for (const file of texts.keys()) if (!refused.has(file)) ids.delete(ruleIdOf(file));
  return ids;
}

const identified = z.looseObject({ id: z.string() });

/** The id that a text gives its rule, whatever else is wrong with it. */
function idIn(file: string, text: string | undefined): string[] {
  const parsed = text === undefined ? [] : parseJsonFile(file, text, identified);
  return Array.isArray(parsed) ? [] : [parsed.value.id];
}

export type RuleTexts = { readonly texts: readonly RuleText[]; readonly unreadable: readonly Finding[] };

/** The texts of a folder that are rules, in the order of their names; a missing folder has none. */
export function readRuleTexts(folder: string): RuleTexts {
  let names: string[];
  try {
    names = readdirSync(folder).filter(isRuleFile).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { texts: [], unreadable: [] };
    const message = `cannot be read (${code})`;
    return { texts: [], unreadable: [errorOf({ file: folder, line: 1, column: 1, message, code: 'JSON' }, '')] };
  }
  const texts: RuleText[] = [];
  const unreadable: Finding[] = [];
  for (const file of names.map((name) => path.join(folder, name))) {
    const text = readTextFile(file);
    if (typeof text !== 'string') unreadable.push(errorOf(text, ''));
    else if (!isTestText(file, text)) texts.push({ file, text });
  }
  return { texts, unreadable };
}
