// An engine whose inputs wait for others that are late, so that samples which overtook each other on their way are judged in
// the order in which they were measured. It lives as much behind the clock, and everything comes later by as much; without
// lateness on the way it is not needed, and with nothing to hold it is the engine itself.

import TinyQueue from 'tinyqueue';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { Engine } from './engine.ts';
import { believed, momentOf } from './input-moment.ts';
import type { EngineInput, EngineOutput } from './inputs.ts';
import type { StateRow } from './snapshot.ts';

type Held = { readonly at: number; readonly order: number; readonly input: EngineInput };

/** What whoever drives an engine needs of it. */
export type Stepping = Pick<
  Engine,
  | 'step'
  | 'nextDeadline'
  | 'takeChanged'
  | 'instances'
  | 'rules'
  | 'wantsMetric'
  | 'annunciated'
  | 'knows'
  | 'clock'
  | 'unknownDevices'
  | 'problemsRefused'
>;

const HELD_KEY = 'held';

/**
 * Inputs that are not about what was measured, or answer what the engine has done: they take effect at once, by its own clock.
 */
const AT_ONCE: ReadonlySet<EngineInput['kind']> = new Set([
  'reload',
  'resume',
  'isolate',
  'pipeline',
  'service',
  'delivered',
  'reply',
]);

/** Some 50 MB. Past it the oldest are judged before their time is over, and counted. */
export const HELD_MAX = 200_000;

export class HoldingEngine implements Stepping {
  readonly #engine: Engine;
  readonly #holdMs: number;
  readonly #held = new TinyQueue<Held>([], inTurn);
  #order = 0;
  #hastened = 0;

  constructor(
    engine: Engine,
    { holdMs, saved = [] }: { readonly holdMs: number; readonly saved?: readonly StateRow[] },
  ) {
    this.#engine = engine;
    this.#holdMs = holdMs;
    const row = saved.find(({ key }) => key === HELD_KEY);
    for (const input of JSON.parse(row?.value ?? '[]') as EngineInput[]) this.#hold(input);
  }

  step(input: EngineInput): EngineOutput[] {
    if (this.#holdMs === 0 && this.#held.length === 0) return this.#engine.step(input);
    if (input.kind === 'clock-step') return this.#clockStep(input);
    const until = momentOf(input) - this.#holdMs;
    if (input.kind !== 'point' && AT_ONCE.has(input.kind)) {
      const held = this.#release(input.kind === 'resume' ? this.#untilOf(input.at) : until);
      return [...held, ...this.#engine.step({ ...input, at: until })];
    }
    if (input.kind !== 'tick') this.#hold(input);
    return [...this.#hasten(), ...this.#release(until), ...this.#engine.step({ kind: 'tick', at: until })];
  }

  /** Inputs that wait. */
  get waiting(): number {
    return this.#held.length;
  }

  /** Inputs that were judged before their time was over, because too many waited. */
  get hastened(): number {
    return this.#hastened;
  }

  #hasten(): EngineOutput[] {
    const outputs: EngineOutput[] = [];
    while (this.#held.length > HELD_MAX) {
      const oldest = this.#held.pop();
      if (oldest === undefined) break;
      this.#hastened++;
      outputs.push(...this.#engine.step(inOrder(oldest.input)));
    }
    return outputs;
  }

  /** Gives the engine what was measured until then, in order. */
  #release(until: number): EngineOutput[] {
    const outputs: EngineOutput[] = [];
    for (let next = this.#held.peek(); next !== undefined && next.at <= until; next = this.#held.peek()) {
      this.#held.pop();
      outputs.push(...this.#engine.step(inOrder(next.input)));
    }
    return outputs;
  }

  /** What is held was measured by the clock as it was; nothing that is still under way can be put before it any more. */
  #clockStep({ from, to }: Extract<EngineInput, { kind: 'clock-step' }>): EngineOutput[] {
    const newest = Math.max(...this.#held.data.map(({ at }) => at));
    const outputs = this.#release(Number.POSITIVE_INFINITY);
    const lived = Math.max(from - this.#holdMs, newest);
    return [...outputs, ...this.#engine.step({ kind: 'clock-step', from: lived, to: to - (from - lived) })];
  }

  /** Of a clock that was set back while we were off: what is held must not wait until it comes there again. */
  #untilOf(at: number): number {
    return this.#held.data.some((held) => held.at > at) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  nextDeadline(): number {
    return Math.min(this.#held.peek()?.at ?? Number.POSITIVE_INFINITY, this.#engine.nextDeadline()) + this.#holdMs;
  }

  takeChanged(): StateRow[] {
    const held = this.#held.data.toSorted(inTurn).map(({ input }) => input);
    return [...this.#engine.takeChanged(), { key: HELD_KEY, value: JSON.stringify(held) }];
  }

  annunciated(): EngineOutput[] {
    return this.#engine.annunciated();
  }

  wantsMetric(metric: string): boolean {
    return this.#engine.wantsMetric(metric);
  }

  /** As it will be when what is held has been judged: an order to the device waits behind it. */
  knows(device: DeviceName): boolean {
    const key = deviceKey(device);
    let newest: Held | undefined;
    for (const held of this.#held.data) {
      const { kind } = held.input;
      if (kind !== 'device' && kind !== 'device-gone') continue;
      if (deviceKey(held.input.device) === key && (newest === undefined || inTurn(held, newest) > 0)) newest = held;
    }
    return newest === undefined ? this.#engine.knows(device) : newest.input.kind === 'device';
  }

  get unknownDevices(): Engine['unknownDevices'] {
    return this.#engine.unknownDevices;
  }

  get problemsRefused(): number {
    return this.#engine.problemsRefused;
  }

  get clock(): number {
    return this.#engine.clock;
  }

  get instances(): Engine['instances'] {
    return this.#engine.instances;
  }

  get rules(): Engine['rules'] {
    return this.#engine.rules;
  }

  #hold(input: EngineInput): void {
    const at = input.kind === 'point' ? believed(input).measuredAt : momentOf(input);
    this.#held.push({ at, order: this.#order++, input });
  }
}

function inTurn(a: Held, b: Held): number {
  return a.at - b.at || a.order - b.order;
}

/** Its lateness on the way is made good: it counts as come when it was measured. */
function inOrder(input: EngineInput): EngineInput {
  if (input.kind !== 'point') return input;
  const point = believed(input);
  return { ...input, point, receivedAt: point.measuredAt };
}
