// Rule files as texts, wherever they come from (a folder, a revision), to compiled rules. Files of other kinds are passed
// over; the name of a file says nothing here.

import { type FileProblem, parseJsonFile, parseJsonTree, plainValue } from '#runtime/json-file.ts';
import { type CompiledRule, type CompileOptions, compileRule } from '../language/compile-rule.ts';
import { ruleSchema } from '../language/rule-schema.ts';
import { schemaNameOf } from './format-rule-file.ts';

export type TextFile = { readonly file: string; readonly text: string };

export type CompiledTexts = {
  readonly rules: ReadonlyMap<string, CompiledRule>;
  /** The file of each rule, by its id. */
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly FileProblem[];
};

export function compileTexts(
  texts: readonly TextFile[],
  optionsOf: (file: string) => CompileOptions = () => ({}),
): CompiledTexts {
  const rules = new Map<string, CompiledRule>();
  const files = new Map<string, string>();
  const problems: FileProblem[] = [];
  for (const { file, text } of texts) {
    if (!isRule(file, text)) continue;
    const parsed = parseJsonFile(file, text, ruleSchema);
    if (Array.isArray(parsed)) {
      problems.push(...parsed);
      continue;
    }
    const { value, at } = parsed;
    const compiled = compileRule(value, optionsOf(file));
    if (Array.isArray(compiled))
      problems.push(...compiled.map((each) => ({ file, ...at(each.path), message: each.message })));
    else if (rules.has(value.id))
      problems.push({ file, ...at(['id']), message: `there is a rule '${value.id}' in ${files.get(value.id)} too` });
    else {
      rules.set(value.id, compiled);
      files.set(value.id, file);
    }
  }
  return { rules, files, problems };
}

/** What is no JSON counts as a rule, so that it is not passed over in silence. */
function isRule(file: string, text: string): boolean {
  if (file.endsWith('.test.json')) return false;
  const parsed = parseJsonTree(text);
  return !parsed.ok || schemaNameOf(file, plainValue(parsed.tree)) === 'rule';
}
