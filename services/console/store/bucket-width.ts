// How wide the buckets of a picture are, and what they are made of.

import { TIERS, type Tier } from '../api/history.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Widths that people read off a time axis; each bucket starts at a multiple of its width, and holds whole minutes or hours. */
const WIDTHS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR),
];

export function bucketWidthMs(rangeMs: number, points: number): number {
  const wanted = rangeMs / points;
  return WIDTHS_MS.find((width) => width >= wanted) ?? Math.ceil(wanted / DAY) * DAY;
}

/** Width of what a tier is made of. */
const TIER_MS: { readonly [tier in Tier]: number } = { raw: 0, r1m: MINUTE, r1h: HOUR };

/** The coarsest one that the buckets can be made of. */
function tierOf(intervalMs: number): Tier {
  return TIERS.findLast((tier) => TIER_MS[tier] <= intervalMs) ?? 'raw';
}

export type Resolution = { readonly tier: Tier; readonly intervalMs: number };

/**
 * What to ask, and what to ask next while there is nothing: of the points of long ago only their roll-ups are kept.
 * @param points most buckets wanted
 */
export function resolutionsOf(rangeMs: number, points: number): [Resolution, ...Resolution[]] {
  const intervalMs = bucketWidthMs(rangeMs, points);
  const tier = tierOf(intervalMs);
  const coarser = TIERS.slice(TIERS.indexOf(tier) + 1);
  return [
    { tier, intervalMs },
    ...coarser.map((each) => ({ tier: each, intervalMs: Math.max(intervalMs, TIER_MS[each]) })),
  ];
}
