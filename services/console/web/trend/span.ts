// Which stretch of time is shown: the last so-and-so-long, which goes on with the clock, or one that stays. Pure.

export type Span =
  | { readonly kind: 'live'; readonly ms: number }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number };
/** Shows another stretch, seen from the one that is shown; `isPassing`: without a step back to it. */
export type Move = (to: (span: Span, now: number) => Span, isPassing?: boolean) => void;
/** Both ends in ms since the epoch. */
export type Range = { readonly from: number; readonly to: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A device reports once a second at best; below ten of its points there is no picture. */
export const SPAN_MS_MIN = 10_000;
/** As long as the server answers for. */
export const SPAN_MS_MAX = 366 * DAY_MS;

export const DEFAULT_SPAN: Span = { kind: 'live', ms: HOUR_MS / 4 };
export const CHOICES = [
  { name: 'quarter', ms: HOUR_MS / 4 },
  { name: 'hour', ms: HOUR_MS },
  { name: 'shift', ms: 8 * HOUR_MS },
  { name: 'day', ms: DAY_MS },
  { name: 'week', ms: 7 * DAY_MS },
  { name: 'month', ms: 30 * DAY_MS },
  { name: 'year', ms: 365 * DAY_MS },
] as const;

export function clampSpanMs(ms: number): number {
  return Math.round(Math.min(SPAN_MS_MAX, Math.max(SPAN_MS_MIN, ms)));
}

export function rangeOf(span: Span, now: number): Range {
  return span.kind === 'live' ? { from: Math.round(now - span.ms), to: Math.round(now) } : span;
}

/** There is nothing to see of the future: what would reach into it ends now, and goes on with the clock. */
function spanOf(from: number, ms: number, now: number): Span {
  if (from + ms >= now) return { kind: 'live', ms };
  const start = Math.max(0, Math.round(from));
  return { kind: 'fixed', from: start, to: start + ms };
}

export type Zoom = {
  /** Below 1: nearer. */
  readonly factor: number;
  /** The moment that stays where it is; the middle where left out, and of what goes on with the clock its end. */
  readonly at?: number;
};

export function zoomed(span: Span, { factor, at }: Zoom, now: number): Span {
  const { from, to } = rangeOf(span, now);
  const ms = clampSpanMs((to - from) * factor);
  const still = at ?? (span.kind === 'live' ? to : (from + to) / 2);
  return spanOf(still - ((still - from) / (to - from)) * ms, ms, now);
}

/** By a part of what is shown; below 0: to earlier. */
export function panned(span: Span, part: number, now: number): Span {
  const { from, to } = rangeOf(span, now);
  return spanOf(from + (to - from) * part, to - from, now);
}

/** What somebody has marked, either end first. */
export function between(one: number, other: number, now: number): Span {
  const ms = clampSpanMs(Math.abs(one - other));
  return spanOf((one + other) / 2 - ms / 2, ms, now);
}

/** A few pixels of the picture: drawing more often would show nothing new. */
export function refreshMs(ms: number): number {
  return Math.min(60_000, Math.max(2_000, Math.round(ms / 300)));
}
