// Rule files as texts, wherever they come from (a folder, a revision), to compiled rules. Files of other kinds are passed
// over; the name of a file says nothing here.

import { type FileProblem, type JsonFile, parseJsonFile, parseJsonTree, plainValue } from '#runtime/json-file.ts';
import { type CompiledRule, type CompileOptions, compileRule } from '../language/compile-rule.ts';
import { ruleSchema } from '../language/rule-schema.ts';
import { schemaNameOf } from './format-rule-file.ts';

export type TextFile = { readonly file: string; readonly text: string };

export type CompiledTexts = {
  readonly rules: ReadonlyMap<string, CompiledRule>;
  /** Where each rule stands, by its id. */
  readonly sources: ReadonlyMap<string, Pick<JsonFile<unknown>, 'file' | 'at'>>;
  readonly problems: readonly FileProblem[];
};

export function compileTexts(
  texts: readonly TextFile[],
  optionsOf: (file: string) => CompileOptions = () => ({}),
): CompiledTexts {
  const rules = new Map<string, CompiledRule>();
  const sources = new Map<string, Pick<JsonFile<unknown>, 'file' | 'at'>>();
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
      problems.push({
        file,
        ...at(['id']),
        message: `there is a rule '${value.id}' in ${sources.get(value.id)?.file} too`,
      });
    else {
      rules.set(value.id, compiled);
      sources.set(value.id, { file, at });
    }
  }
  return { rules, sources, problems };
}

/** What is no JSON counts as a rule, so that it is not passed over in silence. */
function isRule(file: string, text: string): boolean {
  if (file.endsWith('.test.json')) return false;
  const parsed = parseJsonTree(text);
  return !parsed.ok || schemaNameOf(file, plainValue(parsed.tree)) === 'rule';
}
