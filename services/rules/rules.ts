// Between the broker and the engine. A message is stepped through the engine at once; it and everything it led to are then
// written down together with what came in the same turn (one fsync for all), and only after that acknowledged and published.
// A disk that is full makes it wait: nothing is acknowledged, nothing is lost, and it goes on by itself.

import type { Role } from '#domain/alarm.ts';
import { SeriesTable } from '#domain/batch.ts';
import { WATCHDOG_RULE } from '#domain/heartbeat.ts';
import { ALLOWED_LATENESS_MS } from '#domain/point.ts';
import { deviceKey } from '#domain/topic.ts';
import type { Stepping } from '#rules/engine/hold.ts';

import type { EngineInput, EngineOutput, Notice } from '#rules/engine/inputs.ts';
import type { StateRow } from '#rules/engine/snapshot.ts';
import { instanceKey } from '#rules/engine/state.ts';
import type { Delivery, PublishOptions } from '#runtime/bus.ts';
import { isDiskFull } from '#runtime/disk-full.ts';
import { messagesOf } from './messages-of.ts';
import { Outbox } from './outbox.ts';
import type { OwnAreas } from './own-areas.ts';
import { type Message, type Reading, readMessage } from './read-message.ts';
import { rejectedMessage } from './rejected-message.ts';
import type { ClockNews } from './server-clock.ts';
import type { Commit, LoggedInput, OutMessage, QueuedNotice, StateStore } from './state-store.ts';

export type RulesParts = {
  readonly engine: Stepping;
  readonly store: StateStore;
  readonly publish: (topic: string, payload: string, options: PublishOptions) => Promise<void>;
  readonly now: () => number;
  /** What somebody has done to the clock, or that time passed without us, since it was last asked. */
  readonly clockNews?: () => ClockNews | undefined;
  /** Runs a function after what is at hand: what comes in one turn is written down together. */
  readonly later: (run: () => void) => void;
  /** Where areas are dealt out to several: what is not ours is acknowledged and passed over. */
  readonly areas?: Pick<OwnAreas, 'takes' | 'says'>;
  readonly operationsKey: string;
  /** What an operation may do that nobody signed; undefined: nothing. */
  readonly unsignedRole: Role | undefined;
  /** What the service itself says to an input; it goes the way of everything that is decided. */
  readonly answer?: (input: EngineInput, at: number) => OutMessage | undefined;
  readonly onNotice?: (notice: QueuedNotice) => void;
  readonly onInput?: (input: EngineInput) => void;
  readonly onOutput?: (output: EngineOutput) => void;
  /** A message that means nothing to the engine, in words. */
  readonly onUnreadable?: (topic: string, reason: string) => void;
};

/** Inputs between two checkpoints; they are replayed at a start, about half a second for so many bytes. */
const LOG_BYTES_MAX = 32 * 1_048_576;

type Turn = {
  readonly inputs: LoggedInput[];
  readonly messages: OutMessage[];
  readonly notices: Notice[];
  readonly acks: (() => void)[];
  /** Rows of a checkpoint that could not be written yet: the engine tells each change once. */
  rows: readonly StateRow[] | undefined;
};

const encoder = new TextEncoder();

export class Rules implements Disposable {
  readonly #parts: RulesParts;
  readonly #outbox: Outbox;
  readonly #reading: Omit<Reading, 'onUnreadable'>;
  #turn: Turn = newTurn();
  #isScheduled = false;
  #loggedBytes = 0;
  #problem: string | undefined;

