// A window over a series as rules see it: samples in the unit and of the quality that they ask for. One window serves every
// input that asks for the same stretch of the same samples, whatever it makes of them.

import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import type { CompiledWindow } from '../language/compile-rule.ts';
import type { WindowFunction } from '../language/window-functions.ts';
import type { SeriesState } from './plant.ts';
import { FUNCTIONS } from './windows/functions.ts';
import { Window } from './windows/window.ts';
import type { WindowData } from './windows/window-spec.ts';

export type WindowWish = {
  readonly spec: CompiledWindow;
  readonly maxAgeMs: number;
  readonly needsGood: boolean;
  readonly unit: string | undefined;
  readonly convert: ((value: number) => number) | undefined;
};

export class SeriesWindow {
  readonly key: string;
  readonly #window: Window;
  readonly #wish: WindowWish;
  #now = Number.NEGATIVE_INFINITY;

  constructor(wish: WindowWish, data?: WindowData) {
    const { spec, maxAgeMs } = wish;
    this.key = keyOf(wish);
    this.#wish = wish;
    this.#window = new Window({ fn: spec.fn, windowMs: spec.windowMs, perMs: spec.perMs, maxAgeMs }, data);
  }

  /** False where the sample tells it nothing new. */
  take(at: number, value: Value | null, quality: Quality): boolean {
    const usable = this.#usable(value, quality);
    if (usable === undefined) return false;
    if (at > this.#now) this.#now = at;
    return this.#window.add(at, usable);
  }

  /** Instances of one series may be at different moments; a window only goes forward. */
  advance(at: number): void {
    if (at <= this.#now) return;
    this.#now = at;
    this.#window.advance(at);
  }

  get window(): Window {
    return this.#window;
  }

  /** What window.value() takes to give what the spec asks for. */
  read({ fn, perMs }: CompiledWindow): number {
    return this.#window.read(fn, perMs);
  }

  save(): WindowData {
    return this.#window.save();
  }

  #usable(value: Value | null, quality: Quality): Value | undefined {
    const { spec, needsGood, convert } = this.#wish;
    if (value === null || quality === 'bad' || (needsGood && quality !== 'good')) return undefined;
    if (ANY_TYPE.has(spec.fn)) return value;
    if (spec.fn === 'timeIn') return typeof value === 'boolean' ? value : undefined;
    if (typeof value !== 'number') return undefined;
    return convert === undefined ? value : convert(value);
  }
}

const ANY_TYPE: ReadonlySet<WindowFunction> = new Set<WindowFunction>(['count', 'changes']);

function keyOf({ spec, maxAgeMs, needsGood, unit }: WindowWish): string {
  const { keeps } = FUNCTIONS[spec.fn];
  return `${keeps === 'number' ? keeps : spec.fn} ${spec.windowMs} ${maxAgeMs} ${needsGood ? 'good' : 'any'} ${unit ?? ''}`;
}

/** The window of a series that fits the wish; made, and filled with the newest sample, where it is the first to ask. */
export function windowOf(series: SeriesState, wish: WindowWish): SeriesWindow {
  const key = keyOf(wish);
  const known = series.windows.find((each) => each.key === key);
  if (known !== undefined) return known;
  const saved = series.savedWindows?.[key];
  const made = new SeriesWindow(wish, saved);
  if (saved === undefined && series.at !== Number.NEGATIVE_INFINITY) made.take(series.at, series.value, series.quality);
  series.windows = [...series.windows, made];
  return made;
}
