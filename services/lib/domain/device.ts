// The registry's view of a device, retained on `device/v1/…` by ingest; rules select and group by it, the console lists it.

import { isName, NAME_HINT } from './name.ts';
import { isPlainObject } from './plain-object.ts';
import type { DeviceName } from './topic.ts';

/** What a device is: as files write it down, or its birth says. Rules select and group by these. */
export type DeviceEntry = DeviceName & {
  readonly model: string | null;
  readonly role: string | null;
  readonly labels: { readonly [name: string]: string };
};

export type DeviceView = DeviceEntry & {
  /** null where the device has never said (a foreign device without a last will). */
  readonly online: boolean | null;
  /** Arrival of the first message that is known of it, ms since the epoch. */
  readonly firstSeen: number | null;
  /** Arrival of its newest message, ms since the epoch; refreshed at most every few seconds. */
  readonly lastSeen: number | null;
  readonly firmware: string | null;
  /** How strongly it heard its access point when it came, dBm. */
  readonly rssi: number | null;
  /** Why it started last, in its own words. */
  readonly resetCause: string | null;
  /** Messages in a minute, as of the last few; null where too few have come. */
  readonly messagesPerMinute: number | null;
  /** How far its clock is ahead of ours, ms (behind: negative), as near as messages tell; null where it sends no time. */
  readonly clockSkewMs: number | null;
  /** Where what it says of itself differs from what files say; a sentence each. */
  readonly contradictions: readonly string[];
  /** Why its last refused message was refused, and when. */
  readonly lastError: { readonly at: number; readonly reason: string; readonly message: string } | null;
};

/** What is known of a device that has never been heard. */
export const UNHEARD = {
  ...{ online: null, firstSeen: null, lastSeen: null, firmware: null, rssi: null, resetCause: null },
  ...{ messagesPerMinute: null, clockSkewMs: null, contradictions: [], lastError: null },
} as const satisfies Omit<DeviceView, keyof DeviceEntry>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isMoment = (value: unknown): value is number => Number.isSafeInteger(value);

/** The view in a payload, or a sentence that says what is wrong with it. Fields that it does not know are left out. */
export function parseDeviceView(payload: unknown): DeviceView | string {
  if (!isPlainObject(payload)) return 'a device is a JSON object';
  const view: Record<string, unknown> = { ...UNHEARD, ...payload };
  const { site, area, device, model, role, labels, online, lastSeen, firmware, resetCause, lastError } = view;
  const { firstSeen, messagesPerMinute, clockSkewMs, rssi, contradictions } = view;
  for (const [key, value] of Object.entries({ site, area, device })) {
    if (!isText(value) || !isName(value)) return `'${key}' must be ${NAME_HINT}`;
  }
  for (const [key, value] of Object.entries({ model, role, firmware, resetCause })) {
    if (!isTextOrNull(value)) return `'${key}' must be a text or null`;
  }
  if (!isPlainObject(labels)) return "'labels' must be an object of texts";
  for (const [key, value] of Object.entries(labels)) {
    if (!isName(key) || !isText(value)) return `label '${key.slice(0, 64)}' must have a plain name and be a text`;
  }
  if (online !== null && typeof online !== 'boolean') return "'online' must be true, false or null";
  for (const [key, value] of Object.entries({ firstSeen, lastSeen })) {
    if (value !== null && !isMoment(value)) return `'${key}' must be a moment in ms since the epoch, or null`;
  }
  for (const [key, value] of Object.entries({ messagesPerMinute, clockSkewMs, rssi })) {
    if (value !== null && !Number.isFinite(value)) return `'${key}' must be a number or null`;
  }
  if (!Array.isArray(contradictions) || !contradictions.every(isText))
    return "'contradictions' must be a list of texts";
  const error = parseLastError(lastError);
  if (isText(error)) return error;
  return {
    ...({ site, area, device, model, role, firmware, resetCause } as Pick<
      DeviceView,
      'site' | 'area' | 'device' | 'model' | 'role' | 'firmware' | 'resetCause'
    >),
    ...({ firstSeen, lastSeen, messagesPerMinute, clockSkewMs, rssi, contradictions } as Pick<
      DeviceView,
      'firstSeen' | 'lastSeen' | 'messagesPerMinute' | 'clockSkewMs' | 'rssi' | 'contradictions'
    >),
    labels: labels as DeviceView['labels'],
    online,
    lastError: error,
  };
}

function parseLastError(value: unknown): DeviceView['lastError'] | string {
  if (value === null) return null;
  if (!isPlainObject(value) || !isMoment(value.at) || !isText(value.reason) || !isText(value.message)) {
    return "'lastError' must be null or hold 'at', 'reason' and 'message'";
  }
  return { at: value.at, reason: value.reason, message: value.message };
}