  constructor(parts: RulesParts) {
    const { store, publish, now, operationsKey, unsignedRole } = parts;
    this.#parts = parts;
    this.#reading = { table: new SeriesTable(), operationsKey, unsignedRole };
    this.#outbox = new Outbox({
      ...{ store, publish, now },
      onDelivered: (device, cid) => this.put({ kind: 'delivered', device, cid, at: now() }),
    });
    for (const input of store.inputs()) this.#replay(input);
    if (now() < parts.engine.clock - ALLOWED_LATENESS_MS) this.#outbox.distrustCommands();
  }

  /** Begins with what an earlier life has left undone. */
  open(): void {
    this.#outbox.open();
    for (const notice of this.#parts.store.notices()) this.#parts.onNotice?.(notice);
  }

  /** Takes one message; acknowledges it when it and what it led to are on disk. */
  take({ topic, payload, retained, ack }: Delivery): void {
    this.#watchClock();
    const message: Message = { topic, payload, retained, at: this.#parts.now() };
    const inputs = this.#read(message, (reason) => this.#reject(message, reason));
    this.#turn.acks.push(ack);
    if (inputs.some((input) => this.#moves(input))) this.#turn.inputs.push(message);
    for (const input of inputs) {
      const lost = this.#lostBecause(input);
      if (lost !== undefined) this.#reject(message, lost);
      else if (input.kind === 'operation-refused' || input.kind === 'command-refused')
        this.#parts.onUnreadable?.(topic, input.why);
      this.#step(input);
    }
    this.#schedule();
  }

  /** An operation on an alarm, or an order to a device, that there is not leaves no trace in any journal. */
  #lostBecause(input: EngineInput): string | undefined {
    if (input.kind === 'command-operation' || input.kind === 'command-refused') {
      if (this.#parts.engine.knows(input.device)) return undefined;
      return input.kind === 'command-refused' ? input.why : `there is no device '${deviceKey(input.device)}'`;
    }
    if (input.kind !== 'operation' && input.kind !== 'operation-refused') return undefined;
    const { site, area, rule, instance } = input.alarm;
    // The watchdog keeps its alarm by itself, and answers for it.
    if (rule === WATCHDOG_RULE || this.#parts.engine.instances.has(instanceKey(input.alarm))) return undefined;
    if (input.kind === 'operation-refused') return input.why;
    return `there is no alarm '${instance}' of a rule '${rule}' in ${site}/${area}`;
  }

  #reject(message: Message, reason: string): void {
    this.#parts.onUnreadable?.(message.topic, reason);
    const rejected = rejectedMessage(message, reason);
    if (rejected !== undefined) this.#turn.messages.push(rejected);
  }

  /** Puts an input of the service's own in; it is written down like a message. */
  put(input: EngineInput): void {
    this.#watchClock();
    this.#log(input);
    this.#step(input);
    this.#schedule();
  }

  /** Puts an input in whose outcome is a checkpoint: a new set of rules is not written down twice. */
  putAndKeep(input: EngineInput): void {
    this.#watchClock();
    this.#step(input);
    this.#flush({ isCheckpoint: true });
  }

  tick(): void {
    this.#watchClock();
    const at = this.#parts.now();
    if (this.#problem !== undefined) this.#flush({ isCheckpoint: false });
    else if (this.#parts.engine.nextDeadline() <= at) this.put({ kind: 'tick', at });
    this.#outbox.strikeOff();
  }

  /** What keeps it from acknowledging, in words. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** Retains every shown alarm again, and what else there is to say: a broker without a memory may have lost it all. */
  republish(besides: readonly OutMessage[] = []): void {
    const alarms = this.#parts.engine
      .annunciated()
      .filter((alarm) => this.#says(alarm))
      .flatMap(messagesOf);
    for (const message of [...alarms, ...besides]) this.#outbox.tell(message);
  }

  /** Writes everything down as it stands. */
  [Symbol.dispose](): void {
    this.#flush({ isCheckpoint: true });
    this.#outbox[Symbol.dispose]();
  }

  /** Whether it can change the engine: points that no rule reads need not be written down. */
  #moves(input: EngineInput): boolean {
    return input.kind !== 'point' || this.#parts.engine.wantsMetric(input.point.series.metric);
  }

  /** Before anything else is taken: it comes by the clock as it now is. */
  #watchClock(): void {
    const news = this.#parts.clockNews?.();
    if (news === undefined) return;
    if (news.kind === 'clock-step' && news.to < news.from) this.#outbox.distrustCommands();
    this.#log(news);
    this.#step(news);
    this.#schedule();
  }

  #log(input: EngineInput): void {
    const payload = encoder.encode(JSON.stringify(input));
    this.#turn.inputs.push({ at: this.#parts.now(), topic: '', payload, retained: false });
  }

  #says(output: EngineOutput): boolean {
    return this.#parts.areas?.says(output) ?? true;
  }

  #read(message: Message, onUnreadable: (reason: string) => void): EngineInput[] {
    if (this.#parts.areas?.takes(message.topic) === false) return [];
    return readMessage(message, { ...this.#reading, onUnreadable });
  }

  /** What it leads to was decided, and written down, in an earlier life. */
  #replay(logged: LoggedInput): void {
    this.#loggedBytes += logged.payload.length;
    const inputs =
      logged.topic === ''
        ? [JSON.parse(new TextDecoder().decode(logged.payload)) as EngineInput]
        : this.#read(logged, () => {});
    for (const input of inputs) this.#parts.engine.step(input);
  }

  #step(input: EngineInput): void {
    this.#parts.onInput?.(input);
    for (const output of this.#parts.engine.step(input)) {
      this.#parts.onOutput?.(output);
      if (!this.#says(output)) continue;
      this.#turn.messages.push(...messagesOf(output));
      if (output.kind === 'notice') this.#turn.notices.push(output.notice);
      if (output.kind === 'overrun') this.put({ ...output, kind: 'isolate', at: this.#parts.now() });
    }
    const answer = this.#parts.answer?.(input, this.#parts.now());
    if (answer !== undefined) this.#turn.messages.push(answer);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.later(() => {
      this.#isScheduled = false;
      this.#flush({ isCheckpoint: this.#loggedBytes > LOG_BYTES_MAX });
    });
  }

  #flush({ isCheckpoint }: { readonly isCheckpoint: boolean }): void {
    const turn = this.#turn;
    if (isCheckpoint) turn.rows = merged(turn.rows ?? [], this.#parts.engine.takeChanged());
    const { inputs, messages, notices, acks, rows } = turn;
    if (inputs.length > 0 || messages.length > 0 || notices.length > 0 || rows !== undefined) {
      const committed = this.#commit({ inputs, messages, notices, ...(rows === undefined ? {} : { rows }) });
      if (committed === undefined) return;
      this.#loggedBytes += inputs.reduce((sum, { payload }) => sum + payload.length, 0);
      if (rows !== undefined) this.#loggedBytes = 0;
      this.#turn = newTurn();
      this.#outbox.add(committed.messages);
      for (const notice of committed.notices) this.#parts.onNotice?.(notice);
    } else this.#turn = newTurn();
    for (const ack of acks) ack();
  }

  /** undefined where the disk takes no more for now: the turn stays as it is. */
  #commit(commit: Commit): ReturnType<StateStore['commit']> | undefined {
    try {
      const committed = this.#parts.store.commit(commit);
      this.#problem = undefined;
      return committed;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#problem = 'the disk is full: alarms wait, and no message is acknowledged; make room on it';
      return undefined;
    }
  }
}

/** Later rows over earlier ones. */
function merged(earlier: readonly StateRow[], later: readonly StateRow[]): StateRow[] {
  return [...new Map([...earlier, ...later].map((row) => [row.key, row])).values()];
}

function newTurn(): Turn {
  return { inputs: [], messages: [], notices: [], acks: [], rows: undefined };
}
