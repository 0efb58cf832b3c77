// Buckets to stretches: neighbours that say the same are one, until there is a gap.

import type { QualitySpan, StateSpan } from '../api/history.ts';

export type Stretching = {
  readonly intervalMs: number;
  /** Two neighbours farther apart have a gap between them. */
  readonly gapMs: number;
  /** End of the range: what was said last holds until then, unless that is a gap away. */
  readonly to: number;
};

export type StateBucket = { readonly at: number; readonly value: StateSpan['value'] };

export function stateSpans(buckets: readonly StateBucket[], { intervalMs, gapMs, to }: Stretching): StateSpan[] {
  const spans: StateSpan[] = [];
  for (const [i, { at, value }] of buckets.entries()) {
    const next = buckets[i + 1]?.at ?? to;
    const end = next - at > gapMs ? Math.min(at + intervalMs, to) : next;
    const last = spans.at(-1);
    if (last?.value === value && last.to === at) spans[spans.length - 1] = { ...last, to: end };
    else spans.push({ from: at, to: end, value });
  }
  return spans;
}

export type QualityBucket = { readonly at: number; readonly worst: number; readonly count: number };

/** Here neighbours with an empty or a good bucket between them are two stretches: nobody said so of the time between. */
export function qualitySpans(buckets: readonly QualityBucket[], intervalMs: number): QualitySpan[] {
  const spans: QualitySpan[] = [];
  for (const { at, worst, count } of buckets) {
    if (count === 0) continue;
    const quality = worst >= 2 ? 'bad' : 'uncertain';
    const last = spans.at(-1);
    if (last?.quality === quality && last.to === at)
      spans[spans.length - 1] = { ...last, to: at + intervalMs, points: last.points + count };
    else spans.push({ from: at, to: at + intervalMs, quality, points: count });
  }
  return spans;
}
