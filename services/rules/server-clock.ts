// Whether somebody set the server's clock: NTP on a machine that booted without the time, a person, or a sleep of the machine,
// of which its monotonic clock knows nothing. Small corrections are none: the engine's clock waits for them, or goes along.

import type { EngineInput } from '#rules/engine/inputs.ts';

/** The lateness that rules allow: within it nothing that is judged by event time can tell the difference. */
const STEP_MS_MIN = 10_000;

/** A clock that is slewed, or runs wrong, drifts by half as much at most; what is followed this slowly hides no step. */
const DRIFT_MAX = 0.001;

export type ServerClockParts = {
  /** ms since the epoch, as it may be set. */
  readonly now: () => number;
  /** ms, monotonic. */
  readonly nowMs: () => number;
};

export type ClockStep = Extract<EngineInput, { kind: 'clock-step' }>;

export class ServerClock {
  readonly #parts: ServerClockParts;
  /** What the wall clock is ahead of the monotonic one, as far as we have followed it. */
  #aheadMs: number;
  #askedMs: number;

  constructor(parts: ServerClockParts) {
    this.#parts = parts;
    this.#askedMs = parts.nowMs();
    this.#aheadMs = parts.now() - this.#askedMs;
  }

  /** By what it was set since it was last asked; undefined where it was not. */
  step(): ClockStep | undefined {
    const nowMs = this.#parts.nowMs();
    const to = this.#parts.now();
    const setMs = to - nowMs - this.#aheadMs;
    const followMs = (nowMs - this.#askedMs) * DRIFT_MAX;
    this.#askedMs = nowMs;
    if (Math.abs(setMs) <= STEP_MS_MIN) {
      this.#aheadMs += Math.min(followMs, Math.max(-followMs, setMs));
      return undefined;
    }
    this.#aheadMs += setMs;
    return { kind: 'clock-step', from: Math.round(to - setMs), to };
  }
}
