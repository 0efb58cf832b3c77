// What a chart of a backtest shows: the states of each alarm over time, when evidence of its on-delay was gathered, and the inputs
// as the rule saw them. Told of every judgement; bounded in alarms, in spans and in buckets, and says what is beyond.

import type { AlarmState, Priority } from '#domain/alarm.ts';
import type { Instance } from '../engine/instance.ts';
import { priorityOf, stateCodeOf } from '../engine/present.ts';
import { isPending } from '../engine/state.ts';
import { madeBy } from '../explain/explain-inputs.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { type BucketLists, type Buckets, bucketsOf, InputBuckets } from './input-buckets.ts';
import type { Range } from './point-source.ts';

/** Beyond it nobody tells lanes apart, and the rule rows have the numbers of all. */
const INSTANCES_MAX = 500;
const DRAWN_MAX = 50;
/** Alarms of which the inputs are folded while nobody knows yet which of them will be drawn: 20 KB for each input. */
const FOLDED_MAX = 200;
const SERIES_MAX = 24;
/** A rule that chatters for a month would fill the answer. */
const SPANS_MAX = 500;
const BUCKETS = 600;

export type ChartSpan = { readonly from: number; readonly to: number };

/**
 * Everything but NORM, in the order of time. Nobody acknowledges or resets in a backtest: after the first alarm of the range it is
 * RTNUN or LATCH between alarms. What was over before the range counts as acknowledged.
 */
export type ChartStateSpan = ChartSpan & { readonly state: Exclude<AlarmState, 'NORM'>; readonly priority: Priority };

export type ChartInstance = {
  /** `rule/site/area/instance`. */
  readonly alarm: string;
  readonly site: string;
  readonly area: string;
  readonly rule: string;
  readonly instance: string;
  readonly states: readonly ChartStateSpan[];
  /** When evidence of the on-delay was gathered, in the order of time; also beneath RTNUN and LATCH, where the state does not show it. */
  readonly gathering: readonly ChartSpan[];
  /** Spans of both kinds beyond those. */
  readonly more: number;
};

/** An input as the chart draws it: about 600 buckets; null where nothing was known. */
export type ChartSeries = BucketLists & {
  /** `rule/site/area/instance`. */
  readonly alarm: string;
  readonly input: string;
  readonly metric: string;
  /** `site/area/device`; null where none feeds it. */
  readonly device: string | null;
  /** UCUM. */
  readonly unit: string | null;
  /** Of an input that is made of samples (`slope over 10m`): what of, in words. Its values are then those that the rule saw. */
  readonly made: string | null;
  /** Starts of the buckets. */
  readonly at: readonly number[];
};

export type Chart = {
  readonly instances: readonly ChartInstance[];
  readonly moreInstances: number;
  readonly series: readonly ChartSeries[];
  readonly moreSeries: number;
};

export type ChartOptions = {
  readonly range: Range;
  /** Whose alarms are drawn: the rule's own and those that it raises beside. */
  readonly rule: string;
  /** `rule/site/area/instance`: the one whose inputs are drawn; undefined: those that were in alarm longest. */
  readonly alarm: string | undefined;
};

export class ChartFold {
  readonly #options: ChartOptions;
  readonly #buckets: Buckets;
  readonly #lanes = new Map<Instance, Lane>();
  #folded = 0;
  readonly #unseen = new Set<string>();

  constructor(options: ChartOptions) {
    this.#options = options;
    this.#buckets = bucketsOf(options.range, BUCKETS);
  }

  readonly take = (instance: Instance): void => {
    let lane = this.#lanes.get(instance);
    if (lane === undefined) {
      if (!this.#isDrawn(instance.rule)) return;
      lane = this.#begin(instance);
      if (lane === undefined) return;
    }
    lane.take();
  };

  #isDrawn({ id, companionOf }: CompiledRule): boolean {
    return id === this.#options.rule || companionOf?.rule === this.#options.rule;
  }

