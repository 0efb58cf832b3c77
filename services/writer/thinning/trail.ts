// One series on its way to the store: which of its points are kept. A state machine without a clock; its state is a value.
//
// The newest point that need not be kept is held, so that it can be kept after all when the next one shows that it must, or when
// it has been held for long. Deadband: a point is kept when it is further than `within` from the last one kept. Swinging door
// (Bristol 1990): from the last point kept, every point leaves open a range of slopes that pass it within the deviation; while
// the next point lies in the range that all have left, it is held; when it does not, the one held before it is kept, and a new
// door opens there. The point that is kept has itself been in the range, so the line to it passes all that were dropped: the
// doors hung beside the last point, as first described, let some be off by twice as much.
//
// Kept whatever it is: the first point, one after a gap, both sides of a change of quality, and whatever comes out of order, at
// which the door closes: nothing that was decided before is true of a line with one more point in it.

import type { Point, Value } from '#domain/point.ts';
import type { Thinning } from '#runtime/thinning-model.ts';

/** A point with its line as it came, and when it came, ms since the epoch. */
export type Arrival = { readonly point: Point; readonly line: string; readonly receivedAt: number };

/** The newest point of a series, not kept so far; of a swinging door with the slopes that are left, per ms. */
export type Held = {
  readonly at: number;
  readonly value: Value | null;
  readonly line: string;
  readonly lower: number;
  readonly upper: number;
};

export type Trail = {
  /** The newest point that was kept. */
  readonly at: number;
  readonly value: Value | null;
  /** Of all since then. */
  readonly quality: Point['quality'];
  /** When the first point came that was held since, or that one where none was; ms since the epoch. */
  readonly since: number;
  readonly held: Held | undefined;
};

/** The trail with one more point in it; lines that are to be kept go to `keep`, in order of time where they came so. */
export function follow(
  trail: Trail | undefined,
  arrival: Arrival,
  { thinning, keep }: { readonly thinning: Thinning; readonly keep: (line: string) => unknown },
): Trail {
  const { point, receivedAt } = arrival;
  if (trail === undefined) return kept(arrival, keep);
  const newestAt = trail.held?.at ?? trail.at;
  if (point.measuredAt <= newestAt) return outOfOrder(trail, arrival, keep);
  const isGap = point.measuredAt - newestAt > thinning.atLeastEveryMs;
  if (isGap || !isAlike(trail, point)) {
    release(trail, receivedAt, keep);
    return kept(arrival, keep);
  }
  const isLong = point.measuredAt - trail.at > thinning.atLeastEveryMs;
  const open = isLong ? release(trail, receivedAt, keep) : trail;
  const held = holding(open, arrival, thinning);
  if (held !== undefined) return held;
  if (kindOf(point, thinning) !== 'swingingDoor') return kept(arrival, keep);
  return holding(release(open, receivedAt, keep), arrival, thinning) ?? kept(arrival, keep);
}

/** Whether something is to be done by now though nothing comes. The distance: a clock may step back. */
export function isDue({ since }: Trail, { atLeastEveryMs }: Thinning, now: number): boolean {
  return Math.abs(now - since) >= atLeastEveryMs;
}

/** What is left of a trail that was due: what it held is kept; without that the series is silent, and its next point is a first one. */
export function lapse(trail: Trail, now: number, keep: (line: string) => unknown): Trail | undefined {
  return trail.held === undefined ? undefined : release(trail, now, keep);
}

/** Keeps what is held, and opens a new door there. */
function release(trail: Trail, now: number, keep: (line: string) => unknown): Trail {
  const { held, quality } = trail;
  if (held === undefined) return trail;
  keep(held.line);
  return { at: held.at, value: held.value, quality, since: now, held: undefined };
}

function kept({ point, line, receivedAt }: Arrival, keep: (line: string) => unknown): Trail {
  keep(line);
  const { measuredAt, value, quality } = point;
  return { at: measuredAt, value: own(value), quality, since: receivedAt, held: undefined };
}

/** Late, or the same moment again: the store sets it right. */
function outOfOrder(trail: Trail, arrival: Arrival, keep: (line: string) => unknown): Trail {
  const newestAt = trail.held?.at ?? trail.at;
  if (arrival.point.measuredAt === newestAt) return kept(arrival, keep);
  const released = release(trail, arrival.receivedAt, keep);
  keep(arrival.line);
  return released;
}

function isAlike(trail: Trail, { quality, value }: Point): boolean {
  return quality === trail.quality && typeof value === typeof trail.value;
}

/** What is not good or no number is thinned by whether it changes. */
function kindOf({ quality, value }: Point, { kind }: Thinning): Thinning['kind'] {
  return quality === 'good' && typeof value === 'number' ? kind : 'changes';
}

/** The trail with the point held; undefined where it cannot be. */
function holding(trail: Trail, { point, line, receivedAt }: Arrival, thinning: Thinning): Trail | undefined {
  const { value, measuredAt } = point;
  const slopes = slopesLeft(trail, point, thinning);
  if (slopes === undefined) return undefined;
  const since = trail.held === undefined ? receivedAt : trail.since;
  return { ...trail, since, held: { at: measuredAt, value: own(value), line: own(line), ...slopes } };
}

/** Finite, so that a difference that no number can hold is outside of them. */
const ANY_SLOPE = { lower: -Number.MAX_VALUE, upper: Number.MAX_VALUE };
/** Where no line is drawn. */
const NO_SLOPE = { lower: 0, upper: 0 };

/** Slopes that pass all points since the last one kept, this one too; undefined where it is to be kept, or closes the door. */
function slopesLeft(trail: Trail, point: Point, thinning: Thinning): Pick<Held, 'lower' | 'upper'> | undefined {
  const kind = kindOf(point, thinning);
  if (kind === 'changes') return point.value === trail.value ? NO_SLOPE : undefined;
  const rise = Number(point.value) - Number(trail.value);
  if (kind === 'deadband') return Math.abs(rise) <= thinning.within ? NO_SLOPE : undefined;
  const { lower, upper } = trail.held ?? ANY_SLOPE;
  const run = point.measuredAt - trail.at;
  const slope = rise / run;
  if (!(slope >= lower && slope <= upper)) return undefined;
  return {
    lower: Math.max(lower, (rise - thinning.within) / run),
    upper: Math.min(upper, (rise + thinning.within) / run),
  };
}

/** Part of a text keeps the whole of it in memory, and a batch is long: what stays is copied. */
function own<T>(value: T): T {
  return typeof value === 'string' ? (Buffer.from(value).toString() as T) : value;
}
