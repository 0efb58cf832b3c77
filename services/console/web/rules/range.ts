// Over which time a rule is tried.

const RANGE_MS = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const;
export type RangeName = keyof typeof RANGE_MS;
export const RANGE_NAMES = Object.keys(RANGE_MS) as readonly RangeName[];

export type RangeChoice =
  | { readonly is: RangeName }
  /** ms since the epoch. */
  | { readonly is: 'own'; readonly from: number; readonly to: number };

export const LAST_HOUR: RangeChoice = { is: 'hour' };

/** What the server takes. */
const RANGE_MS_MAX = 31 * RANGE_MS.day;

export function rangeAt(choice: RangeChoice, now: number): { readonly from: number; readonly to: number } {
  return choice.is === 'own' ? { from: choice.from, to: choice.to } : { from: now - RANGE_MS[choice.is], to: now };
}

/** Of two fields of a form; undefined where they make no range. */
export function ownRange(from: number, to: number): RangeChoice | undefined {
  return to > from && to - from <= RANGE_MS_MAX ? { is: 'own', from, to } : undefined;
}