  #begin(instance: Instance): Lane | undefined {
    const { range, alarm, rule } = this.#options;
    const isNamed = instance.key === alarm;
    if (this.#lanes.size >= INSTANCES_MAX && !isNamed) {
      this.#unseen.add(instance.key);
      return undefined;
    }
    const isOwn = instance.rule.id === rule;
    const isFolded = isNamed || (alarm === undefined && isOwn && this.#folded < FOLDED_MAX);
    if (isFolded) this.#folded++;
    const lane = new Lane(instance, range, isFolded ? this.#buckets : undefined);
    this.#lanes.set(instance, lane);
    return lane;
  }

  finish(): Chart {
    const lanes = [...this.#lanes.values()];
    for (const lane of lanes) lane.finish();
    lanes.sort(byWeight);
    const isNamed = (lane: Lane) => lane.key === this.#options.alarm;
    const drawn = [...lanes.filter(isNamed), ...lanes.filter((lane) => !isNamed(lane))].slice(0, DRAWN_MAX);
    const series = drawn.flatMap((lane) => lane.series(this.#buckets));
    return {
      instances: lanes.filter((lane) => drawn.includes(lane)).map((lane) => lane.told()),
      moreInstances: lanes.length - drawn.length + this.#unseen.size,
      series: series.slice(0, SERIES_MAX),
      moreSeries: Math.max(0, series.length - SERIES_MAX),
    };
  }
}

function byWeight(a: Lane, b: Lane): number {
  const order = b.inAlarmMs - a.inAlarmMs || b.gatheredMs - a.gatheredMs || Number(b.isFolded) - Number(a.isFolded);
  return order || (a.key < b.key ? -1 : 1);
}

/** One alarm over the range. What was before the range began counts from its beginning. */
class Lane {
  readonly #instance: Instance;
  readonly #range: Range;
  readonly #inputs: readonly InputBuckets[];
  readonly #states: ChartStateSpan[] = [];
  readonly #gathering: ChartSpan[] = [];
  #state: AlarmState = 'NORM';
  #priority: Priority = 'low';
  #since: number;
  #gatheringSince: number | undefined;
  #more = 0;
  #hasBeenActive = false;
  inAlarmMs = 0;
  gatheredMs = 0;

  constructor(instance: Instance, range: Range, buckets: Buckets | undefined) {
    this.#instance = instance;
    this.#range = range;
    this.#since = range.from;
    this.#inputs = buckets === undefined ? [] : instance.rule.inputs.map(() => new InputBuckets(buckets));
  }

  get isFolded(): boolean {
    return this.#inputs.length > 0;
  }

  get key(): string {
    return this.#instance.key;
  }

  take(): void {
    const { state, loaded } = this.#instance;
    const at = state.evaluatedAt;
    const { inputs } = loaded.frame;
    for (let i = 0; i < this.#inputs.length; i++) this.#inputs[i]?.look(at, inputs[i]);
    const code = this.#codeAt(at);
    const priority = code === 'NORM' ? this.#priority : priorityOf(this.#instance);
    if (code !== this.#state || priority !== this.#priority) {
      this.#end(at);
      this.#state = code;
      this.#priority = priority;
      this.#since = at;
    }
    const isGathering = isPending(state);
    if (isGathering && this.#gatheringSince === undefined) this.#gatheringSince = at;
    else if (!isGathering && this.#gatheringSince !== undefined) this.#endGathering(at);
  }

  /** What was over before the range began was acknowledged, as far as the picture goes: it would else be RTNUN from end to end. */
  #codeAt(at: number): AlarmState {
    const code = stateCodeOf(this.#instance);
    const { active } = this.#instance.state;
    if (active && at >= this.#range.from) this.#hasBeenActive = true;
    if (active || this.#hasBeenActive) return code;
    return isPending(this.#instance.state) ? 'PENDING' : 'NORM';
  }

  #end(at: number): void {
    const span = this.#within(this.#since, at);
    if (span === undefined || this.#state === 'NORM') return;
    if (this.#state === 'UNACK' || this.#state === 'ACKED') this.inAlarmMs += span.to - span.from;
    if (this.#states.length < SPANS_MAX) this.#states.push({ ...span, state: this.#state, priority: this.#priority });
    else this.#more++;
  }

  #endGathering(at: number): void {
    const span = this.#within(this.#gatheringSince ?? at, at);
    this.#gatheringSince = undefined;
    if (span === undefined) return;
    this.gatheredMs += span.to - span.from;
    if (this.#gathering.length < SPANS_MAX) this.#gathering.push(span);
    else this.#more++;
  }

  #within(since: number, until: number): ChartSpan | undefined {
    const [from, to] = [Math.max(since, this.#range.from), Math.min(until, this.#range.to)];
    return from < to ? { from, to } : undefined;
  }

  finish(): void {
    this.#end(this.#range.to);
    if (this.#gatheringSince !== undefined) this.#endGathering(this.#range.to);
  }

  told(): ChartInstance {
    const { site, area, rule, instance } = this.#instance.alarm;
    return {
      ...{ alarm: this.key, site, area, rule, instance },
      ...{ states: this.#states, gathering: this.#gathering, more: this.#more },
    };
  }

  series({ from, widthMs, count }: Buckets): ChartSeries[] {
    const at = Array.from({ length: count }, (_, i) => from + i * widthMs);
    return this.#inputs.flatMap((buckets, i) => {
      const input = this.#instance.rule.inputs[i];
      const lists = buckets.finish();
      if (input === undefined || !buckets.hasValues) return [];
      const name = this.#instance.slots[i]?.device.name;
      const { name: inputName, metric } = input;
      return [
        {
          ...{ alarm: this.key, input: inputName, metric, unit: this.#unitOf(i), made: madeBy(input), at, ...lists },
          device: name === undefined ? null : `${name.site}/${name.area}/${name.device}`,
        },
      ];
    });
  }

  /** Of its window the unit may be another: a slope is one per time, which no code says. */
  #unitOf(i: number): string | null {
    const { inputs } = this.#instance.rule;
    const slot = this.#instance.slots[i];
    const unit = inputs[i]?.unit ?? slot?.device.model?.metrics.get(slot.metric)?.unit ?? null;
    return inputs[i]?.window === undefined || SAME_UNIT.has(inputs[i]?.window?.fn ?? '') ? unit : null;
  }
}

/** Window functions whose value is of the unit of their samples. */
const SAME_UNIT: ReadonlySet<string> = new Set(['avg', 'min', 'max', 'sum', 'delta', 'stddev']);
