// When an input came, and when a sample was measured, as far as that can be true.

import { ALLOWED_LATENESS_MS, type Point } from '#domain/point.ts';
import type { EngineInput } from './inputs.ts';

/** When it came, by the clock of the engine. */
export function momentOf(input: EngineInput): number {
  if (input.kind === 'point') return input.receivedAt;
  return input.kind === 'clock-step' ? input.from : input.at;
}

/**
 * Ingest lets nothing through from the future, but the server's clock may have been set back while a sample was on its way.
 * Taken at its word it would keep every right one out until then: its value is bad, and it came when it came.
 */
export function believed({ point, receivedAt }: Extract<EngineInput, { kind: 'point' }>): Point {
  if (point.measuredAt <= receivedAt + ALLOWED_LATENESS_MS) return point;
  return { ...point, measuredAt: receivedAt, quality: 'bad' };
}
