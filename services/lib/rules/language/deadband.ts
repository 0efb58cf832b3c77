// When an alarm returns: the clearCondition as written, the negation of the condition, or the limit that a deadband makes.

import type { ExpressionProblem } from './compile-expression.ts';
import type { Compiled, Expression, Path } from './expression.ts';
import { comparison, type Ordering } from './operators/comparison.ts';
import { negation } from './operators/logic.ts';
import type { LevelSpec } from './rule-schema.ts';

type Compile = (raw: unknown, path: Path) => Expression | undefined;

export type ClearParts = {
  readonly condition: Expression | undefined;
  readonly compile: Compile;
  /** Refuses what can never be true or false. */
  readonly compileTruth: Compile;
  readonly problems: ExpressionProblem[];
};

/** `path` is the place of the level; a plain rule is its own. */
export function compileClear(spec: LevelSpec, path: Path, parts: ClearParts): Expression | undefined {
  const { condition, compileTruth, problems } = parts;
  if (spec.clearCondition !== undefined) {
    if (spec.deadband !== undefined) {
      const message = 'deadband and clearCondition say the same thing twice; keep one';
      problems.push({ path: [...path, 'deadband'], message, code: 'R004' });
    }
    return compileTruth(spec.clearCondition, [...path, 'clearCondition']);
  }
  if (condition === undefined) return undefined;
  if (spec.deadband !== undefined) return deadbandClear(spec, spec.deadband, { ...parts, path });
  return derived(negation(condition), condition.path);
}

/** A clear condition that nobody wrote: coverage and explain show it as what it was derived from. */
function derived(compiled: Compiled, path: Path): Expression {
  return Object.assign(compiled as Expression, { name: 'clear', path });
}

const MIRRORED: { readonly [name in Ordering]: Ordering } = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' };

/** `>` or `>=` L clears at `<=` L - d; `<` or `<=` L clears at `>=` L + d. Only a single comparison has such a limit. */
function deadbandClear(
  spec: LevelSpec,
  deadband: number,
  { path, compile, problems }: ClearParts & { readonly path: Path },
): Expression | undefined {
  const refuse = (): undefined => {
    problems.push({
      path: [...path, 'deadband'],
      message:
        'a deadband needs a condition that is one comparison of an input with a limit; write clearCondition instead',
      code: 'R004',
    });
    return undefined;
  };
  const [entry] = Object.entries((spec.condition ?? {}) as Record<string, unknown>);
  if (entry === undefined || !Object.hasOwn(MIRRORED, entry[0]) || !Array.isArray(entry[1]) || entry[1].length !== 2)
    return refuse();
  const [left, right] = entry[1] as [unknown, unknown];
  const hasLeft = mentionsInput(left);
  if (hasLeft === mentionsInput(right)) return refuse();
  const place = [...path, 'condition', entry[0]];
  const name = hasLeft ? (entry[0] as Ordering) : MIRRORED[entry[0] as Ordering];
  const value = compile(hasLeft ? left : right, [...place, hasLeft ? 0 : 1]);
  const rises = name === '>' || name === '>=';
  const limit = compile({ [rises ? '-' : '+']: [hasLeft ? right : left, deadband] }, place);
  if (value === undefined || limit === undefined) return undefined;
  return derived(comparison(rises ? '<=' : '>=', value, limit), [...path, 'deadband']);
}

function mentionsInput(raw: unknown): boolean {
  if (typeof raw !== 'object' || raw === null) return false;
  return Object.entries(raw).some(([key, value]) => key === 'var' || key === 'age' || mentionsInput(value));
}
