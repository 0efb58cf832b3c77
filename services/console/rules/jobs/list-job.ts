// The files of the rules folder with what is wrong with each: what `penstock rules check` says of the folder.

import path from 'node:path';
import { z } from 'zod';
import { PRIORITIES } from '#domain/alarm.ts';
import { testFileOf } from '#rules/check/check-edited.ts';
import { checkFiles } from '#rules/check/check-files.ts';
import { checkRules } from '#rules/check/check-rules.ts';
import { allFilesOf } from '#rules/folder-files.ts';
import { readPlantKnowledge } from '#rules/plant-knowledge.ts';
import { isRuleFile, readRuleTexts } from '#rules/rule-files.ts';
import { parseJsonTree, plainValue } from '#runtime/json-file.ts';
import type { FindingView, RuleFileRow, RulesView } from '../../api/rules.ts';
import { type JobContext, shownFindings } from './job-context.ts';

/** What no thread knows: what runs, and what stands in alarm. */
export type ListedFile = Omit<RuleFileRow, 'runs' | 'activeAlarms'>;
export type Listed = Pick<RulesView, 'more' | 'findings'> & { readonly files: readonly ListedFile[] };

const FILES_MAX = 1_000;
/** Of one file; a text of another kind has one for each line. */
const FINDINGS_MAX = 100;

const told = z.looseObject({
  id: z.string().nullish().catch(null),
  name: z.string().nullish().catch(null),
  mode: z.enum(['active', 'shadow', 'disabled']).nullish().catch(null),
  priority: z.enum(PRIORITIES).nullish().catch(null),
});

export function listJob({ rulesDir }: Pick<JobContext, 'rulesDir'>): Listed {
  const { texts, unreadable } = readRuleTexts(rulesDir);
  const all = [...new Set([...texts, ...unreadable].map(({ file }) => file))].filter(isRuleFile).sort();
  const { findings } = checkFiles(allFilesOf(rulesDir), { wholeFolders: new Set([rulesDir]) });
  const byFile = Map.groupBy(
    shownFindings([...findings, ...folderItself(unreadable, rulesDir)], rulesDir),
    ({ file }) => file,
  );
  const compiled = checkRules(texts, { ...readPlantKnowledge(rulesDir), lints: 'none', takes: () => true });
  const rules = new Map(compiled.files.map(({ file, rule }) => [file, rule]));
  const textOf = new Map(texts.map(({ file, text }) => [file, text]));
  const taken = new Set<string>();
  const findingsOf = (file: string): FindingView[] => {
    taken.add(file);
    return byFile.get(file) ?? [];
  };
  const names = new Set(allFilesOf(rulesDir));
  const files = all.slice(0, FILES_MAX).map((file): ListedFile => {
    const name = path.relative(rulesDir, file);
    const own = [...findingsOf(name), ...findingsOf(testFileOf(name))];
    const rule = own.some(({ level, file: of }) => level === 'error' && of === name) ? undefined : rules.get(file);
    const { id, name: title, mode, priority } = toldBy(textOf.get(file));
    return {
      file: name,
      id: rule?.id ?? id ?? null,
      name: rule?.name ?? title ?? null,
      mode: rule?.source.mode ?? mode ?? null,
      priority: rule?.levels.at(-1)?.priority ?? priority ?? null,
      rev: rule?.rev ?? null,
      hasTest: names.has(testFileOf(file)),
      findings: own.slice(0, FINDINGS_MAX),
    };
  });
  const others = [...byFile].flatMap(([file, own]) => (taken.has(file) ? [] : own));
  return { files, more: Math.max(0, all.length - FILES_MAX), findings: others.slice(0, FINDINGS_MAX) };
}

/** A folder that cannot be read has no files that could say so. */
function folderItself(unreadable: readonly FindingView[], rulesDir: string): FindingView[] {
  return unreadable.filter(({ file }) => file === rulesDir);
}

/** What a text says of itself, whatever else is wrong with it. */
function toldBy(text: string | undefined): z.infer<typeof told> {
  const parsed = text === undefined ? undefined : parseJsonTree(text);
  const checked = parsed?.ok === true ? told.safeParse(plainValue(parsed.tree)) : undefined;
  return checked?.success === true ? checked.data : {};
}
