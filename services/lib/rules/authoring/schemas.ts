// The JSON Schemas that editors read, made of the zod schemas that the services check with, so that the two cannot drift:
// rules/schemas/ holds what this makes, and a test compares them. What zod cannot say of itself (a pattern behind a
// refinement, the short form of an input, expressions) is filled in here, under the id that the zod schema bears.

import { z } from 'zod';
import { METRIC_HINT, NAME_HINT } from '#domain/name.ts';
import { deviceFile, modelFile } from '#runtime/plant-files.ts';
import { sourceFile } from '#runtime/source-file.ts';
import { ruleSchema } from '../language/rule-schema.ts';
import { ruleTestFileSchema } from '../testing/rule-test-schema.ts';
import { expressionSchema } from './expression-schema.ts';
import { formatJson } from './format-json.ts';
import type { JsonSchema } from './json-schema.ts';

/** Of the files' shapes; a change that refuses what was allowed before is a new one. */
const VERSION = 'v1';

const SOURCES = {
  rule: { title: 'Penstock alarm rule', schema: ruleSchema },
  'rule-test': { title: 'Penstock rule tests', schema: ruleTestFileSchema },
  'device-model': { title: 'Penstock device model', schema: modelFile },
  devices: { title: 'Penstock devices of an area', schema: deviceFile },
  source: { title: 'Penstock source of foreign topics', schema: sourceFile },
} as const;

export type SchemaName = keyof typeof SOURCES;
export const SCHEMA_NAMES = Object.keys(SOURCES) as readonly SchemaName[];

export function schemaFile(name: SchemaName): string {
  return `${name}.schema.json`;
}

const made = new Map<SchemaName, JsonSchema>();

export function jsonSchemaOf(name: SchemaName): JsonSchema {
  const known = made.get(name) ?? makeSchema(name);
  made.set(name, known);
  return known;
}

/** As it stands in rules/schemas/. */
export function schemaText(name: SchemaName): string {
  return formatJson(JSON.stringify(jsonSchemaOf(name), null, 2));
}

function makeSchema(name: SchemaName): JsonSchema {
  const { title, schema } = SOURCES[name];
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as JsonSchema;
  const defs = Object.entries($defs ?? {}).map(([id, def]) => [id, FILL_IN[id]?.(def) ?? def]);
  return { $schema, $id: `penstock:${name}/${VERSION}`, title, ...rest, $defs: Object.fromEntries(defs) };
}

/** By the id of the zod schema: its JSON Schema with what zod does not tell. */
const FILL_IN: { readonly [id: string]: (def: JsonSchema) => JsonSchema } = {
  duration: (def) => ({
    ...def,
    pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$',
    description: 'A duration with one unit.',
    examples: ['500ms', '20s', '5m', '8h', '7d'],
  }),
  name: (def) => ({
    ...def,
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
    description: `A name: ${NAME_HINT}.`,
  }),
  metric: (def) => ({
    ...def,
    pattern: '^[A-Za-z0-9_]([A-Za-z0-9._/ -]{0,126}[A-Za-z0-9._-])?$',
    description: `The name of a metric: ${METRIC_HINT}.`,
  }),
  input: (def) => ({
    description: 'The name of a metric, or an object that says more of it.',
    anyOf: [{ $ref: '#/$defs/metric' }, def],
    examples: ['temperature', { metric: 'temperature', fn: 'avg', window: '5m' }],
  }),
  expression: () => expressionSchema(),
};
