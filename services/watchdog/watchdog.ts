// The watchdog itself: beats out, what is known of their way in, one alarm of its own. Pure: it is stepped like the rules
// engine, and whoever holds it sends, writes down and calls what comes out.

import type { AlarmMessage, AlarmOperation, Role } from '#domain/alarm.ts';
import type { JournalEntry } from '#domain/journal.ts';
import type { ServiceStatus } from '#domain/service.ts';
import { type Answer, Beats, type BeatsOptions } from './beats.ts';
import { diagnose } from './diagnosis.ts';
import { OwnAlarm, type OwnAlarmState } from './own-alarm.ts';

/** `at`: the time of day, for people, in ms since the epoch. `elapsedMs`: a clock that nobody sets, for waiting. */
export type Moment = { readonly at: number; readonly elapsedMs: number };

export type WatchdogInput =
  | {
      readonly kind: 'tick';
      readonly now: Moment;
      readonly brokerProblem: string | undefined;
      readonly listenerProblem: string | undefined;
    }
  /** The broker acknowledged a beat. */
  | { readonly kind: 'taken'; readonly beat: number }
  /** A beat came by as a point. */
  | { readonly kind: 'seen'; readonly beat: number }
  | { readonly kind: 'answered'; readonly beat: number; readonly now: Moment }
  /** null: the retained status was taken away. */
  | { readonly kind: 'status'; readonly id: string; readonly status: ServiceStatus | null }
  /** `role` is undefined where nobody vouches for who sent it. */
  | {
      readonly kind: 'operation';
      readonly operation: AlarmOperation;
      readonly role: Role | undefined;
      readonly now: Moment;
    }
  /** What the broker had retained of our alarm, from this or an earlier life. */
  | { readonly kind: 'retained'; readonly state: OwnAlarmState };

export type WatchdogOutput =
  | { readonly kind: 'beat'; readonly beat: number; readonly at: number }
  | { readonly kind: 'missed' }
  | { readonly kind: 'measured'; readonly answer: Answer }
  /** The alarm as it is to be retained; null where nothing is left to show. */
  | { readonly kind: 'alarm'; readonly message: AlarmMessage | null }
  | { readonly kind: 'journal'; readonly entry: JournalEntry }
  /** Somebody is to be called: the pipeline stopped answering, or answers again. */
  | { readonly kind: 'call'; readonly isRaised: boolean; readonly reason: string; readonly at: number };

export type WatchdogOptions = BeatsOptions & { readonly alarm: OwnAlarmState };

/** Beats of which the way is remembered: the one that is judged and those still under way. */
const TRACES_MAX = 16;
/** Far above the services of any plant. */
const STATUSES_MAX = 1_000;

export class Watchdog {
  readonly #beats: Beats;
  #alarm: OwnAlarm;
  readonly #statuses = new Map<string, ServiceStatus>();
  readonly #traces = new Map<number, { isTaken: boolean; isSeen: boolean }>();
  #lateMs: number | undefined;
  #lastAnswer: { readonly elapsedMs: number } | undefined;

  constructor(options: WatchdogOptions) {
    this.#alarm = new OwnAlarm(options.alarm);
    this.#beats = new Beats(options);
    this.#beats.assume(this.#alarm.isActive);
  }

  /** What must survive a restart. */
  get alarmState(): OwnAlarmState {
    return this.#alarm.state;
  }

  /** undefined while the pipeline answers; else what is missing, in words. */
  problem(): string | undefined {
    return this.#alarm.isActive ? this.#alarm.reason : undefined;
  }

  message(): AlarmMessage | null {
    return this.#alarm.message();
  }

