// Explains an alarm of the past: the engine lives the time before the moment again and is looked at when it gets there.

import type { PointSource } from '../backtest/point-source.ts';
import { type Plant, Replay } from '../backtest/replay.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { type Explanation, explain } from './explain.ts';

export type ExplainWish = {
  readonly rules: readonly CompiledRule[];
  /** `rule/site/area/instance`. */
  readonly key: string;
  readonly at: number;
  /** Where the source begins. */
  readonly startedAt: number;
  readonly source: PointSource;
  readonly plant: Plant;
  readonly isPlantWhole: boolean;
};

export type ExplainedHistory = {
  /** undefined: no points made such an alarm possible. */
  readonly explanation: Explanation | undefined;
  /** Alarms that the rule does have. */
  readonly known: readonly string[];
  readonly points: number;
};

export async function explainHistory(wish: ExplainWish): Promise<ExplainedHistory> {
  const { rules, key, at, startedAt, source, plant, isPlantWhole } = wish;
  const replay = new Replay({ rules, plant, startedAt, isPlantWhole });
  let points = 0;
  for await (const batch of source.batches()) {
    replay.take(batch);
    points += batch.length;
  }
  replay.runUntil(at);
  const { instances } = replay.engine;
  const instance = instances.get(key);
  const rule = key.slice(0, key.indexOf('/') + 1);
  return {
    explanation: instance === undefined ? undefined : explain(instance, at),
    known: [...instances.keys()].filter((each) => each.startsWith(rule)).sort(),
    points,
  };
}
