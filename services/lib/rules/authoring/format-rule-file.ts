// A file of the rules folder in its canonical form: rules, their tests, models, devices, sources. Which of them it is, is
// said by its place, its name or its `kind`.

import path from 'node:path';
import { type FileProblem, parseJsonTree, placeOf, plainValue } from '#runtime/json-file.ts';
import { formatJson } from './format-json.ts';
import { keyOrder } from './key-order.ts';
import { jsonSchemaOf, type SchemaName } from './schemas.ts';

/** The canonical text, or why the file cannot be read. */
export function formatRuleFile(file: string, text: string): string | FileProblem[] {
  const parsed = parseJsonTree(text);
  if (!parsed.ok)
    return parsed.errors.map(({ offset, why }) => ({
      file,
      ...placeOf(text, offset),
      message: `not valid JSON: ${why}`,
    }));
  const schema = jsonSchemaOf(schemaNameOf(file, plainValue(parsed.tree)));
  return formatJson(text, keyOrder(schema));
}

const BY_FOLDER: { readonly [folder: string]: SchemaName } = {
  models: 'device-model',
  devices: 'devices',
  sources: 'source',
};

/** Which schema a file of the rules folder is written by. */
export function schemaNameOf(file: string, value: unknown): SchemaName {
  const folder = path.basename(path.dirname(path.resolve(file)));
  if (Object.hasOwn(BY_FOLDER, folder)) return BY_FOLDER[folder] ?? 'rule';
  if (file.endsWith('.test.json') || (value as { kind?: unknown } | null)?.kind === 'RuleTest') return 'rule-test';
  return 'rule';
}
