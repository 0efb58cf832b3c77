// What the watchdog decides, carried out: written down first, then published, logged, counted and called. The one place that
// knows both the pure watchdog and the world.

import { BEAT_METRIC, BEAT_SHARD, WATCHDOG_DEVICE } from '#domain/heartbeat.ts';
import { encodeJournalEntry } from '#domain/journal.ts';
import { topics } from '#domain/topic.ts';
import type { Log } from '#runtime/log.ts';
import type { Metrics } from '#runtime/metrics.ts';
import { Caller, type Retry } from './caller.ts';
import { OWN_ALARM_TOPIC } from './inbox.ts';
import { Outbox } from './outbox.ts';
import type { Call, OutMessage, SavedState } from './saved-state.ts';
import type { Watchdog, WatchdogInput, WatchdogOutput } from './watchdog.ts';

export type ReporterParts = {
  readonly watchdog: Watchdog;
  readonly saved: SavedState;
  readonly publish: (message: OutMessage) => Promise<void>;
  /** Throws where the disk does not take it. */
  readonly write: (state: SavedState) => void;
  /** undefined where nobody is to be called. */
  readonly send: ((call: Call) => Promise<void>) | undefined;
  readonly retryOf: (error: unknown) => Retry;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** Upper bounds in seconds: a quiet machine answers in milliseconds, and three and a third seconds are a miss. */
const ROUND_TRIP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3.3, 10, 60];

export class Reporter {
  readonly #parts: ReporterParts;
  readonly #outbox: Outbox;
  readonly #caller: Caller;
  readonly #count: (outcome: 'in-time' | 'late' | 'missed') => void;
  readonly #observe: (roundTripMs: number) => void;
  #writeProblem: string | undefined;

  constructor(parts: ReporterParts) {
    const { log, metrics, watchdog, saved } = parts;
    this.#parts = parts;
    const beats = metrics.counter('watchdog_beats_total', 'Beats by their outcome; a late one was missed.', [
      'outcome',
    ]);
    const dropped = metrics.counter('watchdog_messages_dropped_total', 'Messages that a long outage left no room for.');
    const seconds = metrics.histogram('watchdog_round_trip_seconds', 'From beat to answer.', ROUND_TRIP_BUCKETS);
    metrics.gauge('watchdog_alarm_active', '1 while the pipeline does not answer.', () =>
      watchdog.problem() === undefined ? 0 : 1,
    );
    this.#count = (outcome) => beats.inc({ outcome });
    this.#observe = (roundTripMs) => seconds.observe(roundTripMs / 1_000);
    const onChange = () => this.#write();
    this.#outbox = new Outbox(saved.outbox, { publish: parts.publish, onChange, onDropped: () => dropped.inc() });
    this.#caller = new Caller(parts.send === undefined ? null : saved.call, {
      send: async (call) => parts.send?.(call),
      retryOf: parts.retryOf,
      onChange,
      onFailed: (err, willRetry) => log.error({ err, willRetry }, 'nobody could be called'),
    });
  }

  step(input: WatchdogInput): void {
    const messages: OutMessage[] = [];
    for (const output of this.#parts.watchdog.step(input)) messages.push(...this.#carryOut(output));
    this.#outbox.post(messages);
  }

  /** Retains a shown alarm again: a broker without a memory of its own may have lost it. */
  republish(): void {
    const message = this.#parts.watchdog.message();
    if (message !== null) this.#outbox.post(this.#carryOut({ kind: 'alarm', message }));
  }

  /** Makes the call that is due. */
  async tick(elapsedMs: number): Promise<void> {
    await this.#caller.tick(elapsedMs);
  }

  /** undefined while the state can be written; else why not. */
  problem(): string | undefined {
    return this.#writeProblem;
  }

  #carryOut(output: WatchdogOutput): OutMessage[] {
    switch (output.kind) {
      case 'beat':
        this.#send(output.beat, output.at);
        return [];
      case 'missed':
        this.#count('missed');
        return [];
      case 'measured':
        this.#count(output.answer.kind);
        this.#observe(output.answer.roundTripMs);
        return [];
      case 'call':
        this.#call(output);
        return [];
      case 'alarm': {
        const payload = output.message === null ? '' : JSON.stringify(output.message);
        return [{ topic: OWN_ALARM_TOPIC, payload, retain: true }];
      }
      case 'journal':
        return [{ topic: topics.journal(BEAT_SHARD), payload: encodeJournalEntry(output.entry), retain: false }];
    }
  }

  /** As any device would; a beat that cannot be sent is missed, and needs no other word. */
  #send(beat: number, at: number): void {
    const payload = JSON.stringify({ ts: at, [BEAT_METRIC]: beat });
    this.#parts.publish({ topic: topics.device(WATCHDOG_DEVICE, 'tele'), payload, retain: false }).then(
      () => this.#parts.watchdog.step({ kind: 'taken', beat }),
      () => {}, // only a closing bus refuses
    );
  }

  #call({ isRaised, reason, at }: Call): void {
    const { log, send } = this.#parts;
    if (isRaised) log.fatal({ reason }, 'the pipeline does not answer');
    else log.warn({ reason }, 'the pipeline answers again');
    if (send !== undefined) this.#caller.call({ isRaised, reason, at });
  }

  /** A full disk must not keep the alarm from being told. */
  #write(): void {
    const { write, watchdog, log } = this.#parts;
    try {
      write({ alarm: watchdog.alarmState, outbox: [...this.#outbox.messages], call: this.#caller.pending });
      this.#writeProblem = undefined;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#writeProblem = `the state cannot be written (${code ?? message}); a restart would forget the alarm`;
      log.error({ err: error }, 'state not written');
    }
  }
}
