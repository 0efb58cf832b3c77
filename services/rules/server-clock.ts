// Whether somebody set the server's clock: NTP on a machine that booted without the time, a person, or a sleep of the machine,
// of which its monotonic clock knows nothing. Small corrections are none: the engine's clock waits for them, or goes along.
// And whether this process stood still (stopped, swapped out, starved): what has not been asked for so long was not evaluated
// either, and the samples of that time still wait in the broker.

import type { EngineInput } from '#rules/engine/inputs.ts';

/** The lateness that rules allow: within it nothing that is judged by event time can tell the difference. */
const STEP_MS_MIN = 10_000;

/** Whoever is alive asks ten times a second. */
const STANDSTILL_MS_MIN = 5_000;

/** A clock that is slewed, or runs wrong, drifts by half as much at most; what is followed this slowly hides no step. */
const DRIFT_MAX = 0.001;

export type ServerClockParts = {
  /** ms since the epoch, as it may be set. */
  readonly now: () => number;
  /** ms, monotonic. */
  readonly nowMs: () => number;
};

/** A step of the clock, or a time in which nothing was evaluated, as the engine takes it. */
export type ClockNews = Extract<EngineInput, { kind: 'clock-step' | 'resume' }>;

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

  /** What is to be said since it was last asked; undefined where time just went on. To be asked all the time. */
  news(): ClockNews | undefined {
    const nowMs = this.#parts.nowMs();
    const to = this.#parts.now();
    const setMs = to - nowMs - this.#aheadMs;
    const passedMs = nowMs - this.#askedMs;
    const followMs = passedMs * DRIFT_MAX;
    this.#askedMs = nowMs;
    if (Math.abs(setMs) <= STEP_MS_MIN) {
      this.#aheadMs += Math.min(followMs, Math.max(-followMs, setMs));
      return passedMs > STANDSTILL_MS_MIN ? { kind: 'resume', at: to } : undefined;
    }
    this.#aheadMs += setMs;
    return { kind: 'clock-step', from: Math.round(to - setMs), to };
  }
}
