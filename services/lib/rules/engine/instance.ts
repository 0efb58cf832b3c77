// One alarm instance: a rule applied to one group of devices. Holds which series feed its inputs; its state is plain data
// (state.ts), evaluate.ts moves it. It is lean on purpose: a plant has very many, and nearly all of them are idle.

import type { InputSnapshot, UnknownReason } from '#domain/alarm.ts';
import type { Value } from '#domain/point.ts';
import type { AlarmName } from '#domain/topic.ts';
import { converter } from '#rules/language/units.ts';
import { maxAgeOf } from '#runtime/plant-files.ts';
import type { CompiledRule, CompiledWindow } from '../language/compile-rule.ts';
import type { Frame } from '../language/expression.ts';
import { isUnknown, type Operand, UNKNOWN } from '../language/operand.ts';
import { splitGroup } from './group-name.ts';
import type { LoadedRule } from './loaded-rule.ts';
import { type AreaState, type DeviceState, momentsOf, type SeriesState } from './plant.ts';
import type { Shown } from './present.ts';
import { type SeriesWindow, windowOf } from './series-window.ts';
import { type InstanceState, newInstanceState } from './state.ts';
import { showTimers } from './timers.ts';
import type { Window } from './windows/window.ts';

/** A device's transport may lag this much (the lateness that rules allow) before its deadlines wait no longer for it. */
const LAG_MS_MAX = 10_000;

/**
 * How a slot is looked at that is not a plain last value of the series' own unit. What a window is asked at every sample
 * stands here too, so that rule and series need not be gone to for it.
 */
type SlotView = {
  readonly series: SeriesWindow | undefined;
  readonly window: Window | undefined;
  /** What is asked of the window. */
  readonly wanted: CompiledWindow | undefined;
  readonly samplesMin: number;
  readonly coverageMin: number;
  readonly isOnChange: boolean;
  readonly convert: ((value: number) => number) | undefined;
  /** The model's unit does not convert to the unit that the rule asks for. */
  readonly isUnitWrong: boolean;
};

const NO_VIEWS: (SlotView | undefined)[] = [];

export class Instance {
  // What every sample asks for comes first: it lies together in memory.
  readonly loaded: LoadedRule;
  state: InstanceState;
  readonly slots: (SeriesState | null)[];
  #views: (SlotView | undefined)[] = NO_VIEWS;
  /** The rule's, shared, while no model says otherwise. */
  maxAgeMs: readonly number[];
  dueAt = Number.POSITIVE_INFINITY;
  queuedAt = Number.POSITIVE_INFINITY;
  /** How far the newest sample's arrival was behind its event time: clock deadlines wait as long, so that a device
   *  whose clock or transport lags is not judged before its next sample could have come. */
  lagMs = 0;
  /** Time of which nothing is known, in event time: after a restart. undefined: none. */
  gap: { readonly from: number; readonly to: number } | undefined;
  /** What was last shown of it, to show again only what changed; null where nothing is. */
  shown: Shown | null = null;
  isDirty = false;
  startedAt: number;
  /** `rule/site/area/instance`. */
  readonly key: string;
  readonly name: string;
  readonly area: AreaState;

  constructor(
    loaded: LoadedRule,
    key: string,
    parts: { readonly name: string; readonly area: AreaState; readonly at: number },
  ) {
    this.loaded = loaded;
    this.key = key;
    this.name = parts.name;
    this.area = parts.area;
    this.startedAt = parts.at;
    this.slots = loaded.rule.inputs.map(() => null);
    this.maxAgeMs = loaded.maxAgeMs;
    this.state = newInstanceState(loaded.rule, parts.at);
  }

  get rule(): CompiledRule {
    return this.loaded.rule;
  }

  /** Values of the rule's groupBy, in its order. */
  get group(): readonly string[] {
    return splitGroup(this.name, this.rule.groupBy.length);
  }

  /** The windows that it looks through. */
  get windows(): readonly SeriesWindow[] {
    return this.#views.flatMap((each) => each?.series ?? []);
  }

  get alarm(): AlarmName {
    return { site: this.area.site, area: this.area.area, rule: this.rule.id, instance: this.name };
  }

