// The JSON Schema of an expression: one property per operator, exactly one of them. For zod an expression is opaque, since
// its compiler judges it; an editor completes and explains by this.

import { OPERATOR_DOCS } from '../language/operators/operator-docs.ts';
import { OPERATORS } from '../language/operators/operators.ts';
import type { JsonSchema } from './json-schema.ts';

/** @throws Error where an operator has no row in OPERATOR_DOCS */
export function expressionSchema(): JsonSchema {
  return {
    description:
      'An expression: a number, a boolean, a text, or {"operator": operands}. Nothing unknown is ever 0 or false.',
    anyOf: [
      { type: ['number', 'boolean', 'string'] },
      {
        type: 'object',
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: false,
        properties: Object.fromEntries([...OPERATORS.keys()].map((name) => [name, operatorSchema(name)])),
      },
    ],
    examples: [{ '>': [{ var: 'temp' }, 80] }],
  };
}

function operatorSchema(name: string): JsonSchema {
  const doc = OPERATOR_DOCS[name];
  if (doc === undefined) throw new Error(`operator '${name}' has no row in operator-docs.ts`);
  return {
    description: `${doc.means} Example: ${JSON.stringify(doc.example)}`,
    ...doc.takes,
    examples: [operandsIn(doc.example, name)],
  };
}

/** What stands behind the operator in its example, wherever in it that is. */
function operandsIn(example: unknown, name: string): unknown {
  if (typeof example !== 'object' || example === null) return undefined;
  if (Object.hasOwn(example, name)) return (example as Record<string, unknown>)[name];
  for (const part of Object.values(example)) {
    const found = operandsIn(part, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
