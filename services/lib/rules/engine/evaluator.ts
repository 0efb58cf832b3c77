// Time and judgement: when an instance is looked at, and what is then found. A deadline is lived at its own moment however
// late a tick tells of it, so the journal does not depend on how often the clock is looked at.

import { alarmOverlay } from '#domain/alarm.ts';
import type { Alarms } from './alarms.ts';
import * as commands from './commands.ts';
import { Deadlines } from './deadlines.ts';
import { delayEndsAt, gatherEvidence, judge, passOver, reAlarm } from './evaluate.ts';
import type { Instance } from './instance.ts';
import type { Ledger } from './ledger.ts';
import type { LoadedRule } from './loaded-rule.ts';
import type { Now } from './now.ts';
import * as present from './present.ts';
import { isSuppressed } from './suppression.ts';
import { type Meter, Suspects } from './suspects.ts';
import { readTimers } from './timers.ts';

/** How long time alone decides nothing after a restart: what has waited in the broker comes first. */
export const GRACE_MS = 10_000;

export type EvaluatorParts = {
  readonly now: Now;
  readonly ledger: Ledger;
  readonly loaded: ReadonlyMap<string, LoadedRule>;
  readonly meter: Meter | undefined;
  readonly onJudged: ((instance: Instance) => void) | undefined;
};

export class Evaluator {
  readonly #now: Now;
  readonly #ledger: Ledger;
  readonly #loaded: ReadonlyMap<string, LoadedRule>;
  /** undefined: no budget is held. */
  readonly #suspects: Suspects | undefined;
  readonly #deadlines = new Deadlines<Instance>();
  readonly #onJudged: EvaluatorParts['onJudged'];
  #alarms!: Alarms;

  constructor({ now, ledger, loaded, meter, onJudged }: EvaluatorParts) {
    this.#now = now;
    this.#ledger = ledger;
    this.#loaded = loaded;
    this.#suspects = meter && new Suspects(meter);
    this.#onJudged = onJudged;
  }

  /** What is found is told here; the two need each other, so it is given after both are made. */
  tellTo(alarms: Alarms): void {
    this.#alarms = alarms;
  }

  nextDeadline(): number {
    return this.#deadlines.next();
  }

  /** The instance is not looked at any more. */
  forget(instance: Instance): void {
    this.#now.affected.delete(instance);
    this.#deadlines.set(instance, Number.POSITIVE_INFINITY);
    this.#suspects?.forget(instance);
  }

