// The pages that authors learn from do what they say: every rule in them compiles without an error of `rules check`, every
// test in them passes on the engine that runs live, every expression in a sentence compiles, and rules/README.md leaves out
// no word of the language.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALARM_OPERATIONS, ALARM_OVERLAYS, ALARM_STATES, UNKNOWN_REASONS } from '#domain/alarm.ts';
import { COMMAND_STATUSES } from '#domain/command.ts';
import { JOURNAL_EVENTS } from '#domain/journal.ts';
import { KNOWN_UNITS } from '#rules/language/units.ts';
import { deviceFile, modelFile } from '#runtime/plant-files.ts';
import { sourceFile } from '#runtime/source-file.ts';
import type { JsonSchema } from './authoring/json-schema.ts';
import { jsonSchemaOf } from './authoring/schemas.ts';
import { checkRules } from './check/check-rules.ts';
import { CODES, isError } from './check/finding.ts';
import { PIPELINE_RULES } from './engine/pipeline-alarms.ts';
import { compileExpression, type ExpressionProblem } from './language/compile-expression.ts';
import { type CompiledRule, compileRule } from './language/compile-rule.ts';
import { OPERATORS } from './language/operators/operators.ts';
import { ruleSchema } from './language/rule-schema.ts';
import { codeSpansIn, type Example, examplesIn } from './testing/page-examples.ts';
import { ruleTestFileSchema } from './testing/rule-test-schema.ts';
import { runRuleTest } from './testing/run-rule-test.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** How many rules and tests a page has at least: examples that a change of form hides would else be missed by nobody. */
const PAGES = [
  { page: 'rules/README.md', rulesMin: 25, testsMin: 40 },
  { page: 'README.md', rulesMin: 1, testsMin: 0 },
] as const;

/** The rules of a page as far as it has been read. */
class Reader {
  readonly rules = new Map<string, CompiledRule>();
  latest: Example['value'] = {};

  rule(value: Example['value']): CompiledRule {
    const text = JSON.stringify(value);
    const { rules, findings } = checkRules([{ file: `${String(value.id)}.json`, text }]);
    expect(findings.filter(isError)).toEqual([]);
    const parsed = ruleSchema.parse(value);
    // A disabled rule is checked like any other and is not among those that run.
    const rule = rules[0] ?? (compileRule(parsed) as CompiledRule);
    this.rules.set(rule.id, rule);
    this.latest = value;
    return rule;
  }

  /** Rules whose alarms it reads. */
  around(rule: CompiledRule): CompiledRule[] {
    const ids = [...rule.readsAlarms, ...rule.inhibitedBy.map(({ rule: id }) => id)];
    const sameGroup = [...this.rules.values()].filter(
      ({ firstOutGroup }) => firstOutGroup !== undefined && firstOutGroup === rule.firstOutGroup,
    );
    return [...ids.flatMap((id) => this.rules.get(id) ?? []), ...sameGroup];
  }

  tests(value: Example['value']): string[] {
    return ruleTestFileSchema.parse(value).tests.flatMap((test) => {
      const rule = this.rules.get(test.rule ?? String(this.latest.id));
      if (rule === undefined) return [`there is no rule '${test.rule}' before this test`];
      return runRuleTest(rule, test, { others: this.around(rule) }).map((failure) => `${test.name}: ${failure}`);
    });
  }
}

const RUN: { readonly [kind in Example['kind']]: (reader: Reader, example: Example) => void } = {
  rule: (reader, { value }) => void reader.rule(value),
  part: (reader, { value }) => void reader.rule({ ...reader.latest, ...value }),
  tests: (reader, { value }) => expect(reader.tests(value)).toEqual([]),
  source: (_, { value }) => void sourceFile.parse(value),
  model: (_, { value }) => void modelFile.parse(value),
  devices: (_, { value }) => void deviceFile.parse(value),
  fragment: () => {},
};

