// A window over a series as rules see it: samples in the unit and of the quality that they ask for. One window serves every
// input that asks for the same stretch of the same samples, whatever it makes of them.

import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import type { CompiledWindow } from '../language/compile-rule.ts';
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
  readonly #takes: 'number' | 'flag' | 'any';
  readonly #needsGood: boolean;
  readonly #convert: ((value: number) => number) | undefined;
  /** Instances of one series may be at different moments; a window only goes forward. */
  readonly window: Window;
  readonly key: string;

  constructor(wish: WindowWish, data?: WindowData) {
    const { spec, maxAgeMs, needsGood, convert } = wish;
    const { keeps } = FUNCTIONS[spec.fn];
    this.#takes = keeps === 'number' || keeps === 'flag' ? keeps : 'any';
    this.#needsGood = needsGood;
    this.#convert = convert;
    this.window = new Window({ fn: spec.fn, windowMs: spec.windowMs, perMs: spec.perMs, maxAgeMs }, data);
    this.key = keyOf(wish);
  }

  /** False where the sample tells it nothing new. */
  take(at: number, value: Value | null, quality: Quality): boolean {
    const usable = this.#usable(value, quality);
    return usable === undefined ? false : this.window.add(at, usable);
  }

  save(): WindowData {
    return this.window.save();
  }

  #usable(value: Value | null, quality: Quality): Value | undefined {
    if (value === null || quality === 'bad' || (this.#needsGood && quality !== 'good')) return undefined;
    if (this.#takes === 'any') return value;
    if (this.#takes === 'flag') return typeof value === 'boolean' ? value : undefined;
    if (typeof value !== 'number') return undefined;
    return this.#convert === undefined ? value : this.#convert(value);
  }
}

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
