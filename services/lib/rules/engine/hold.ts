// An engine whose inputs wait for others that are late, so that samples which overtook each other on their way are judged in
// the order in which they were measured. Everything comes later by as much; without lateness on the way it is not needed.

import TinyQueue from 'tinyqueue';
import type { Engine } from './engine.ts';
import type { EngineInput, EngineOutput } from './inputs.ts';
import type { StateRow } from './snapshot.ts';

type Held = { readonly at: number; readonly order: number; readonly input: EngineInput };

/** What whoever drives an engine needs of it. */
export type Stepping = Pick<
  Engine,
  'step' | 'nextDeadline' | 'takeChanged' | 'instances' | 'rules' | 'wantsMetric' | 'annunciated'
>;

const HELD_KEY = 'held';

/** Inputs that are not about what was measured: they take effect at once, also for what is held. */
const AT_ONCE: ReadonlySet<EngineInput['kind']> = new Set(['reload', 'resume', 'isolate', 'pipeline', 'delivered']);

export class HoldingEngine implements Stepping {
  readonly #engine: Engine;
  readonly #holdMs: number;
  readonly #held = new TinyQueue<Held>([], (a, b) => a.at - b.at || a.order - b.order);
  #order = 0;

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
    if (AT_ONCE.has(input.kind)) return this.#engine.step(input);
    if (input.kind !== 'tick') this.#hold(input);
    const until = (input.kind === 'point' ? input.receivedAt : input.at) - this.#holdMs;
    const outputs: EngineOutput[] = [];
    for (let next = this.#held.peek(); next !== undefined && next.at <= until; next = this.#held.peek()) {
      this.#held.pop();
      outputs.push(...this.#engine.step(inOrder(next.input)));
    }
    outputs.push(...this.#engine.step({ kind: 'tick', at: until }));
    return outputs;
  }

  nextDeadline(): number {
    return Math.min(this.#held.peek()?.at ?? Number.POSITIVE_INFINITY, this.#engine.nextDeadline()) + this.#holdMs;
  }

  takeChanged(): StateRow[] {
    const held = this.#held.data.toSorted((a, b) => a.at - b.at || a.order - b.order).map(({ input }) => input);
    return [...this.#engine.takeChanged(), { key: HELD_KEY, value: JSON.stringify(held) }];
  }

  annunciated(): EngineOutput[] {
    return this.#engine.annunciated();
  }

  wantsMetric(metric: string): boolean {
    return this.#engine.wantsMetric(metric);
  }

  get instances(): Engine['instances'] {
    return this.#engine.instances;
  }

  get rules(): Engine['rules'] {
    return this.#engine.rules;
  }

  #hold(input: EngineInput): void {
    this.#held.push({ at: input.kind === 'point' ? input.point.measuredAt : input.at, order: this.#order++, input });
  }
}

/** Its lateness on the way is made good: it counts as come when it was measured. */
function inOrder(input: EngineInput): EngineInput {
  return input.kind === 'point' ? { ...input, receivedAt: input.point.measuredAt } : input;
}
