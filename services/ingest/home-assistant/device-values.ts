// The newest value of each metric of one device, as `latest/v1/{site}/{area}/{device}` has them:
// {"temperature":{"value":81.2,"quality":0,"at":1795355425172}}. A value that is late in any way changes nothing. One that has not
// come for so long that it no longer stands for the plant becomes bad, so that what is retained does not look alive either.

import { isMetricName } from '#domain/name.ts';
import { isPlainObject } from '#domain/plain-object.ts';
import type { Point, Value } from '#domain/point.ts';
import { decodeQuality, encodeQuality, type Quality } from '#domain/quality.ts';
import type { MetricModel } from '#runtime/plant-files.ts';

type Newest = {
  value: Value | null;
  quality: Quality;
  /** When it was measured, and when it came, ms since the epoch. */
  at: number;
  seenAt: number;
  /** Of the first value that it had; null while it had none. */
  type: MetricModel['type'] | null;
};

/** `first` of its metric; `replaced`: in the place of one that nobody was told. */
export type Taken = 'first' | 'newer' | 'replaced' | 'older' | 'no room';

export class DeviceValues {
  readonly #newest = new Map<string, Newest>();
  readonly #metricsMax: number;
  /** How long a value stands for the plant, ms, by metric. */
  #ages: ReadonlyMap<string, number> = new Map();
  /** Metrics that have changed since all was told. */
  readonly #untold = new Set<string>();

  constructor(metricsMax: number) {
    this.#metricsMax = metricsMax;
  }

  get size(): number {
    return this.#newest.size;
  }

  /** When the newest of all was measured; -Infinity where there is none. */
  get newestAt(): number {
    return Math.max(...Array.from(this.#newest.values(), ({ at }) => at));
  }

  /** Types by metric, of those that have had a value. */
  get types(): ReadonlyMap<string, MetricModel['type']> {
    return new Map(Array.from(this.#newest).flatMap(([metric, { type }]) => (type === null ? [] : [[metric, type]])));
  }

  take(metric: string, point: Pick<Point, 'value' | 'quality' | 'measuredAt'>, now: number): Taken {
    const known = this.#newest.get(metric);
    if (known === undefined && this.#newest.size >= this.#metricsMax) return 'no room';
    const { value, quality, measuredAt: at } = point;
    if (known !== undefined && at < known.at) return 'older';
    const isUntold = this.#untold.has(metric);
    this.#untold.add(metric);
    const type = known?.type ?? typeOf(value);
    this.#newest.set(metric, { value, quality, at, seenAt: now, type });
    if (known?.type !== type) return 'first';
    return isUntold ? 'replaced' : 'newer';
  }

  /** What was told of the device in a life of ours before; what is known by now goes before it. */
  restore(payload: Buffer, now: number): void {
    for (const [metric, told] of Object.entries(parsed(payload))) {
      const read = isMetricName(metric) ? newestOf(told) : undefined;
      const known = this.#newest.get(metric);
      if (read === undefined || (known !== undefined && known.at >= read.at)) continue;
      if (known === undefined && this.#newest.size >= this.#metricsMax) continue;
      // Silence before our start was ours.
      this.#newest.set(metric, { ...read, seenAt: now });
    }
    // What is told next may be other than what was.
    if (this.text() !== payload.toString()) this.tellAll();
  }

  /** How long values of which metric stand for the plant, and which metrics there may be. */
  learn(ages: ReadonlyMap<string, number>, has: (metric: string) => boolean): void {
    this.#ages = ages;
    for (const metric of [...this.#newest.keys()].filter((each) => !has(each))) {
      this.#newest.delete(metric);
      this.#untold.add(metric);
    }
  }

  /** Values that are too old become bad. */
  expire(now: number): void {
    for (const [metric, ageMs] of this.#ages) {
      const newest = this.#newest.get(metric);
      if (newest === undefined || newest.quality === 'bad' || now - newest.seenAt <= ageMs) continue;
      newest.quality = 'bad';
      this.#untold.add(metric);
    }
  }

  get hasNews(): boolean {
    return this.#untold.size > 0;
  }

  tellAll(): void {
    for (const metric of this.#newest.keys()) this.#untold.add(metric);
  }

  /** All of them, to be told now. */
  tell(): string {
    this.#untold.clear();
    return this.text();
  }

  text(): string {
    const entries = Array.from(this.#newest, ([metric, { value, quality, at, type }]) => [
      metric,
      // Of what has no value now, the next life knows by it what it was.
      { value, quality: encodeQuality(quality), at, ...(value === null && type !== null ? { type } : {}) },
    ]);
    return JSON.stringify(Object.fromEntries(entries));
  }
}

function typeOf(value: unknown): MetricModel['type'] | null {
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' || typeof value === 'boolean' ? (typeof value as 'number' | 'boolean') : null;
}

const TYPES = ['number', 'boolean', 'text'] as const;

function parsed(payload: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(payload.toString());
    return isPlainObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** undefined where it is nothing of ours. */
function newestOf(told: unknown): Omit<Newest, 'seenAt'> | undefined {
  if (!isPlainObject(told) || !Number.isSafeInteger(told.at)) return undefined;
  const { value } = told;
  const quality = decodeQuality(Number(told.quality));
  const type = typeOf(value) ?? TYPES.find((each) => value === null && each === told.type) ?? null;
  if (quality === undefined || (type === null && value !== null)) return undefined;
  return { value: value as Value | null, quality, at: told.at as number, type };
}
