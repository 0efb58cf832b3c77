// A pipeline for tests: it takes, shows and answers beats as a test wants it, on a clock of its own. No real time passes.

import type { ServiceStatus } from '#domain/service.ts';
import { NORMAL, type OwnAlarmState } from './own-alarm.ts';
import { Watchdog, type WatchdogInput, type WatchdogOutput } from './watchdog.ts';

export const INTERVAL_MS = 10_000;
const TICK_MS = 100;
const EPOCH = Date.UTC(2026, 0, 1);

/** How the pipeline behaves; undefined delays are never. */
export type Behaviour = {
  readonly brokerProblem?: string;
  readonly isTaken?: boolean;
  readonly isSeen?: boolean;
  readonly answerMs?: (beat: number) => number | undefined;
};

export const WELL: Behaviour = { isTaken: true, isSeen: true, answerMs: () => 20 };
export const RULES_SILENT: Behaviour = { isTaken: true, isSeen: true };
export const INGEST_SILENT: Behaviour = { isTaken: true };
export const BROKER_GONE: Behaviour = { brokerProblem: 'ECONNREFUSED' };

export class FakePipeline {
  readonly watchdog: Watchdog;
  /** Everything that came out, with the moment. */
  readonly log: (WatchdogOutput & { readonly atMs: number })[] = [];
  elapsedMs: number;
  /** What was done to the clock of the day. */
  clockStepMs = 0;
  #answers: { readonly atMs: number; readonly beat: number }[] = [];

  constructor({ alarm = NORMAL, startedMs = 0 }: { alarm?: OwnAlarmState; startedMs?: number } = {}) {
    this.elapsedMs = startedMs;
    const options = { intervalMs: INTERVAL_MS, firstBeat: EPOCH + startedMs, startedMs, alarm };
    this.watchdog = new Watchdog(options);
  }

  get now() {
    return { at: EPOCH + this.elapsedMs + this.clockStepMs, elapsedMs: this.elapsedMs };
  }

  run(forMs: number, behaviour: Behaviour): void {
    const end = this.elapsedMs + forMs;
    while (this.elapsedMs < end) {
      this.elapsedMs = Math.min(end, this.elapsedMs + TICK_MS);
      this.#deliver();
      this.tick(behaviour);
    }
  }

  /** One tick, however long ago the last one was. */
  tick({ brokerProblem, isTaken = false, isSeen = false, answerMs }: Behaviour): void {
    for (const output of this.step({ kind: 'tick', now: this.now, brokerProblem, listenerProblem: undefined })) {
      if (output.kind !== 'beat') continue;
      const { beat } = output;
      if (isTaken) this.step({ kind: 'taken', beat });
      if (isSeen) this.step({ kind: 'seen', beat });
      const delayMs = answerMs?.(beat);
      if (delayMs !== undefined) this.#answers.push({ atMs: this.elapsedMs + delayMs, beat });
    }
  }

  step(input: WatchdogInput): WatchdogOutput[] {
    const outputs = this.watchdog.step(input);
    this.log.push(...outputs.map((output) => ({ ...output, atMs: this.elapsedMs })));
    return outputs;
  }

  status(service: string, status: ServiceStatus['status'], detail?: string): void {
    const said = { service, id: service, status, since: 1, version: '1', ...(detail === undefined ? {} : { detail }) };
    this.step({ kind: 'status', id: `${service}/${service}`, status: said });
  }

  /** What the journal says so far. */
  events(): string[] {
    return this.log.flatMap((output) => (output.kind === 'journal' ? [output.entry.event] : []));
  }

  #deliver(): void {
    const due = this.#answers.filter(({ atMs }) => atMs <= this.elapsedMs);
    this.#answers = this.#answers.filter(({ atMs }) => atMs > this.elapsedMs);
    for (const { beat } of due) this.step({ kind: 'answered', beat, now: this.now });
  }
}
