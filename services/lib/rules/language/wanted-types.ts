// Of which type the values of each input must be for the rule to make anything of them. A device without a model may send a
// text where a number was: nothing can be said of such a value, so it is no sign of life either.

import { type Expression, walk } from './expression.ts';
import type { RuleFile } from './rule-schema.ts';
import type { WindowFunction } from './window-functions.ts';

export type WantedType = 'number' | 'boolean' | 'string';

const OF_NUMBERS: ReadonlySet<string> = new Set([
  ...['>', '>=', '<', '<=', 'between'],
  ...['+', '-', '*', '/', 'min', 'max', 'abs'],
]);
const OF_ALIKE: ReadonlySet<string> = new Set(['==', '!=']);
const OF_TRUTHS: ReadonlySet<string> = new Set(['and', 'or', '!', 'for', 'atLeast']);
const OF_ANY_TYPE: ReadonlySet<WindowFunction> = new Set<WindowFunction>(['count', 'changes']);

/** By input; undefined where values of any type may do. */
export function wantedTypes(file: RuleFile, expressions: readonly Expression[]): (WantedType | undefined)[] {
  const wanted = Object.values(file.inputs).map(({ fn }): Set<WantedType> => {
    if (fn === 'last' || OF_ANY_TYPE.has(fn)) return new Set();
    return new Set([fn === 'timeIn' ? 'boolean' : 'number']);
  });
  const isLast = Object.values(file.inputs).map(({ fn }) => fn === 'last');
  for (const node of expressions.flatMap((each) => [...walk(each)])) {
    for (const { inputOf } of node.parts) {
      const type = typeWantedBy(node);
      if (inputOf !== undefined && isLast[inputOf] && type !== undefined) wanted[inputOf]?.add(type);
    }
  }
  return wanted.map((types) => (types.size === 1 ? [...types][0] : undefined));
}

function typeWantedBy({ name, parts }: Expression): WantedType | undefined {
  if (OF_NUMBERS.has(name)) return 'number';
  if (OF_TRUTHS.has(name)) return 'boolean';
  if (!OF_ALIKE.has(name)) return undefined;
  const types = new Set(parts.flatMap(({ type }) => (type === 'any' ? [] : [type === 'text' ? 'string' : type])));
  return types.size === 1 ? ([...types][0] as WantedType) : undefined;
}
