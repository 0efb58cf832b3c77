// Random histories of a small plant, and engines that live through them: for the properties that every rule must have.

import fc from 'fast-check';
import type { AlarmOperationName } from '#domain/alarm.ts';
import { SeriesTable } from '#domain/batch.ts';
import { REPLY_STATUSES } from '#domain/command.ts';
import { type DeviceView, UNHEARD } from '#domain/device.ts';
import type { JournalEntry } from '#domain/journal.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineInput, EngineOutput } from '../engine/inputs.ts';
import type { StateRow } from '../engine/snapshot.ts';
import { type CompiledRule, compileRule } from '../language/compile-rule.ts';
import { ruleSchema } from '../language/rule-schema.ts';

export const START = 1_700_000_000_000;
const AREA = { site: 'lyon', area: 'farm' };

/** What an operator does to alarms that are shown. */
const OPERATIONS = ['ack', 'reset'] as const;

/** @throws Error where the rule does not compile */
export function ruleOf(file: object): CompiledRule {
  const compiled = compileRule(ruleSchema.parse(file));
  if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
  return compiled;
}

/** How long a shelving of a history lasts. */
const SHELVED_MS = 20_000;

/** One input and the moment it comes, in ms after START. */
export type Event = { readonly at: number; readonly input: EngineInput };

export type HistoryOptions = {
  readonly rules: readonly string[];
  /** Values of `temp`; null is a sample without one. */
  readonly temps?: fc.Arbitrary<number | null>;
  readonly operations?: readonly AlarmOperationName[];
  /** By how much the server's clock is set before an event, ms; 0: not at all. */
  readonly clockSteps?: fc.Arbitrary<number>;
};

