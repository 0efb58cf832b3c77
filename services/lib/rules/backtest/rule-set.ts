// The rules of a backtest: files and folders that were named, or the rules folder as a revision of git had it. All or
// nothing: a set with an error is refused with everything that is wrong, since a number over half the rules is no number.

import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { FileProblem } from '#runtime/json-file.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { readTextFile } from '#runtime/text-file.ts';
import { type CheckedFile, checkRules, type RuleText } from '../check/check-rules.ts';
import { isError, problemOf } from '../check/finding.ts';
import type { Models } from '../check/lint/metric-facts.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { isRuleFile } from '../rule-files.ts';

export type RuleSet = {
  /** What it is called: its folder, its files or its revision. */
  readonly name: string;
  readonly files: readonly CheckedFile[];
  readonly problems: readonly FileProblem[];
};

/** Far above any rule file. */
const GIT_BYTES_MAX = 16 * 1024 * 1024;

type Text = RuleText & { readonly isNamed: boolean };

/** The rules of files and folders. Disabled ones are left out, but for a file that is named itself and the rule `meant`. */
export function readRuleSet(operands: readonly string[], meant?: string): RuleSet {
  const problems: FileProblem[] = [];
  const texts = operands.flatMap((operand): Text[] => {
    try {
      if (!statSync(operand).isDirectory()) return read({ file: operand, isNamed: true }, problems);
      const names = readdirSync(operand).filter(isRuleFile).sort();
      return names.flatMap((name) => read({ file: path.join(operand, name), isNamed: false }, problems));
    } catch (error) {
      problems.push(unreadable(operand, error));
      return [];
    }
  });
  const folders = new Set(texts.map(({ file }) => path.dirname(file)));
  const models = new Map([...folders].flatMap((folder) => [...readPlantFiles(folder).models]));
  return compiled(operands.join(', '), texts, { problems, meant, models });
}

/** The rules of a folder as a revision had them. */
export async function readRuleRevision(folder: string, revision: string, meant?: string): Promise<RuleSet> {
  try {
    // It must not become a flag of git.
    if (revision.startsWith('-')) throw new Error('a revision does not begin with a dash');
    const names = (await git(folder, ['ls-tree', '--name-only', '-z', revision, './'])).split('\0').filter(isRuleFile);
    const texts: Text[] = [];
    for (const name of names) {
      const text = await git(folder, ['show', `${revision}:./${name}`]);
      texts.push({ file: `${revision}:${path.join(folder, name)}`, text, isNamed: false });
    }
    return compiled(revision, texts, { problems: [], meant });
  } catch (error) {
    const why = String((error as { stderr?: string }).stderr || (error as Error).message).trim();
    const message = `is neither a folder nor a revision that git knows in ${folder}: ${why.split('\n')[0]}`;
    return { name: revision, files: [], problems: [{ file: revision, line: 1, column: 1, message }] };
  }
}

async function git(folder: string, words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['-C', folder, ...words], { maxBuffer: GIT_BYTES_MAX });
  return stdout;
}

function compiled(
  name: string,
  texts: readonly Text[],
  {
    problems,
    meant,
    models,
  }: { readonly problems: FileProblem[]; readonly meant: string | undefined; readonly models?: Models },
): RuleSet {
  const named = new Set(texts.filter(({ isNamed }) => isNamed).map(({ file }) => file));
  const { files, findings } = checkRules(texts, {
    ...(models === undefined ? {} : { models }),
    fileNames: 'free',
    takes: ({ mode, id }, file) => mode !== 'disabled' || id === meant || named.has(file),
  });
  return { name, files, problems: [...problems, ...findings.filter(isError).map(problemOf)] };
}

function read(wanted: Omit<Text, 'text'>, problems: FileProblem[]): Text[] {
  const text = readTextFile(wanted.file);
  if (typeof text === 'string') return [{ ...wanted, text }];
  problems.push(text);
  return [];
}

function unreadable(file: string, error: unknown): FileProblem {
  const { code } = error as NodeJS.ErrnoException;
  const message = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  return { file, line: 1, column: 1, message };
}

/** As if it were active: what a rule in shadow would have done is what a backtest is asked. */
export function asActive(rule: CompiledRule): CompiledRule {
  return { ...rule, isShadow: false, companions: rule.companions.map(asActive) };
}
