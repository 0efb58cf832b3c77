// All series that are thinned, and what is kept of each. What it decides by comes in the order of the journal and stands there:
// points, plans (which metrics of a device are thinned, and how) and ticks. So it is a function of the journal, and a life that
// begins anew from a snapshot decides what the one before it has decided. A batch of a shard without thinned series is not
// looked into.

import { decodeBatch, SeriesTable } from '#domain/batch.ts';
import { decodeQuality, encodeQuality } from '#domain/quality.ts';
import { makeSeries, type Series } from '#domain/series.ts';
import { SHARD_COUNT, shardOf } from '#domain/shard.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { Thinning } from '#runtime/thinning-model.ts';
import type { NewEntry } from '../journal.ts';
import { type Arrival, follow, isDue, lapse, type Trail } from './trail.ts';

/** What is thinned of a device from its place in the journal on; no metrics: nothing. */
export type Plan = DeviceName & {
  readonly model: string | null;
  readonly metrics: { readonly [metric: string]: Thinning };
};

type SavedTrail = readonly [
  ...kept: readonly [at: number, value: Trail['value'], quality: number, since: number],
  ...held: readonly [] | readonly [at: number, value: Trail['value'], line: string, lower: number, upper: number],
];
/** Plans, each with the trails of its metrics in their order; 0 where there is none. */
export type SavedThinning = readonly (readonly [plan: Plan, trails: readonly (SavedTrail | 0)[]])[];

type Thinned = { readonly thinning: Thinning; trail: Trail | undefined };

export type ThinnerOptions = {
  readonly saved?: SavedThinning | undefined;
  /** Points that are not kept. */
  readonly onDropped: (points: number) => void;
};

/** Series that are recognised without being read in full; more than that only costs time. */
const SERIES_KNOWN_MAX = 20_000;

export class Thinner {
  readonly #onDropped: ThinnerOptions['onDropped'];
  /** Each with its series, in the order of its metrics. */
  readonly #devices = new Map<string, { readonly plan: Plan; readonly series: readonly Thinned[] }>();
  /** By the key of the series, for each shard. */
  readonly #shards: readonly Map<string, Thinned>[] = Array.from({ length: SHARD_COUNT }, () => new Map());
  readonly #table = new SeriesTable(SERIES_KNOWN_MAX);

  constructor({ saved = [], onDropped }: ThinnerOptions) {
    this.#onDropped = onDropped;
    for (const [plan, trails] of saved) {
      for (const [i, one] of this.#learn(plan, () => {}).entries()) {
        const trail = trails[i] ?? 0;
        if (trail !== 0) one.trail = readTrail(trail);
      }
    }
  }

