// Test files with the rules they are for: `*.test.json`, and any file that calls itself `"kind": "RuleTest"`. The rules are
// those beside the file, or what its `ruleFiles` name.

import path from 'node:path';
import { type FileProblem, type JsonFile, parseJsonFile, parseJsonTree, plainValue } from '#runtime/json-file.ts';
import { type DeviceModel, readPlantFiles } from '#runtime/plant-files.ts';
import { type CompiledTexts, compileTexts } from '../authoring/compile-texts.ts';
import { schemaNameOf } from '../authoring/format-rule-file.ts';
import type { RuleText } from '../check/check-rules.ts';
import { type FileTexts, ON_DISK } from '../edited-files.ts';
import type { CompileOptions } from '../language/compile-rule.ts';
import { type RuleTestFile, ruleTestFileSchema } from './rule-test-schema.ts';

export type TestFile = JsonFile<RuleTestFile> & {
  readonly rules: CompiledTexts;
  readonly models: ReadonlyMap<string, DeviceModel>;
};

export type TestFiles = { readonly files: readonly TestFile[]; readonly problems: readonly FileProblem[] };

export type ReadTestsOptions = {
  /** How the rules of a file are compiled. */
  readonly compileOptionsOf?: (file: string) => CompileOptions;
  readonly texts?: FileTexts;
};

/** Every problem is told once. */
export function readRuleTests(
  candidates: readonly string[],
  { compileOptionsOf = () => ({}), texts = ON_DISK }: ReadTestsOptions = {},
): TestFiles {
  const problems: FileProblem[] = [];
  const compiled = new Map<string, CompiledTexts>();
  const models = new Map<string, ReadonlyMap<string, DeviceModel>>();
  const modelsOf = (folder: string) => once(models, folder, () => readPlantFiles(folder).models);
  const files = candidates.flatMap((file): TestFile[] => {
    const text = texts.read(file);
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
      const found = textsOf(texts.matching(folder, patterns), texts, problems);
      const made = compileTexts(found, { compileOptionsOf, models: modelsOf(folder) });
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

function textsOf(files: readonly string[], texts: FileTexts, problems: FileProblem[]): RuleText[] {
  return files.flatMap((file) => {
    const text = texts.read(file);
    if (typeof text === 'string') return [{ file, text }];
    if (!file.endsWith('.test.json')) problems.push(text);
    return [];
  });
}