  step(input: WatchdogInput): WatchdogOutput[] {
    switch (input.kind) {
      case 'tick':
        return [...this.#judge(input), ...this.#send(input)];
      case 'taken':
        this.#mark(input.beat, 'isTaken');
        return [];
      case 'seen':
        this.#mark(input.beat, 'isSeen');
        return [];
      case 'answered':
        return this.#answered(input.beat, input.now);
      case 'status':
        this.#putStatus(input.id, input.status);
        return [];
      case 'operation':
        return this.#tell(this.#alarm.operate(input.operation, input.role, input.now.at));
      case 'retained':
        return this.#adopt(input.state);
    }
  }

  #judge(input: Extract<WatchdogInput, { kind: 'tick' }>): WatchdogOutput[] {
    const { now, brokerProblem, listenerProblem } = input;
    const missed = this.#beats.takeMissed(now.elapsedMs);
    if (missed === undefined) return [];
    const outputs: WatchdogOutput[] = [{ kind: 'missed' }];
    if (!this.#beats.isFailing) return outputs;
    const way = this.#traces.get(missed) ?? { isTaken: false, isSeen: false };
    const trace = { ...way, brokerProblem, listenerProblem, lateMs: this.#lateMs };
    const { words } = diagnose(trace, this.#statuses.values());
    if (!this.#alarm.isActive) {
      outputs.push(...this.#tell(this.#alarm.raise(words, this.#lastAnswerAt(now), now.at)));
      outputs.push({ kind: 'call', isRaised: true, reason: words, at: now.at });
    } else if (this.#alarm.explain(words)) outputs.push({ kind: 'alarm', message: this.#alarm.message() });
    return outputs;
  }

  #send({ now, brokerProblem }: Extract<WatchdogInput, { kind: 'tick' }>): WatchdogOutput[] {
    const beat = this.#beats.takeDue(now.elapsedMs);
    // Without a broker nothing is queued: old beats would come in a burst when it is back. The beat is missed all the same.
    if (beat === undefined || brokerProblem !== undefined) return [];
    this.#traces.set(beat, { isTaken: false, isSeen: false });
    const [oldest] = this.#traces.keys();
    if (this.#traces.size > TRACES_MAX && oldest !== undefined) this.#traces.delete(oldest);
    return [{ kind: 'beat', beat, at: now.at }];
  }

  #answered(beat: number, now: Moment): WatchdogOutput[] {
    const answer = this.#beats.answer(beat, now.elapsedMs);
    if (answer === undefined) return [];
    const outputs: WatchdogOutput[] = [{ kind: 'measured', answer }];
    this.#lateMs = answer.kind === 'late' ? answer.roundTripMs : undefined;
    if (answer.kind === 'late') return outputs;
    this.#lastAnswer = { elapsedMs: now.elapsedMs };
    if (this.#beats.isFailing || !this.#alarm.isActive) return outputs;
    const { reason } = this.#alarm;
    outputs.push(...this.#tell(this.#alarm.clear(now.at)));
    outputs.push({ kind: 'call', isRaised: false, reason, at: now.at });
    return outputs;
  }

  /** Ours is shown again where the broker holds an older one; a newer one is our own from elsewhere, and is gone on with. */
  #adopt(retained: OwnAlarmState): WatchdogOutput[] {
    const { episode, seq } = this.#alarm.state;
    const isNewer = retained.episode > episode || (retained.episode === episode && retained.seq > seq);
    if (!isNewer) {
      const isSame = retained.episode === episode && retained.seq === seq && this.#alarm.state.story !== null;
      return isSame ? [] : [{ kind: 'alarm', message: this.#alarm.message() }];
    }
    this.#alarm = new OwnAlarm(retained);
    this.#beats.assume(this.#alarm.isActive);
    return [{ kind: 'alarm', message: this.#alarm.message() }];
  }

  #tell(entries: readonly JournalEntry[]): WatchdogOutput[] {
    if (entries.length === 0) return [];
    const journal = entries.map((entry): WatchdogOutput => ({ kind: 'journal', entry }));
    return [{ kind: 'alarm', message: this.#alarm.message() }, ...journal];
  }

  #lastAnswerAt({ elapsedMs }: Moment) {
    const last = this.#lastAnswer;
    return last === undefined ? null : { ageMs: Math.round(elapsedMs - last.elapsedMs) };
  }

  #mark(beat: number, step: 'isTaken' | 'isSeen'): void {
    const trace = this.#traces.get(beat);
    if (trace !== undefined) trace[step] = true;
  }

  #putStatus(id: string, status: ServiceStatus | null): void {
    if (status === null) this.#statuses.delete(id);
    else if (this.#statuses.has(id) || this.#statuses.size < STATUSES_MAX) this.#statuses.set(id, status);
  }
}