  /** Whether what is kept of later entries depends on this one. */
  concerns({ kind, shard }: NewEntry): boolean {
    return kind === 'plan' || (kind !== 'journal' && this.#shards[shard]?.size !== 0);
  }

  /** What of an entry goes to the store, with what was held before: the same bytes where that is all of it. */
  pass(entry: NewEntry): Buffer {
    if (!this.concerns(entry)) return entry.payload;
    if (entry.kind === 'points') return this.#thin(entry);
    const lines: string[] = [];
    const keep = (line: string) => lines.push(line);
    if (entry.kind === 'plan') this.#learn(JSON.parse(entry.payload.toString()) as Plan, keep);
    else this.#lapse(entry, keep);
    return Buffer.from(lines.join('\n'));
  }

  /** Shards of which something is to be done by now though nothing comes. */
  dueShards(now: number): number[] {
    return [...this.#shards.keys()].filter((shard) => {
      for (const one of this.#shards[shard]?.values() ?? [])
        if (one.trail !== undefined && isDue(one.trail, one.thinning, now)) return true;
      return false;
    });
  }

  thinningOf({ key, shard }: Pick<Series, 'key' | 'shard'>): Thinning | undefined {
    return this.#shards[shard]?.get(key)?.thinning;
  }

  plansIn({ site, area }: Pick<Plan, 'site' | 'area'>): Plan[] {
    return this.plans.filter((plan) => plan.site === site && plan.area === area);
  }

  get plans(): Plan[] {
    return [...this.#devices.values()].map(({ plan }) => plan);
  }

  /** How it stands; undefined where nothing is thinned. */
  saved(): SavedThinning | undefined {
    if (this.#devices.size === 0) return undefined;
    return [...this.#devices.values()].map(({ plan, series }) => [plan, series.map(({ trail }) => saveTrail(trail))]);
  }

  #thin({ shard, receivedAt, payload }: NewEntry): Buffer {
    const thinned = this.#shards[shard];
    const lines: string[] = [];
    let dropped = 0;
    let isWhole = true;
    decodeBatch(
      payload.toString('utf8'),
      this.#table,
      (point, line) => {
        const one = thinned?.get(point.series.key);
        const before = lines.length;
        if (one === undefined) lines.push(line);
        else dropped += followed(one, { point, line, receivedAt }, lines);
        isWhole &&= lines.length === before + 1 && lines[before] === line;
      },
      ({ line }) => lines.push(line),
    );
    if (dropped > 0) this.#onDropped(dropped);
    return isWhole ? payload : Buffer.from(lines.join('\n'));
  }

  #lapse({ shard, receivedAt }: NewEntry, keep: (line: string) => unknown): void {
    for (const one of this.#shards[shard]?.values() ?? [])
      if (one.trail !== undefined && isDue(one.trail, one.thinning, receivedAt))
        one.trail = lapse(one.trail, receivedAt, keep);
  }

  /** Its series. What was held by another plan is kept. */
  #learn(plan: Plan, keep: (line: string) => unknown): readonly Thinned[] {
    const thinned = this.#shards[shardOf(plan.site, plan.area)];
    const id = deviceKey(plan);
    const keyOf = (metric: string) => makeSeries({ ...plan, metric }).key;
    for (const metric of Object.keys(this.#devices.get(id)?.plan.metrics ?? {})) {
      const key = keyOf(metric);
      const old = thinned?.get(key);
      const thinning = plan.metrics[metric];
      if (old === undefined || (thinning !== undefined && isSame(old.thinning, thinning))) continue;
      if (old.trail?.held !== undefined) keep(old.trail.held.line);
      thinned?.delete(key);
    }
    const series = Object.entries(plan.metrics).map(([metric, thinning]) => {
      const key = keyOf(metric);
      const one = thinned?.get(key) ?? { thinning, trail: undefined };
      thinned?.set(key, one);
      return one;
    });
    if (series.length === 0) this.#devices.delete(id);
    else this.#devices.set(id, { plan, series });
    return series;
  }
}

/** Adds what is kept to the lines; how many are dropped: neither kept nor held, where one came and one may have been held. */
function followed(one: Thinned, arrival: Arrival, lines: string[]): number {
  const { thinning } = one;
  const before = lines.length + heldBy(one);
  one.trail = follow(one.trail, arrival, { thinning, keep: (line) => lines.push(line) });
  return 1 + before - lines.length - heldBy(one);
}

function heldBy({ trail }: Thinned): 0 | 1 {
  return trail?.held === undefined ? 0 : 1;
}

/** Whether something is in it that is neither in the store nor dropped. */
export function holdsAny(saved: SavedThinning | undefined): boolean {
  return saved?.some(([, trails]) => trails.some((trail) => trail !== 0 && trail.length > 4)) ?? false;
}

function isSame(a: Thinning, b: Thinning): boolean {
  return a.kind === b.kind && a.within === b.within && a.atLeastEveryMs === b.atLeastEveryMs;
}

function saveTrail(trail: Trail | undefined): SavedTrail | 0 {
  if (trail === undefined) return 0;
  const { at, value, quality, since, held } = trail;
  const kept = [at, value, encodeQuality(quality), since] as const;
  return held === undefined ? kept : [...kept, held.at, held.value, held.line, held.lower, held.upper];
}

function readTrail([at, value, quality, since, heldAt, heldValue, line, lower, upper]: SavedTrail): Trail {
  const kept = { at, value, quality: decodeQuality(quality) ?? 'good', since };
  if (heldAt === undefined || heldValue === undefined || line === undefined) return { ...kept, held: undefined };
  return { ...kept, held: { at: heldAt, value: heldValue, line, lower: lower ?? 0, upper: upper ?? 0 } };
}
