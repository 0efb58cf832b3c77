// The one frame that every expression of an engine sees. It is brought to an instance and a moment before anything is
// evaluated: an idle instance costs no frame of its own, and what is written and read at every sample stays in the cache.

import type { Priority } from '#domain/alarm.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { Frame } from '../language/expression.ts';
import { type Operand, UNKNOWN } from '../language/operand.ts';
import type { Instance } from './instance.ts';

const SKIPS_MAX = 16;

/** The clock was set ahead by so much, to this moment. */
export type ClockSkip = { readonly to: number; readonly byMs: number };

/** Its arrays are as long as the widest rule needs; what lies beyond a rule's own inputs and timers is of another one. */
export class SharedFrame implements Frame {
  at = 0;
  readonly inputs: Operand[] = [];
  readonly sampledAt: number[] = [];
  params: readonly Operand[] = [];
  readonly knownAt: number[] = [];
  maxAgeMs: readonly number[] = [];
  readonly trends: (-1 | 0 | 1)[] = [];
  readonly timers: Operand[] = [];
  readonly timersEndAt: number[] = [];
  isRaised = false;
  raisedBecause = '';
  raisedAs: Priority | null = null;
  /** When the clock was set ahead, oldest first. */
  skips: readonly ClockSkip[] = [];
  /** Before it lies a time of which nothing is known: a sample from before that is STALE, however young it looks. */
  freshFrom = Number.NEGATIVE_INFINITY;
  /** Whose moment it shows. */
  instance: Instance | undefined;

  /** Makes room for the rule. */
  fit({ inputs, timers }: CompiledRule): void {
    for (let i = this.inputs.length; i < inputs.length; i++) {
      this.inputs.push(UNKNOWN.NEVER);
      this.sampledAt.push(0);
      this.knownAt.push(0);
      this.trends.push(0);
    }
    for (let i = this.timers.length; i < timers.length; i++) {
      this.timers.push(UNKNOWN.NEVER);
      this.timersEndAt.push(Number.POSITIVE_INFINITY);
    }
  }

  /** From when an age counts: the time that the clock skipped made nobody older. */
  agesFrom(at: number): number {
    let from = at;
    for (const { to, byMs } of this.skips) if (at < to) from = Math.min(from + byMs, to);
    return from;
  }

  /** Past sixteen the oldest is forgotten: whoever has said nothing since is then as old as he looks. */
  skip(next: ClockSkip): void {
    this.skips = [...this.skips, next].slice(-SKIPS_MAX);
  }

  /** The clock was set back, and everything goes back with it. */
  moveSkips(byMs: number): void {
    this.freshFrom += byMs;
    this.skips = this.skips.map((each) => ({ ...each, to: each.to + byMs }));
  }

  online = (input: number): Operand => this.instance?.slots[input]?.device.online ?? UNKNOWN.STATE;
  plantState = (name: string): Operand => this.instance?.area.plantStates.get(name) ?? UNKNOWN.STATE;
  alarm = (rule: string): boolean => (this.instance?.area.activeAlarms.get(rule) ?? 0) > 0;
}
