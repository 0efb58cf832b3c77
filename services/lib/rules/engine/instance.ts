// One alarm instance: a rule applied to one group of devices. Holds which series feed its inputs and the frame that the
// rule's expressions see; its state is plain data (state.ts), and evaluate.ts moves it.

import type { InputSnapshot, UnknownReason } from '#domain/alarm.ts';
import type { AlarmName } from '#domain/topic.ts';
import { maxAgeOf } from '#runtime/plant-files.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { Frame } from '../language/expression.ts';
import { isUnknown, type Operand, UNKNOWN } from '../language/operand.ts';
import type { AreaState, SeriesState } from './plant.ts';
import { type InstanceState, newInstanceState, type SeenSample } from './state.ts';

/** A device's transport may lag this much (the lateness that rules allow) before its deadlines wait no longer for it. */
const LAG_MS_MAX = 10_000;

type MutableFrame = { -readonly [K in keyof Frame]: Frame[K] } & { inputs: Operand[]; sampledAt: number[] };

export class Instance {
  readonly rule: CompiledRule;
  readonly alarm: AlarmName;
  readonly area: AreaState;
  /** Values of the rule's groupBy, by label. */
  readonly group: ReadonlyMap<string, string>;
  readonly startedAt: number;
  readonly slots: (SeriesState | null)[];
  readonly state: InstanceState;
  readonly #maxAges: (number | undefined)[];
  readonly #frame: MutableFrame;
  /** How far the newest sample's arrival was behind its event time: clock deadlines wait as long, so that a device
   *  whose clock or transport lags is not judged before its next sample could have come. */
  lagMs = 0;
  /** Quality and state as last published, to publish again only what changed. */
  published = '';

  constructor(
    rule: CompiledRule,
    alarm: AlarmName,
    parts: { area: AreaState; group: ReadonlyMap<string, string>; at: number },
  ) {
    this.rule = rule;
    this.alarm = alarm;
    this.area = parts.area;
    this.group = parts.group;
    this.startedAt = parts.at;
    this.slots = rule.inputs.map(() => null);
    this.#maxAges = rule.inputs.map((input) => input.maxAgeMs);
    this.state = newInstanceState(parts.at);
    this.#frame = {
      at: parts.at,
      inputs: rule.inputs.map(() => UNKNOWN.NEVER),
      sampledAt: rule.inputs.map(() => parts.at),
      params: rule.params.map(({ value }) => value),
      online: (input) => this.slots[input]?.device.online ?? UNKNOWN.STATE,
      plantState: (name) => this.area.plantStates.get(name) ?? UNKNOWN.STATE,
    };
  }

  get frame(): Frame {
    return this.#frame;
  }

  /** Feeds an input from a series. False where another series feeds it already: the group is then ambiguous. */
  bind(input: number, series: SeriesState): boolean {
    const bound = this.slots[input];
    if (bound !== null && bound !== undefined && bound !== series) return false;
    this.slots[input] = series;
    const seen = this.#seen(input);
    if (seen?.device === series.device.name.device) series.countedUntil = Math.max(series.countedUntil, seen.at);
    this.#maxAges[input] =
      this.rule.inputs[input]?.maxAgeMs ?? maxAgeOf(series.device.model?.metrics.get(series.metric));
    return true;
  }

  unbind(series: SeriesState): void {
    for (const [i, slot] of this.slots.entries()) if (slot === series) this.slots[i] = null;
  }

  noteLag(receivedAt: number, measuredAt: number): void {
    this.lagMs = Math.min(LAG_MS_MAX, Math.max(0, receivedAt - measuredAt));
  }

  /** Brings the frame to a moment: which inputs are known then, and with what value. */
  lookAt(at: number): Frame {
    const frame = this.#frame;
    frame.at = at;
    for (let i = 0; i < this.slots.length; i++) {
      frame.inputs[i] = this.#valueAt(i, at);
      frame.sampledAt[i] = this.slots[i]?.last?.measuredAt ?? this.#seen(i)?.at ?? this.startedAt;
    }
    return frame;
  }

  /** Earliest moment after `at` at which a known input becomes stale; Infinity where none does. */
  staleAt(at: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.slots.length; i++) {
      const last = this.slots[i]?.last;
      if (last === null || last === undefined || this.#isHeldWhileOnline(i)) continue;
      const staleAt = last.measuredAt + this.#maxAgeOf(i) + 1;
      if (staleAt > at && staleAt < earliest) earliest = staleAt;
    }
    return earliest;
  }

  snapshot(at: number): { readonly [name: string]: InputSnapshot } {
    const frame = this.lookAt(at);
    return Object.fromEntries(
      this.rule.inputs.map((input, i) => {
        const value = frame.inputs[i] ?? UNKNOWN.NEVER;
        const last = this.slots[i]?.last;
        const known = isUnknown(value) ? null : value;
        return [
          input.name,
          {
            metric: input.metric,
            value: known,
            quality: isUnknown(value) ? (value.unknown as UnknownReason) : 'GOOD',
            ageMs: last === null || last === undefined ? null : at - last.measuredAt,
            ...(input.unit === undefined ? {} : { unit: input.unit }),
          },
        ];
      }),
    );
  }

  /** Notes in the state which samples have counted, before it is written down. */
  noteSeen(): void {
    for (const [i, slot] of this.slots.entries()) {
      const name = this.rule.inputs[i]?.name;
      if (name === undefined || slot === null || slot.last === null) continue;
      this.state.seen[name] = { device: slot.device.name.device, at: slot.last.measuredAt };
    }
  }

  #seen(i: number): SeenSample | undefined {
    const name = this.rule.inputs[i]?.name;
    return name !== undefined && Object.hasOwn(this.state.seen, name) ? this.state.seen[name] : undefined;
  }

  #valueAt(i: number, at: number): Operand {
    const slot = this.slots[i];
    const last = slot?.last;
    if (last === null || last === undefined) return UNKNOWN.NEVER;
    if (last.quality === 'bad' || last.value === null) return UNKNOWN.BAD;
    if (this.rule.inputs[i]?.isOnChange === true) return slot?.device.online === false ? UNKNOWN.STALE : last.value;
    return at - last.measuredAt > this.#maxAgeOf(i) ? UNKNOWN.STALE : last.value;
  }

  #isHeldWhileOnline(i: number): boolean {
    return this.rule.inputs[i]?.isOnChange === true;
  }

  #maxAgeOf(i: number): number {
    return this.#maxAges[i] ?? maxAgeOf(undefined);
  }
}
