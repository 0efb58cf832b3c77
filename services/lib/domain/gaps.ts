// The report of a device that has gaps: records that it numbered and that never came. Retained by ingest on
// `device/v1/…/gaps` for as long as there are any; an empty message says that there are none any more.

import { isName, NAME_HINT } from './name.ts';
import { isPlainObject } from './plain-object.ts';
import type { DeviceName } from './topic.ts';

/** Records `from` to `to`, both ends included, of one boot of the device. */
export type Gap = {
  readonly boot: number;
  readonly from: number;
  readonly to: number;
  /** Arrival of the record behind it, ms since the epoch. */
  readonly since: number;
};

export type GapReport = DeviceName & {
  /** Records that are missing, listed or not. */
  readonly missed: number;
  /** Since when the oldest of the listed is; where none is listed, the newest of the others. */
  readonly since: number;
  /** By boot, the one heard last at the end, and ascending in each. */
  readonly gaps: readonly Gap[];
  /** Records missing in gaps that are too many to be listed. */
  readonly unlisted: number;
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The report in a payload, or a sentence that says what is wrong with it. Fields that it does not know are left out. */
export function parseGapReport(payload: unknown): GapReport | string {
  if (!isPlainObject(payload)) return 'a report of gaps is a JSON object';
  const { site, area, device, missed, since, gaps, unlisted } = payload;
  for (const [key, value] of Object.entries({ site, area, device })) {
    if (typeof value !== 'string' || !isName(value)) return `'${key}' must be ${NAME_HINT}`;
  }
  for (const [key, value] of Object.entries({ missed, since, unlisted })) {
    if (!isCount(value)) return `'${key}' must be a whole number from 0`;
  }
  if (!Array.isArray(gaps)) return "'gaps' must be a list";
  const parsed: Gap[] = [];
  for (const gap of gaps as readonly unknown[]) {
    const one = parseGap(gap);
    if (one === undefined) return "each of 'gaps' must have a boot, its two ends in order, and a 'since'";
    parsed.push(one);
  }
  return { ...({ site, area, device, missed, since, unlisted } as Omit<GapReport, 'gaps'>), gaps: parsed };
}

function parseGap(value: unknown): Gap | undefined {
  if (!isPlainObject(value)) return undefined;
  const { boot, from, to, since } = value;
  if (!isCount(boot) || !isCount(from) || !isCount(to) || !isCount(since) || to < from) return undefined;
  return { boot, from, to, since };
}
