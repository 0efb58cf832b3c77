// One sliding window over one series: the half-open interval (now - windowMs, now], and what functions make of the samples in
// it. Functions that keep the same of a sample read the same window: their samples are kept once. Pure: time is an argument.
// The same samples and the same `now` give the same value to the last bit, in whatever order the samples came and however
// often the window was saved and restored in between.
// It does not decide whether a value is good enough (minSamples, minCoverage), nor what lateness is allowed: its owner does.

import type { Value } from '#domain/point.ts';
import { COVERAGE, FUNCTIONS, KEEPING } from './functions.ts';
import type { FunctionRow, Gauge } from './gauge.ts';
import type { HeldTime } from './held-time.ts';
import { Samples } from './samples.ts';
import type { WindowData, WindowSpec } from './window-spec.ts';

export type { WindowData, WindowSpec };

/** 16 MB; eleven days at one sample per second. A full window drops its oldest samples and counts them as discards. */
export const WINDOW_SAMPLES_MAX = 1_000_000;

/** Dropped at once, because what is folded has to be folded anew: under 10 ms, for one in 62,500 samples. */
const DISCARDED_AT_ONCE = WINDOW_SAMPLES_MAX / 16;

type OpenGauge = { readonly row: FunctionRow; readonly gauge: Gauge };

const NO_GAUGES: OpenGauge[] = [];

export class Window {
  readonly #spec: WindowSpec;
  readonly #samples: Samples;
  /** Of functions that need one, once they have been asked for. */
  #gauges = NO_GAUGES;
  #now = Number.NEGATIVE_INFINITY;
  #discards = 0;

  constructor(spec: WindowSpec, data?: WindowData) {
    this.#spec = spec;
    this.#samples = new Samples(KEEPING[FUNCTIONS[spec.fn].keeps].holds);
    if (data !== undefined) this.#restore(data);
  }

  /** Samples in the window. */
  get count(): number {
    return this.#samples.count;
  }

  /** Samples that were dropped before their time, because the window was full: its value then misses them. */
  get discards(): number {
    return this.#discards;
  }

