// The rules service after a power cut, in this process: its own parts on what is left of its folder, with a bus in memory.

import { setImmediate } from 'node:timers/promises';
import { configFile, loadConfig } from '#runtime/config.ts';
import { Health } from '#runtime/health.ts';
import { silentLog } from '#runtime/log.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import { Metrics } from '#runtime/metrics.ts';
import { Problems } from '#runtime/problems.ts';
import { brokerSection, rootSection } from '#runtime/sections.ts';
import { rulesSection } from '../../../services/rules/config.ts';
import { openRules } from '../../../services/rules/open-rules.ts';
import { deliveryOf, type Sent } from './rules-life.ts';

export type NextRules = AsyncDisposable & {
  /** What it has published. */
  readonly bus: MemoryBus;
  /** Gives it points; resolves when all are acknowledged and what they led to is published. */
  take(points: readonly Sent[]): Promise<void>;
};

/** @throws Error where it cannot start on what it finds */
export function openNextRules(data: string, rulesDir: string, now: () => number): NextRules {
  const stack = new AsyncDisposableStack();
  const env = { PENSTOCK_DATA: data, PENSTOCK_RULES_DIR: rulesDir };
  const sections = { root: rootSection, broker: brokerSection, rules: rulesSection };
  const loaded = loadConfig(sections, { argv: [], env, file: configFile([], env) });
  if (!loaded.ok) throw new Error(loaded.problems.join('; '));
  const bus = new MemoryBus();
  const { rules } = openRules(
    {
      ...{ name: 'rules', config: loaded.config, log: silentLog(), metrics: new Metrics('rules'), stack, now },
      health: new Health(),
      problems: new Problems(),
    },
    { nowMs: now, cpuMs: () => 0, later: (run) => void setImmediate().then(run), openBus: () => bus },
  );
  const takeOne = (point: Sent) => {
    const { topic, payload } = deliveryOf(point);
    return new Promise<void>((ack) =>
      rules.take({ topic, payload: Buffer.from(payload), qos: 1, retained: false, ack }),
    );
  };
  return {
    bus,
    take: async (points) => {
      await Promise.all(points.map(takeOne));
      await setImmediate(); // a bus in memory takes all at once, and each lets the next one leave
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
