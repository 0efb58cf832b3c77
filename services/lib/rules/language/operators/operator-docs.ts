// What an editor says about every operator while a rule is written: what it means, how its operands are written, and one
// example that compiles. Words only; what an operator does is said by its own file. A test holds this table against
// OPERATORS, so that an operator without a row does not pass.

export type OperatorDoc = {
  readonly means: string;
  /** JSON Schema of what stands behind the operator's name. */
  readonly takes: object;
  readonly example: unknown;
};

const expression = { $ref: '#/$defs/expression' };
const list = (min: number, max?: number) => ({
  type: 'array',
  items: expression,
  minItems: min,
  ...(max === undefined ? {} : { maxItems: max }),
});
/** A single operand needs no list around it. */
const one = { anyOf: [expression, list(1, 1)] };
const named = (what: string) => ({
  anyOf: [
    { type: 'string', description: what },
    { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1 },
  ],
});
const many = { anyOf: [expression, list(1)] };
const pair = list(2, 2);
const constant = { type: ['number', 'boolean', 'string'] };
const inOrder = (...items: object[]) => ({
  type: 'array',
  prefixItems: items,
  items: false,
  minItems: items.length,
});

const temp = { var: 'temp' };
const above = { '>': [temp, 80] };
const below = { '<': [{ var: 'level' }, 2] };

export const OPERATOR_DOCS: { readonly [operator: string]: OperatorDoc } = {
  var: { means: 'The value of an input.', takes: named('The name of an input.'), example: { var: 'temp' } },
  param: { means: 'The value of a param.', takes: named('The name of a param.'), example: { param: 'limit' } },
  known: {
    means: 'Whether its operand has a value now. Never UNKNOWN itself.',
    takes: one,
    example: { known: [temp] },
  },
  age: {
    means: 'Seconds since the newest sample of an input, or since the rule began where there was none.',
    takes: named('The name of an input.'),
    example: { '>': [{ age: ['temp'] }, 120] },
  },
  online: {
    means: 'Whether the device of an input is online; [] where the rule has one input.',
    takes: {
      anyOf: [
        { type: 'string', description: 'The name of an input.' },
        { type: 'array', items: { type: 'string' }, maxItems: 1 },
      ],
    },
    example: { '==': [{ online: ['temp'] }, false] },
  },
  state: {
    means: 'A named state of the plant: the retained value on state/v1/{site}/{area}/{name}.',
    takes: named('The name of the state.'),
    example: { '!=': [{ state: 'mode' }, 'manual'] },
  },
  alarm: {
    means: 'Whether an alarm of another rule is active in the same area.',
    takes: named('The id of the other rule.'),
    example: { alarm: 'pump-tripped' },
  },
  and: {
    means: 'True where all are true; false where any is false; else UNKNOWN.',
    takes: many,
    example: { and: [above, below] },
  },
  or: {
    means: 'True where any is true; false where all are false; else UNKNOWN.',
    takes: many,
    example: { or: [above, below] },
  },
  '!': { means: 'The opposite; UNKNOWN stays UNKNOWN.', takes: one, example: { '!': [above] } },
  if: {
    means: 'The second operand where the first is true, the third where it is false; UNKNOWN where it is unknown.',
    takes: list(3, 3),
    example: { if: [{ '==': [{ state: 'mode' }, 'cleaning'] }, { '>': [temp, 95] }, above] },
  },
  atLeast: {
    means: 'True where n of the list are true; false where n cannot be reached any more; else UNKNOWN.',
    takes: inOrder({ type: 'integer', minimum: 1, description: 'How many must be true.' }, list(1)),
    example: { atLeast: [2, [above, below, { '>': [{ var: 'level' }, 9] }]] },
  },
  for: {
    means: 'True once its condition has been known to hold for a time. UNKNOWN pauses, false begins anew.',
    takes: inOrder(expression, { $ref: '#/$defs/duration' }),
    example: { for: [above, '20s'] },
  },
  '>': { means: 'Greater than.', takes: pair, example: above },
  '>=': { means: 'Greater than or equal.', takes: pair, example: { '>=': [temp, { param: 'limit' }] } },
  '<': { means: 'Less than.', takes: pair, example: below },
  '<=': { means: 'Less than or equal.', takes: pair, example: { '<=': [{ var: 'level' }, 2] } },
  '==': {
    means: 'Equal, of one type: 1 and "1" are not compared but refused.',
    takes: pair,
    example: { '==': [{ state: 'mode' }, 'auto'] },
  },
  '!=': { means: 'Not equal, of one type.', takes: pair, example: { '!=': [{ state: 'mode' }, 'auto'] } },
  between: {
    means: 'From the second operand to the third, both included.',
    takes: list(3, 3),
    example: { between: [temp, 20, 80] },
  },
  in: {
    means: 'One of a list of constants.',
    takes: inOrder(expression, { type: 'array', items: constant, minItems: 1, maxItems: 64 }),
    example: { in: [{ state: 'mode' }, ['auto', 'remote']] },
  },
  '+': { means: 'Sum.', takes: many, example: { '>': [{ '+': [temp, 5] }, 80] } },
  '-': {
    means: 'Difference; of one operand, its negative.',
    takes: { anyOf: [expression, list(1, 2)] },
    example: { '>': [{ '-': [temp, { var: 'level' }] }, 5] },
  },
  '*': { means: 'Product.', takes: many, example: { '>': [{ '*': [temp, 1.8] }, 140] } },
  '/': { means: 'Quotient; UNKNOWN where the second is 0.', takes: pair, example: { '>': [{ '/': [temp, 2] }, 40] } },
  min: { means: 'The least.', takes: many, example: { '<': [{ min: [temp, { var: 'level' }] }, 2] } },
  max: { means: 'The greatest.', takes: many, example: { '>': [{ max: [temp, { var: 'level' }] }, 80] } },
  abs: { means: 'Without its sign.', takes: one, example: { '>': [{ abs: [{ '-': [temp, 60] }] }, 10] } },
};
