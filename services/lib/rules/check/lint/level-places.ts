// The limits of a rule as they were written, beside what was compiled of them: compiling orders them by urgency.

import { parseDuration } from '#domain/duration.ts';
import type { CompiledLevel, CompiledRule } from '../../language/compile-rule.ts';
import type { Path } from '../../language/expression.ts';
import type { LevelSpec, RuleFile } from '../../language/rule-schema.ts';

export type WrittenLevel = { readonly path: Path; readonly spec: LevelSpec; readonly onDelayMs: number };
export type PlacedLevel = WrittenLevel & { readonly level: CompiledLevel };

/** The levels, or the rule itself as its only one. */
export function writtenLevels(file: RuleFile): WrittenLevel[] {
  const { priority, condition, clearCondition, deadband, onDelay } = file;
  const own: LevelSpec = { priority, condition: condition ?? null, clearCondition, deadband, onDelay };
  const written = file.levels?.map((spec, i) => ({ path: ['levels', i], spec })) ?? [{ path: [], spec: own }];
  return written.map((each) => ({ ...each, onDelayMs: parseDuration(each.spec.onDelay ?? onDelay) ?? 0 }));
}

export function placedLevels({ source, levels }: CompiledRule): PlacedLevel[] {
  return writtenLevels(source).flatMap((written) => {
    const place = [...written.path, 'condition'].join('/');
    const level = levels.find(({ condition }) => condition.path.join('/') === place);
    return level === undefined ? [] : [{ ...written, level }];
  });
}
