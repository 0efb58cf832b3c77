// The rules folder: one rule per file, each compiled by itself. A file with any error is refused as a whole and never
// hides another.

import path from 'node:path';
import { type FileProblem, readJsonFiles } from '#runtime/json-file.ts';
import { type CompiledRule, compileRule } from './language/compile-rule.ts';
import { ruleSchema } from './language/rule-schema.ts';

export type RuleFiles = { readonly rules: readonly CompiledRule[]; readonly problems: readonly FileProblem[] };

export function isRuleFile(name: string): boolean {
  return name.endsWith('.json') && !name.endsWith('.test.json');
}

export function readRules(rulesDir: string): RuleFiles {
  const { files, problems } = readJsonFiles(rulesDir, isRuleFile, ruleSchema);
  const found: FileProblem[] = [...problems];
  const rules = new Map<string, CompiledRule>();
  for (const { file, value, at } of files) {
    const wanted = path.basename(file, '.json');
    const compiled = compileRule(value);
    if (value.id !== wanted)
      found.push({ file, ...at(['id']), message: `the id must be the file's name, '${wanted}'` });
    else if (Array.isArray(compiled))
      found.push(...compiled.map(({ path: place, message }) => ({ file, ...at(place), message })));
    else if (value.mode !== 'disabled') rules.set(compiled.id, compiled);
  }
  return { rules: [...rules.values()], problems: found };
}