  /**
   * A sample; one at the moment of another replaces it. Moves `now` on where it is newer; where it is late, everything is as if it
   * had come in order. False where it tells nothing new: it is there already, or too old to matter.
   */
  add(at: number, value: Value): boolean {
    const kept = this.#encoded(at, value);
    if (at > this.#samples.newestAt) this.#append(at, kept);
    else if (at > Math.max(this.#samples.leftAt, this.#now - this.#spec.windowMs)) return this.#place(at, kept);
    else return this.#setLeft(at, kept);
    return true;
  }

  /** Moves the window's right edge to `now`; what is older than the window leaves. */
  advance(now: number): void {
    if (now > this.#now) this.#now = now;
    const edge = this.#now - this.#spec.windowMs;
    if (this.#samples.count > 0 && this.#samples.newestAt <= edge) this.#dropAll();
    while (this.#samples.oldestAt <= edge) this.#drop();
  }

  /**
   * At the latest of the moments that were given; undefined where the samples are too few or the result is no finite number.
   * Another function than the window's own must keep the same of a sample.
   */
  value({ fn, perMs }: Pick<WindowSpec, 'fn' | 'perMs'> = this.#spec): number | undefined {
    const row: FunctionRow = FUNCTIONS[fn];
    const { count } = this.#samples;
    if (count < row.samplesMin) return undefined;
    const value = count <= row.readsMax ? this.#read(row, perMs) : this.#gaugeOf(row).value(this.#now, perMs);
    return Number.isFinite(value) ? value : undefined;
  }

  /** The share of the window, 0 to 1, for which a sample was held. */
  coverage(): number {
    return this.#gaugeOf(COVERAGE).value(this.#now, 0) ?? 0;
  }

  /** When the oldest sample leaves; Infinity where there is none. */
  nextEdge(): number {
    return this.#samples.oldestAt + this.#spec.windowMs;
  }

  /** Whether value() grows, falls or stands still with time alone, until nextTurn(). Only timeIn ever does. */
  trend(): -1 | 0 | 1 {
    return this.#ownHeld()?.trend(this.#now) ?? 0;
  }

  /** When value() may take another course though nothing arrives: at the next edge, for timeIn also when a sample gets too old. */
  nextTurn(): number {
    return this.#ownHeld()?.nextTurn(this.#now) ?? this.nextEdge();
  }

  save(): WindowData {
    const { first, end, leftAt, leftValue } = this.#samples;
    const indexes = Array.from({ length: end - first }, (_, i) => first + i);
    const timeOf = (index: number) => this.#samples.timeOf(index);
    return {
      now: this.#now === Number.NEGATIVE_INFINITY ? null : this.#now,
      left: leftAt === Number.NEGATIVE_INFINITY ? null : [leftAt, leftValue],
      gaps: indexes.map((index) => (index === first ? timeOf(index) : timeOf(index) - timeOf(index - 1))),
      values: FUNCTIONS[this.#spec.fn].keeps === 'nothing' ? [] : indexes.map((index) => this.#samples.valueOf(index)),
      discards: this.#discards,
    };
  }

  #restore({ now, left, gaps, values, discards }: WindowData): void {
    if (left !== null) this.#samples.setLeft(...left);
    let at = 0;
    for (const [i, gap] of gaps.entries()) {
      at += gap;
      this.#append(at, values[i] ?? 0);
    }
    this.#discards = discards;
    if (now !== null) this.advance(now);
  }

  #encoded(at: number, value: Value): Value {
    const kept = KEEPING[FUNCTIONS[this.#spec.fn].keeps].encode(value);
    if (kept === undefined || !Number.isFinite(at))
      throw new TypeError(`A window of '${this.#spec.fn}' cannot take ${typeof value} ${value} at ${at}`);
    return kept;
  }

  #append(at: number, kept: Value): void {
    this.#samples.push(at, kept);
    for (const { gauge } of this.#gauges) gauge.joined();
    this.advance(at);
    this.#keepBounded();
  }

  /** At or before the window's left edge: only the newest of those is held into it. */
  #setLeft(at: number, kept: Value): boolean {
    const { leftAt, leftValue } = this.#samples;
    if (at < leftAt || (at === leftAt && leftValue === kept)) return false;
    this.#samples.setLeft(at, kept);
    return true;
  }

  /** Between the window's samples, or in the place of one of them. */
  #place(at: number, kept: Value): boolean {
    const samples = this.#samples;
    const index = samples.indexAt(at);
    const isNew = samples.timeOf(index) !== at;
    if (!isNew && samples.valueOf(index) === kept) return false;
    for (const { gauge } of this.#gauges) gauge.parting(index - 1, isNew ? index - 1 : index);
    if (isNew) samples.insert(index, at, kept);
    else samples.replace(index, kept);
    for (const { gauge } of this.#gauges) gauge.paired(index - 1, index);
    this.#keepBounded();
    return true;
  }

  #drop(): void {
    for (const { gauge } of this.#gauges) gauge.leaving();
    this.#samples.dropOldest();
  }

  #dropAll(): void {
    this.#gauges = NO_GAUGES;
    this.#samples.dropAll();
  }

  #read(row: FunctionRow, perMs: number): number | undefined {
    // Half as many, so that a window on the brink does not open its gauge again and again.
    if (this.#gauges.length > 0 && this.#samples.count < row.readsMax / 2)
      this.#gauges = this.#gauges.filter((each) => each.row !== row);
    return row.read(this.#samples, perMs);
  }

  #gaugeOf(row: FunctionRow): Gauge {
    const known = this.#gauges.find((each) => each.row === row);
    if (known !== undefined) return known.gauge;
    const gauge = row.open(this.#samples, this.#spec);
    this.#gauges = [...this.#gauges, { row, gauge }];
    return gauge;
  }

  #ownHeld(): HeldTime | undefined {
    const row: FunctionRow = FUNCTIONS[this.#spec.fn];
    return row.readsMax < 0 ? this.#gaugeOf(row).held : undefined;
  }

  #keepBounded(): void {
    if (this.#samples.count <= WINDOW_SAMPLES_MAX) return;
    for (let i = 0; i < DISCARDED_AT_ONCE; i++) this.#drop();
    this.#discards += DISCARDED_AT_ONCE;
  }
}
