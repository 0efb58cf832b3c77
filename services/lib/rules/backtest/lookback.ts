// How far back the engine must see before a moment to know what it would have known then: its longest window, delay, age and
// deadline. Less, and an alarm would begin with the range instead of with its cause.

import { parseDuration } from '#domain/duration.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { HOUR_MS } from './time-buckets.ts';

/** Devices that report seldom have said something within it. */
const LOOKBACK_MS_MIN = HOUR_MS;

export function lookbackMs(rules: readonly CompiledRule[]): number {
  return Math.max(LOOKBACK_MS_MIN, ...rules.map(reachOf));
}

function reachOf(rule: CompiledRule): number {
  const { inputs, levels, timers, offDelayMs, source } = rule;
  const reaches = inputs.map(({ maxAgeMs = 0, window }) => maxAgeMs + (window?.windowMs ?? 0));
  const delays = levels.map(({ onDelayMs }) => onDelayMs);
  const noDataMs = parseDuration(source.noData.after ?? '') ?? 0;
  const evidence = timers.reduce((sum, { ms }) => sum + ms, 0);
  return Math.max(0, ...reaches) + Math.max(0, ...delays) + evidence + offDelayMs + noDataMs;
}