  /** Feeds an input from a series. False where another series feeds it already: the group is then ambiguous. */
  bind(input: number, series: SeriesState): boolean {
    const bound = this.slots[input];
    if (bound !== null && bound !== undefined && bound !== series) return false;
    this.slots[input] = series;
    const spec = this.rule.inputs[input];
    if (spec === undefined) return false;
    const model = series.device.model?.metrics.get(series.metric);
    const maxAgeMs = spec.maxAgeMs ?? maxAgeOf(model);
    if (maxAgeMs !== this.maxAgeMs[input]) this.maxAgeMs = this.maxAgeMs.with(input, maxAgeMs);
    const isConverted = spec.unit !== undefined && model?.unit !== undefined && model.unit !== spec.unit;
    const convert = isConverted ? converter(model.unit ?? '', spec.unit ?? '') : undefined;
    const isUnitWrong = isConverted && convert === undefined;
    const { window: wanted, needsGood, unit } = spec;
    if (wanted === undefined && !isConverted) {
      this.#view(input, undefined);
      return true;
    }
    const wish = wanted && { spec: wanted, maxAgeMs, needsGood, unit: isConverted ? unit : undefined, convert };
    const seriesWindow = wish && windowOf(series, wish);
    this.#view(input, {
      series: seriesWindow,
      window: seriesWindow?.window,
      wanted,
      // The time spent in a state is known from the sample before the window, too.
      samplesMin: wanted === undefined || wanted.fn === 'timeIn' ? 0 : wanted.minSamples,
      coverageMin: wanted?.minCoverage ?? 0,
      isOnChange: spec.isOnChange,
      ...{ convert, isUnitWrong },
    });
    return true;
  }

  #view(input: number, view: SlotView | undefined): void {
    if (view === undefined && this.#views.length === 0) return;
    if (this.#views === NO_VIEWS) this.#views = this.slots.map(() => undefined);
    this.#views[input] = view;
  }

  unbind(series: SeriesState): void {
    for (const [i, slot] of this.slots.entries()) if (slot === series) this.slots[i] = null;
  }

  noteLag(receivedAt: number, measuredAt: number): void {
    this.lagMs = Math.min(LAG_MS_MAX, Math.max(0, receivedAt - measuredAt));
  }

  /** Brings the rule's frame to this instance and a moment: which inputs are known then, and with what value. */
  lookAt(at: number): Frame {
    const { loaded, slots, state } = this;
    const { frame, needsKnownAt } = loaded;
    frame.instance = this;
    frame.at = at;
    frame.params = loaded.params;
    for (let i = 0; i < slots.length; i++) {
      frame.trends[i] = 0;
      const sampledAt = slots[i]?.at ?? Number.NEGATIVE_INFINITY;
      const isFresh = (slots[i]?.goodAt ?? Number.NEGATIVE_INFINITY) >= frame.freshFrom;
      frame.inputs[i] = isFresh ? this.#valueAt(i, at) : this.#valueAfterSkip(i, at);
      frame.sampledAt[i] = frame.agesFrom(sampledAt === Number.NEGATIVE_INFINITY ? this.startedAt : sampledAt);
      if (needsKnownAt) frame.knownAt[i] = frame.agesFrom(this.#knownAt(i, at));
    }
    if (needsKnownAt) frame.maxAgeMs = this.maxAgeMs;
    if (loaded.hasSourced) this.#readParams();
    if (state.timers.length > 0) showTimers(this);
    frame.isRaised = state.raisedBecause !== null;
    frame.raisedBecause = state.raisedBecause ?? '';
    frame.raisedAs = state.raisedAs ?? null;
    return frame;
  }

  #valueAt(i: number, at: number): Operand {
    const slot = this.slots[i];
    if (slot === null || slot === undefined || slot.at === Number.NEGATIVE_INFINITY) return UNKNOWN.NEVER;
    const view = this.#views[i];
    if (view?.window !== undefined) return this.#windowValue(i, { at, slot, view, window: view.window });
    const spec = this.loaded.inputs[i];
    if (slot.value === null || slot.quality === 'bad' || (slot.quality !== 'good' && spec?.needsGood === true))
      return UNKNOWN.BAD;
    if (spec?.isOnChange === true) {
      if (slot.device.online === false) return UNKNOWN.STALE;
    } else if (at - slot.at > (this.maxAgeMs[i] ?? 0)) return UNKNOWN.STALE;
    return view === undefined ? slot.value : this.worthOf(i, slot.value);
  }

  /** After a time of which nothing is known, only what is sent on a change still is what it was. */
  #valueAfterSkip(i: number, at: number): Operand {
    const value = this.#valueAt(i, at);
    return isUnknown(value) || this.loaded.inputs[i]?.isOnChange === true ? value : UNKNOWN.STALE;
  }

  /** A value of the input's series in the unit that the rule asks for. */
  worthOf(i: number, value: Value): Operand {
    const view = this.#views[i];
    if (view === undefined || typeof value !== 'number') return value;
    if (view.isUnitWrong) return UNKNOWN.UNIT;
    return view.convert === undefined ? value : view.convert(value);
  }

  #windowValue(
    i: number,
    { at, slot, view, window }: { at: number; slot: SeriesState; view: SlotView; window: Window },
  ): Operand {
    if (view.isUnitWrong) return UNKNOWN.UNIT;
    if (view.isOnChange) {
      if (slot.device.online === false) return UNKNOWN.STALE;
    } else if (slot.goodAt === Number.NEGATIVE_INFINITY) return UNKNOWN.BAD;
    else if (at - slot.goodAt > (this.maxAgeMs[i] ?? 0)) return UNKNOWN.STALE;
    window.advance(at);
    this.loaded.frame.trends[i] = window.trend();
    if (window.count < view.samplesMin) return UNKNOWN.INSUFFICIENT;
    if (view.coverageMin > 0 && window.coverage() < view.coverageMin) return UNKNOWN.INSUFFICIENT;
    return window.value(view.wanted) ?? UNKNOWN.INSUFFICIENT;
  }

  /** When the input was last known: for silence. What is sent only when it changes falls silent with its device. */
  #knownAt(i: number, at: number): number {
    const slot = this.slots[i];
    const spec = this.loaded.inputs[i];
    if (slot === null || slot === undefined || spec === undefined) return this.startedAt;
    const { wants, needsGood } = spec;
    const { goodAt, certainAt } = wants === undefined ? slot : momentsOf(slot, wants);
    const knownAt = needsGood ? certainAt : goodAt;
    if (knownAt === Number.NEGATIVE_INFINITY) return this.startedAt;
    if (!spec.isOnChange) return knownAt;
    // What has come since is of a type of which nothing can be said.
    if (wants !== undefined && slot.goodType !== wants) return knownAt;
    // An uncertain value that came after it, or none at all, is as little known while its device is online.
    if (spec.needsGood && slot.quality !== 'good') return knownAt;
    return slot.device.online === false ? Math.max(slot.device.offlineAt, knownAt) : at;
  }

  #readParams(): void {
    for (const { index, param } of this.loaded.sourced) {
      const { source, value } = param;
      let own: Operand | undefined;
      for (const device of this.devices()) {
        own ??= source?.from === 'config' ? ownLimit(device.config, source.key, value) : undefined;
        const label = source?.from === 'labels' ? device.attributes.get(source.key) : undefined;
        own ??= label === undefined ? undefined : ownLimit({ label: asTypeOf(value, label) }, 'label', value);
      }
      this.loaded.params[index] = own ?? value;
    }
  }

  /** The devices that feed it, each once per input. */
  *devices(): Iterable<DeviceState> {
    for (const slot of this.slots) if (slot !== null) yield slot.device;
  }

  /** Earliest moment after `at` at which a known input becomes stale or a sample leaves a window; Infinity where none does. */
  changesAt(at: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    const { slots } = this;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      if (slot === null || slot === undefined) continue;
      const view = this.#views[i];
      const window = view?.window;
      if (window !== undefined) {
        // Just after the edge: where a sample comes at the edge itself, one look serves both.
        const edge = window.nextEdge() + 1;
        if (edge > at && edge < earliest) earliest = edge;
      }
      if (view?.isOnChange ?? this.loaded.inputs[i]?.isOnChange === true) continue;
      const staleAt = (window === undefined ? slot.at : slot.goodAt) + (this.maxAgeMs[i] ?? 0) + 1;
      if (staleAt > at && staleAt < earliest) earliest = staleAt;
    }
    return earliest;
  }

  /** Whether the newest samples of the known periodic inputs lie close enough together to be compared. */
  isAligned(): boolean {
    const withinMs = this.rule.alignWithinMs;
    if (withinMs === undefined) return true;
    const { frame } = this.loaded;
    let [oldest, newest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < this.slots.length; i++) {
      if (this.rule.inputs[i]?.isOnChange === true || isUnknown(frame.inputs[i] ?? UNKNOWN.NEVER)) continue;
      const at = frame.sampledAt[i] ?? 0;
      oldest = Math.min(oldest, at);
      newest = Math.max(newest, at);
    }
    return newest - oldest <= withinMs;
  }

  /** Of a rule that was stopped there is none: to look may be what made it throw. */
  snapshot(at: number): { readonly [name: string]: InputSnapshot } {
    if (this.loaded.isolatedBecause !== undefined) return {};
    const frame = this.lookAt(at);
    return Object.fromEntries(
      this.rule.inputs.map((input, i) => {
        const value = frame.inputs[i] ?? UNKNOWN.NEVER;
        const sampledAt = this.slots[i]?.at ?? Number.NEGATIVE_INFINITY;
        return [
          input.name,
          {
            metric: input.metric,
            value: isUnknown(value) ? null : value,
            quality: isUnknown(value) ? (value.unknown as UnknownReason) : 'GOOD',
            ageMs: sampledAt === Number.NEGATIVE_INFINITY ? null : at - sampledAt,
            ...(input.unit === undefined ? {} : { unit: input.unit }),
          },
        ];
      }),
    );
  }

  /** What a label of the alarm is: of its group, else of where it is, else of its devices, else of its rule. */
  label(name: string): string | undefined {
    const index = this.rule.groupBy.indexOf(name);
    if (index !== -1) return this.group[index];
    if (name === 'site') return this.area.site;
    if (name === 'area') return this.area.area;
    for (const device of this.devices()) {
      const value = device.attributes.get(name);
      if (value !== undefined) return value;
    }
    return Object.hasOwn(this.rule.labels, name) ? this.rule.labels[name] : undefined;
  }
}

/** A device's own limit, where it has one of the right type. */
function ownLimit(own: { readonly [key: string]: Operand }, key: string, fallback: Operand): Operand | undefined {
  const value = Object.hasOwn(own, key) ? own[key] : undefined;
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  return typeof value === typeof fallback ? value : undefined;
}

function asTypeOf(value: number | boolean | string, text: string): Operand {
  if (typeof value === 'number') return text.trim() === '' || !Number.isFinite(Number(text)) ? text : Number(text);
  if (typeof value === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
