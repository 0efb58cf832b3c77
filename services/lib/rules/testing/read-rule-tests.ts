// Test files with the rules they are for: `*.test.json`, and any file that calls itself `"kind": "RuleTest"`. The rules are
// those beside the file, or what its `ruleFiles` name.

import { globSync } from 'node:fs';
import path from 'node:path';
import { type FileProblem, type JsonFile, parseJsonFile, parseJsonTree, plainValue } from '#runtime/json-file.ts';
import { type DeviceModel, readPlantFiles } from '#runtime/plant-files.ts';
import { readTextFile } from '#runtime/text-file.ts';
import { type CompiledTexts, compileTexts } from '../authoring/compile-texts.ts';
import { schemaNameOf } from '../authoring/format-rule-file.ts';
import type { RuleText } from '../check/check-rules.ts';
import type { CompileOptions } from '../language/compile-rule.ts';
import { type RuleTestFile, ruleTestFileSchema } from './rule-test-schema.ts';

export type TestFile = JsonFile<RuleTestFile> & {
  readonly rules: CompiledTexts;
  readonly models: ReadonlyMap<string, DeviceModel>;
};

export type TestFiles = { readonly files: readonly TestFile[]; readonly problems: readonly FileProblem[] };

/** `compileOptionsOf` says how the rules of a file are compiled. Every problem is told once. */
export function readRuleTests(
  candidates: readonly string[],
  compileOptionsOf: (file: string) => CompileOptions = () => ({}),
): TestFiles {
  const problems: FileProblem[] = [];
  const compiled = new Map<string, CompiledTexts>();
  const models = new Map<string, ReadonlyMap<string, DeviceModel>>();
  const modelsOf = (folder: string) => once(models, folder, () => readPlantFiles(folder).models);
  const files = candidates.flatMap((file): TestFile[] => {
    const text = readTextFile(file);
    // What is unreadable and no test by its name is told with the rules beside it, of which it may be one.
    if (typeof text !== 'string' && file.endsWith('.test.json')) problems.push(text);
    if (typeof text !== 'string' || !isTest(file, text)) return [];
    const parsed = parseJsonFile(file, text, ruleTestFileSchema);
    if (Array.isArray(parsed)) {
      problems.push(...parsed);
      return [];
    }
    const folder = path.dirname(file);
    const patterns = parsed.value.ruleFiles ?? ['*.json'];
    const rules = once(compiled, JSON.stringify([folder, patterns]), () => {
      const made = compileTexts(textsOf(folder, patterns, problems), { compileOptionsOf, models: modelsOf(folder) });
      problems.push(...made.problems);
      return made;
    });
    return [{ ...parsed, rules, models: modelsOf(folder) }];
  });
  return { files, problems };
}

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

function isTest(file: string, text: string): boolean {
  if (file.endsWith('.test.json')) return true;
  const parsed = parseJsonTree(text);
  return parsed.ok && schemaNameOf(file, plainValue(parsed.tree)) === 'rule-test';
}

function textsOf(folder: string, patterns: readonly string[], problems: FileProblem[]): RuleText[] {
  return globSync([...patterns], { cwd: folder })
    .sort()
    .map((name) => path.join(folder, name))
    .flatMap((file) => {
      const text = readTextFile(file);
      if (typeof text === 'string') return [{ file, text }];
      if (!file.endsWith('.test.json')) problems.push(text);
      return [];
    });
}