/** Events in order of time: samples, device views, plant states, operations and replies, with gaps between them. */
export function histories({
  rules,
  temps,
  operations = OPERATIONS,
  clockSteps = fc.constant(0),
}: HistoryOptions): fc.Arbitrary<Event[]> {
  const table = new SeriesTable();
  const device = fc.constantFrom('d1', 'd1', 'd1', 'd2');
  const episode = fc.constantFrom(0, 1, 1, 1, 2, 2, 3);
  const sample = (metric: string, value: fc.Arbitrary<number | null>) =>
    fc.tuple(device, value).map(([name, worth]) => (at: number): EngineInput => {
      const series = table.of({ ...AREA, device: name, metric });
      const point = {
        series,
        value: worth,
        quality: worth === null ? 'bad' : 'good',
        measuredAt: at,
        late: false,
      } as const;
      return { kind: 'point', point, receivedAt: at };
    });
  const temp = temps ?? fc.oneof({ weight: 5, arbitrary: fc.constantFrom(70, 77, 79, 81, 95) }, fc.constant(null));
  const make = fc.oneof(
    { weight: 8, arbitrary: sample('temp', temp) },
    { weight: 3, arbitrary: sample('flow', fc.constantFrom(0, 4, 10, null)) },
    {
      weight: 1,
      arbitrary: fc.tuple(device, fc.constantFrom(true, false, null)).map(
        ([name, online]) =>
          (at: number): EngineInput => ({ kind: 'device', device: viewOf(name, online), at }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('run', 'run', 'manual', null).map(
        (value) =>
          (at: number): EngineInput => ({ kind: 'plant-state', ...AREA, name: 'mode', value, at }),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...rules), device, fc.constantFrom(...operations), episode).map(
        ([rule, instance, op, number]) =>
          (at: number): EngineInput => ({
            kind: 'operation',
            alarm: { ...AREA, rule, instance },
            operation: { op, episode: number, by: 'operator', ...(op === 'shelve' ? { until: at + SHELVED_MS } : {}) },
            ...({ role: 'engineer', isSigned: true } as const),
            at,
          }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...rules), device, fc.constantFrom(...REPLY_STATUSES), episode).map(
        ([rule, name, status, number]) =>
          (at: number): EngineInput => ({
            kind: 'reply',
            device: { ...AREA, device: name },
            reply: { cid: `${rule}/${name}/${number}/close`, status, ts: at },
            at,
          }),
      ),
    },
  );
  const gap = fc.constantFrom(0, 1, 500, 1_000, 1_000, 2_000, 3_000, 12_000, 30_000);
  return fc.array(fc.tuple(gap, make, clockSteps), { minLength: 1, maxLength: 60, size: 'max' }).map((steps) => {
    let at = START;
    return steps.flatMap(([pause, build, byMs]): Event[] => {
      at += pause + byMs;
      const event = { at, input: build(at) };
      return byMs === 0 ? [event] : [clockStep(at - byMs, at), event];
    });
  });
}

function clockStep(from: number, to: number): Event {
  return { at: from, input: { kind: 'clock-step', from, to } };
}

/** The moment after the event, by the clock as it then is. */
export function momentAfter({ at, input }: Event): number {
  return input.kind === 'clock-step' ? input.to : at;
}

function viewOf(device: string, online: boolean | null): DeviceView {
  return { ...AREA, device, model: null, role: null, labels: {}, ...UNHEARD, online };
}

/** How often the clock is shown to the engine: at every deadline, every 100 ms, or once after everything. */
export type Ticking = 'deadlines' | '100ms' | 'end';

/** An engine with what it has said so far, and its state as it would stand on disk. */
export class Life {
  readonly engine: Engine;
  readonly outputs: EngineOutput[] = [];
  readonly #ticking: Ticking;
  readonly #rows = new Map<string, string>();
  #clock: number;

  constructor(
    rules: readonly CompiledRule[],
    ticking: Ticking,
    earlier?: { readonly saved: readonly StateRow[]; readonly at: number },
  ) {
    this.#ticking = ticking;
    this.#clock = earlier?.at ?? START;
    for (const { key, value } of earlier?.saved ?? []) if (value !== null) this.#rows.set(key, value);
    this.engine = new Engine({
      rules,
      startedAt: this.#clock,
      ...(earlier === undefined ? {} : { saved: earlier.saved }),
    });
  }

  /** Everything it would have on disk if it had to end now, as text. */
  saved(): StateRow[] {
    for (const { key, value } of this.engine.takeChanged()) {
      if (value === null) this.#rows.delete(key);
      else this.#rows.set(key, value);
    }
    return [...this.#rows].map(([key, value]) => ({ key, value }));
  }

  get journal(): JournalEntry[] {
    return this.outputs.flatMap((output) => (output.kind === 'journal' ? [output.entry] : []));
  }

  live(event: Event): EngineOutput[] {
    this.runClock(event.at);
    if (event.input.kind === 'clock-step') this.#clock = event.input.to;
    return this.step(event.input);
  }

  /** Lets time pass, the end included. */
  runClock(until: number): void {
    if (this.#ticking === 'deadlines') {
      for (let at = this.engine.nextDeadline(); at <= until; at = this.engine.nextDeadline())
        this.step({ kind: 'tick', at });
    } else if (this.#ticking === '100ms') {
      for (; this.#clock <= until; this.#clock += 100) this.step({ kind: 'tick', at: this.#clock });
    }
  }

  /** Everything that is still due, up to a minute after the last event. */
  end(events: readonly Event[]): void {
    const last = events.at(-1);
    const at = (last === undefined ? START : momentAfter(last)) + 60_000;
    this.runClock(at);
    this.step({ kind: 'tick', at });
  }

  step(input: EngineInput): EngineOutput[] {
    const outputs = this.engine.step(input);
    this.outputs.push(...outputs);
    return outputs;
  }
}

/** Lives through all of it, and a quiet minute more. */
export function liveThrough(rules: readonly CompiledRule[], events: readonly Event[], ticking: Ticking): Life {
  const life = new Life(rules, ticking);
  for (const event of events) life.live(event);
  life.end(events);
  return life;
}

/** Of alarms that change at the same moment, which one is first does not matter. */
export function byInstance<T extends Pick<JournalEntry, 'rule' | 'instance'>>(journal: readonly T[]): Map<string, T[]> {
  return Map.groupBy(journal, ({ rule, instance }) => `${rule}/${instance}`);
}

/**
 * A second value of the same moment corrects the first one, so that their order matters, and bringing the first again would
 * be a correction too.
 */
export function withoutCorrections(events: readonly Event[]): Event[] {
  const met = new Set<string>();
  return events.filter(({ at, input }) => {
    if (input.kind !== 'point') return true;
    const sample = `${input.point.series.key} ${at}`;
    return !met.has(sample) && met.add(sample);
  });
}