  /** Everything that a clock does up to a moment, each thing at its own. */
  runClock(to: number): void {
    for (let due = this.#deadlines.next(); due <= to; due = this.#deadlines.next()) {
      this.#now.moment = due;
      for (const instance of this.#dueTogether(due)) {
        if (instance.gap !== undefined) this.#crossGap(instance);
        this.evaluate(instance, Math.max(due - instance.lagMs, instance.state.evaluatedAt));
        if (instance.dueAt <= due) this.#deadlines.set(instance, due + 1);
        if (this.#now.affected.size > 0) this.settle();
      }
    }
  }

  /** What is due at one moment, in an order that does not go by when it was scheduled: a restart does not know that. */
  #dueTogether(due: number): readonly Instance[] {
    const together: Instance[] = [];
    for (let next = this.#deadlines.pop(due); next !== undefined; next = this.#deadlines.pop(due)) together.push(next);
    return together.length === 1 ? together : together.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** What a clock would have done to the instance before this event. */
  runDeadlines(instance: Instance, before: number): void {
    if (instance.gap !== undefined) {
      // Samples that have waited for us: nothing is missing between them.
      if (before < instance.gap.to) instance.gap = undefined;
      else this.#crossGap(instance);
    }
    // What the clock itself decides (shelving, commands) it has decided when it came so far.
    for (let due = this.#changesAt(instance); due <= before; due = Math.max(due + 1, this.#changesAt(instance))) {
      this.evaluate(instance, Math.max(due, instance.state.evaluatedAt));
    }
  }

  #crossGap(instance: Instance): void {
    const { gap } = instance;
    if (gap === undefined) return;
    instance.gap = undefined;
    gatherEvidence(instance, gap.from);
    passOver(instance, gap.to);
    this.evaluate(instance, instance.state.evaluatedAt);
  }

  evaluateNow(instance: Instance): void {
    const at = this.#now.moment - instance.lagMs;
    if (instance.gap !== undefined) this.runDeadlines(instance, at);
    this.evaluate(instance, Math.max(at, instance.state.evaluatedAt));
  }

  evaluate(instance: Instance, at: number): void {
    if (instance.loaded.isolatedBecause !== undefined) return;
    const suspects = this.#suspects;
    const isSuspect = suspects?.has(instance) === true;
    const startedMs = suspects?.readMs(isSuspect) ?? 0;
    try {
      this.#judge(instance, at);
    } catch (error) {
      this.isolate(instance.rule.id, `it threw: ${error instanceof Error ? error.message : error}`);
      return;
    }
    if (suspects === undefined) return;
    const reason = suspects.note(instance, suspects.readMs(isSuspect) - startedMs, isSuspect);
    if (reason !== undefined) this.#now.outputs.push({ kind: 'overrun', rule: instance.rule.id, reason });
  }

  #judge(instance: Instance, at: number): void {
    const { state, loaded } = instance;
    gatherEvidence(instance, at);
    const frame = instance.lookAt(at);
    if (state.timers.length > 0) readTimers(instance, frame);
    this.#ledger.touch(instance);
    if (state.shelvedUntil !== null && this.#now.moment >= state.shelvedUntil) this.#endShelving(instance);
    if (loaded.hasDesignSuppression) this.#suppress(instance);
    const event = judge(instance, frame);
    this.#onJudged?.(instance);
    if (event !== undefined) this.#alarms.transition(instance, event, { at });
    if (loaded.reAlarmMs !== undefined && reAlarm(instance) !== undefined)
      this.#alarms.transition(instance, 'RE_ALARM', { at });
    if (state.commands.length > 0) commands.advanceCommands(instance, this.#alarms.commandEvents(instance));
    // While an alarm is shown, so is whether its inputs can be trusted.
    if (instance.shown !== null && !present.isAsShown(instance, instance.shown)) {
      state.seq++; // a receiver drops what is not newer
      this.#alarms.annunciate(instance);
    }
    this.schedule(instance);
  }

  #endShelving(instance: Instance): void {
    const before = alarmOverlay(instance.state);
    const detail = { at: instance.state.shelvedUntil ?? this.#now.moment, comment: 'its time is over' };
    instance.state.shelvedUntil = null;
    this.#alarms.afterOverlay(instance, before, { event: 'UNSHELVED', detail });
    instance.lookAt(instance.state.evaluatedAt);
  }

  #suppress(instance: Instance): void {
    const { state } = instance;
    const frame = instance.lookAt(state.evaluatedAt);
    const isNow = isSuppressed(instance, frame, (rule) => this.#alarms.activeOf(rule));
    if (isNow === state.suppressed) return;
    const before = alarmOverlay(state);
    state.suppressed = isNow;
    this.#alarms.afterOverlay(instance, before, {
      event: isNow ? 'SUPPRESSED' : 'UNSUPPRESSED',
      detail: { at: state.evaluatedAt },
    });
    instance.lookAt(state.evaluatedAt);
  }

  /** Looks at everything that reads an alarm which changed. Ends: rules that read each other are refused at load. */
  settle(): void {
    for (const instance of this.#now.affected) {
      this.#now.affected.delete(instance);
      this.evaluateNow(instance);
    }
  }

  /** The moment, by the clock, at which time alone would change the instance. */
  #dueAt(instance: Instance): number {
    const { state, lagMs, gap } = instance;
    if (gap !== undefined) return gap.to + lagMs + GRACE_MS;
    let due = this.#changesAt(instance) + lagMs;
    if (state.shelvedUntil !== null) due = Math.min(due, state.shelvedUntil);
    return state.commands.length === 0 ? due : Math.min(due, commands.commandsDueAt(instance));
  }

  /** The moment, in event time, at which time alone would change what is judged; Infinity where none would. */
  #changesAt(instance: Instance): number {
    const { state, loaded } = instance;
    if (loaded.isolatedBecause !== undefined) return Number.POSITIVE_INFINITY;
    const at = state.evaluatedAt;
    let earliest = Math.min(delayEndsAt(instance), instance.changesAt(at));
    if (loaded.hasMoving) {
      const frame = instance.lookAt(at);
      for (const each of loaded.moving) earliest = Math.min(earliest, each.wakesAt(frame));
    }
    return earliest;
  }

  schedule(instance: Instance): void {
    if (instance.loaded.isolatedBecause === undefined) this.#deadlines.set(instance, this.#dueAt(instance));
  }

  isolate(id: string, reason: string): void {
    const loaded = this.#loaded.get(id);
    if (loaded === undefined || loaded.isolatedBecause !== undefined) return;
    this.markIsolated(id, reason);
    // Whoever looks at one of its alarms must see that nobody judges it.
    for (const instance of loaded.instances) {
      if (instance.shown === null && !instance.state.active) continue;
      const at = Math.max(instance.state.evaluatedAt, this.#now.clock);
      this.#alarms.transition(instance, 'STOPPED', { at, comment: reason });
    }
    this.#alarms.pipeline('rule-isolated', { instance: id, isRaised: true, because: reason });
  }

  markIsolated(id: string, reason: string): void {
    const loaded = this.#loaded.get(id);
    if (loaded === undefined) return;
    loaded.isolatedBecause = reason;
    for (const instance of loaded.instances) this.#deadlines.set(instance, Number.POSITIVE_INFINITY);
  }
}
