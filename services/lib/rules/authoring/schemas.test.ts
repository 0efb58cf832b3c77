import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText } from '#runtime/duration-text.ts';
import { metricNameText, nameText } from '#runtime/name-schema.ts';
import { OPERATOR_DOCS } from '../language/operators/operator-docs.ts';
import { schemaNameOf } from './format-rule-file.ts';
import { type JsonSchema, resolveRef } from './json-schema.ts';
import { jsonSchemaOf, SCHEMA_NAMES, type SchemaName, schemaFile, schemaText } from './schemas.ts';

const RULES = path.resolve(import.meta.dirname, '../../../../rules');

function validator(name: SchemaName): ValidateFunction {
  return new Ajv2020({ strict: true, allowUnionTypes: true, strictTuples: false }).compile({ ...jsonSchemaOf(name) });
}

const validators = Object.fromEntries(SCHEMA_NAMES.map((name) => [name, validator(name)]));

/** What is wrong with a file; empty where it passes. */
function problemsOf(file: string, value: unknown): string[] {
  const check = validators[schemaNameOf(file, value)];
  return check?.(value) === true ? [] : (check?.errors ?? []).map((each) => `${each.instancePath} ${each.message}`);
}

describe('rules/schemas/', () => {
  it.each(SCHEMA_NAMES)('%s is what the code makes of it', (name) => {
    const file = path.join(RULES, 'schemas', schemaFile(name));
    const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const advice = `${schemaFile(name)} is stale: run node services/lib/rules/authoring/write-schemas.ts`;
    expect(written === schemaText(name), advice).toBe(true);
  });

  it.each(SCHEMA_NAMES)('%s explains every field', (name) => {
    const root = jsonSchemaOf(name);
    const silent: string[] = [];
    const visit = (node: unknown, place: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, each] of Object.entries((node as JsonSchema).properties ?? {})) {
        const words = each.description ?? resolveRef(each, root).description;
        if (words === undefined) silent.push(`${place}.${key}`);
      }
      for (const [key, each] of Object.entries(node))
        if (key !== 'examples' && key !== 'default') visit(each, `${place}.${key}`);
    };
    visit(root, name);
    expect(silent).toEqual([]);
  });

  it('has its version in its id, and a title', () => {
    for (const name of SCHEMA_NAMES)
      expect(jsonSchemaOf(name)).toMatchObject({
        $id: `penstock:${name}/v1`,
        title: expect.stringMatching(/^Penstock /),
      });
  });
});

describe('the schemas', () => {
  const shipped = globSync(['*.json', '{models,devices,sources}/*.json'], { cwd: RULES });

  it.each(shipped)('take rules/%s', (file) => {
    const value = JSON.parse(readFileSync(path.join(RULES, file), 'utf8')) as { $schema?: string };
    expect(problemsOf(path.join(RULES, file), value)).toEqual([]);
    const schema = path.join(path.dirname(path.join(RULES, file)), value.$schema ?? 'nothing');
    expect(schema).toBe(path.join(RULES, 'schemas', schemaFile(schemaNameOf(path.join(RULES, file), value))));
  });

  it('take the short form', () => {
    const rule = {
      id: 'tank-hot',
      inputs: { temp: 'temperature' },
      condition: { '>': [{ var: 'temp' }, 80] },
      deadband: 2,
      onDelay: '20s',
      priority: 'medium',
    };
    expect(problemsOf('tank-hot.json', rule)).toEqual([]);
  });

  const rule = (change: object) => ({ id: 'x', inputs: { t: 'temperature' }, condition: true, ...change });

  it.each(Object.entries(OPERATOR_DOCS))('take the example of %s', (_, { example }) => {
    expect(problemsOf('x.json', rule({ condition: example }))).toEqual([]);
  });

  it.each<[what: string, change: object]>([
    ['a field that there is not', { onDealy: '5s' }],
    ['a duration without a unit', { onDelay: '20' }],
    ['two operators in one', { condition: { '>': [1, 2], '<': [1, 2] } }],
    ['no operator', { condition: {} }],
    ['an operator that there is not', { condition: { greater: [1, 2] } }],
    ['a comparison of three, deep inside', { condition: { and: [{ '!': [{ '>': [1, 2, 3] }] }] } }],
    ['null as an operand', { condition: { '>': [{ var: 't' }, null] } }],
    ['atLeast without a number', { condition: { atLeast: [[true], 1] } }],
    ['an input without a metric', { inputs: { t: { fn: 'last' } } }],
    ['a metric that is no name', { inputs: { t: 'a#b' } }],
    ['an action of no type', { actions: [{ id: 'a', on: ['active'] }] }],
  ])('refuse %s', (_, change) => {
    expect(problemsOf('x.json', rule(change))).not.toEqual([]);
  });

  it('have the patterns of names, metrics and durations as the code has them', () => {
    const patterns = jsonSchemaOf('rule').$defs ?? {};
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.stringMatching(/^[0-9A-Za-z._/ -]{0,130}$/),
      fc.stringMatching(/^[0-9]{1,4}(\.[0-9]{0,2})?(ms|s|m|h|d|w)?$/),
    );
    fc.assert(
      fc.property(text, (value) => {
        for (const [id, schema] of [
          ['name', nameText],
          ['metric', metricNameText],
          ['duration', durationText],
        ] as const) {
          const matches = new RegExp(String(patterns[id]?.pattern), 'u').test(value);
          const { success, error } = schema.safeParse(value);
          // How long it may be is no matter of its form.
          const isTooLong = error?.issues.some(({ message }) => message.startsWith('is too long')) === true;
          expect(matches, `${id} ${JSON.stringify(value)}`).toBe(success || isTooLong);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