describe.each(PAGES)('$page', ({ page, rulesMin, testsMin }) => {
  const examples = examplesIn(read(page));
  const reader = new Reader();

  for (const example of examples)
    it(`line ${example.line}: ${example.kind} ${String(example.value.id ?? '')}`, () =>
      RUN[example.kind](reader, example));

  it('has its examples', () => {
    const count = (...kinds: Example['kind'][]) => examples.filter(({ kind }) => kinds.includes(kind));
    const tests = count('tests').flatMap(({ value }) => value.tests as unknown[]);
    expect(count('rule', 'part').length).toBeGreaterThanOrEqual(rulesMin);
    expect(tests.length).toBeGreaterThanOrEqual(testsMin);
  });

  it('leads nowhere that is not there', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const dead = links.filter(([, file = '', place]) => {
      const target = file === '' ? page : path.join(path.dirname(page), file);
      return !existsSync(path.join(ROOT, target)) || (place !== undefined && !placesIn(read(target)).has(place));
    });
    expect(links.length).toBeGreaterThan(0);
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  const expressions = codeSpansIn(read(page)).filter((code) => OPERATORS.has(operatorOf(code)));
  it.each(expressions)('%s compiles', (code) => {
    const problems: ExpressionProblem[] = [];
    compileExpression(JSON.parse(code), [], namesIn(code), problems);
    expect(problems).toEqual([]);
  });
});

/** Where a link into a page can lead: its headings, in the form that GitHub gives them, and its anchors. */
function placesIn(page: string): Set<string> {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...page.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)]);
}

/** `>` of `{">": […]}`; '' where the text is no expression. */
function operatorOf(code: string): string {
  return /^\{\s*"([^"]+)":/.exec(code)?.[1] ?? '';
}

/** Every name that an expression reads, as if it were declared. */
function namesIn(code: string) {
  const named = (pattern: RegExp) => [...new Set([...code.matchAll(pattern)].map(([, name = '']) => name))];
  const inputs = named(/"(?:var|age|online)":\s*\[?"([^"]+)"/g);
  const params = named(/"param":\s*"([^"]+)"/g);
  return {
    inputs: inputs.length === 0 ? ['only'] : inputs,
    params,
    paramValues: params.map(() => 0),
    words: inputs.map((metric) => ({ metric, unit: undefined })),
    timers: [],
  };
}

describe('rules/README.md', () => {
  const page = read('rules/README.md');
  const spans = new Set(codeSpansIn(page));
  const told = (word: string) => spans.has(word) || page.includes(`"${word}"`);

  it.each([
    ['states', ALARM_STATES],
    ['overlays', ALARM_OVERLAYS],
    ['journal events', JOURNAL_EVENTS],
    ['command statuses', COMMAND_STATUSES],
    ['reasons', UNKNOWN_REASONS],
    ['operations', ALARM_OPERATIONS],
    ['operators', [...OPERATORS.keys()]],
    ['units', KNOWN_UNITS],
    ['alarms of the pipeline', PIPELINE_RULES.map(({ id }) => id)],
    ['fields of a rule', wordsOf(jsonSchemaOf('rule'))],
    ['fields of a test', wordsOf(jsonSchemaOf('rule-test'))],
  ])('tells all %s', (_, words) => {
    expect(words.filter((word) => !told(word))).toEqual([]);
  });

  it('has an anchor for every code that a finding points to', () => {
    expect(CODES.filter((code) => !page.includes(`<a id="${code}"></a>`))).toEqual([]);
  });
});

/** The names of fields, and the words that they can be. */
function wordsOf(schema: JsonSchema): string[] {
  const words = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { properties, enum: choices } = value as JsonSchema;
    for (const name of Object.keys(properties ?? {})) words.add(name);
    if (Array.isArray(choices)) for (const choice of choices) if (typeof choice === 'string') words.add(choice);
    for (const each of Object.values(value)) visit(each);
  };
  visit(schema);
  return [...words].filter((word) => word !== '$schema');
}
