// `{{name}}` in the texts of a rule: what may stand there, and filling it in.

import type { ExpressionProblem } from './compile-expression.ts';
import type { Path } from './expression.ts';
import type { RuleFile } from './rule-schema.ts';

const TEMPLATE = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** Fills `{{name}}` from what `lookUp` knows. */
export function fillTemplate(template: string, lookUp: (name: string) => string | undefined): string {
  return template.replace(TEMPLATE, (whole, name: string) => lookUp(name) ?? whole);
}

/** Every text inside a JSON value, filled in. */
export function fillTemplates(value: unknown, lookUp: (name: string) => string | undefined): unknown {
  if (typeof value === 'string') return fillTemplate(value, lookUp);
  if (Array.isArray(value)) return value.map((each) => fillTemplates(each, lookUp));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillTemplates(each, lookUp)]));
}

/** Names that a text may hold which stay the same for an instance. */
function identityNames(file: RuleFile): string[] {
  return [...file.groupBy, 'site', 'area', 'rule', 'instance'];
}

export function checkTemplates(file: RuleFile, problems: ExpressionProblem[]): void {
  const inputs = Object.keys(file.inputs);
  const measured = [...inputs, ...inputs.map((input) => `age.${input}`)];
  const fixed = [...identityNames(file), ...Object.keys(file.params), 'priority'];
  const check = (text: string, path: Path, allowed: readonly string[]) => {
    for (const [, name = ''] of text.matchAll(TEMPLATE)) {
      if (allowed.includes(name)) continue;
      const isLabel = path[0] === 'labels';
      problems.push(
        isLabel && measured.includes(name)
          ? {
              path,
              message: `a label is part of what the alarm is, and {{${name}}} changes all the time; put it into an annotation`,
              code: 'R009',
            }
          : { path, message: `{{${name}}} is none of ${allowed.join(', ')}` },
      );
    }
  };
  for (const [label, text] of Object.entries(file.labels)) check(text, ['labels', label], identityNames(file));
  for (const [key, text] of Object.entries(file.annotations))
    check(text, ['annotations', key], [...measured, ...fixed]);
  for (const [i, action] of file.actions.entries()) {
    if (action.type !== 'publish') continue;
    check(action.topic, ['actions', i, 'topic'], identityNames(file));
    check(JSON.stringify(action.payload), ['actions', i, 'payload'], [...measured, ...fixed, 'state', 'event']);
  }
}
