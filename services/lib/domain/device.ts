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
  /** Arrival of its newest message, ms since the epoch; refreshed at most every few seconds. */
  readonly lastSeen: number | null;
  readonly firmware: string | null;
  /** Why its last refused message was refused, and when. */
  readonly lastError: { readonly at: number; readonly reason: string; readonly message: string } | null;
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isMoment = (value: unknown): value is number => Number.isSafeInteger(value);

/** The view in a payload, or a sentence that says what is wrong with it. Fields that it does not know are left out. */
export function parseDeviceView(payload: unknown): DeviceView | string {
  if (!isPlainObject(payload)) return 'a device is a JSON object';
  const { site, area, device, model, role, labels, online, lastSeen, firmware, lastError } = payload;
  for (const [key, value] of Object.entries({ site, area, device })) {
    if (!isText(value) || !isName(value)) return `'${key}' must be ${NAME_HINT}`;
  }
  for (const [key, value] of Object.entries({ model, role, firmware })) {
    if (!isTextOrNull(value)) return `'${key}' must be a text or null`;
  }
  if (!isPlainObject(labels)) return "'labels' must be an object of texts";
  for (const [key, value] of Object.entries(labels)) {
    if (!isName(key) || !isText(value)) return `label '${key.slice(0, 64)}' must have a plain name and be a text`;
  }
  if (online !== null && typeof online !== 'boolean') return "'online' must be true, false or null";
  if (lastSeen !== null && !isMoment(lastSeen)) return "'lastSeen' must be a moment in ms since the epoch, or null";
  const error = parseLastError(lastError);
  if (isText(error)) return error;
  return {
    ...({ site, area, device, model, role, firmware } as Pick<
      DeviceView,
      'site' | 'area' | 'device' | 'model' | 'role' | 'firmware'
    >),
    labels: labels as DeviceView['labels'],
    online,
    lastSeen,
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
