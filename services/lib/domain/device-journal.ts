// The journal of devices: what is known of one, whenever that changes and once in a while, as measurement `device_state` of the
// store. The registry (`device/v1/…`) says what is so now; this says since when, and what was so before.

import type { DeviceView } from './device.ts';
import { encodeLine, type FieldValue } from './line-protocol.ts';

export const DEVICE_STATE = 'device_state';
/** How often what merely goes on of a device is told, such as when it was last heard; what is news is told at once. */
export const DEVICE_STATE_EVERY_MS = 5 * 60_000;

/** Texts of a line are no documents. */
const TEXT_CHARS_MAX = 500;

/**
 * The view as one line at that moment, ms since the epoch; what is not known is left out. `lastSeen` and `lastErrorAt` are ms since
 * the epoch, `clockSkewMs` ms ahead, `rssi` dBm, `missed` records that the device numbered and that never came, `contradictions` how many.
 */
export function encodeDeviceState(view: DeviceView, missed: number, at: number): string {
  const { site, area, device, lastError } = view;
  const fields: [string, FieldValue][] = [
    ['missed', whole(missed)],
    ['contradictions', whole(view.contradictions.length)],
  ];
  if (view.online !== null) fields.push(['online', { type: 'boolean', value: view.online }]);
  for (const name of ['model', 'role', 'firmware', 'resetCause'] as const) {
    const value = view[name];
    if (value !== null && value !== '') fields.push([name, text(value)]);
  }
  for (const name of ['messagesPerMinute', 'clockSkewMs', 'rssi'] as const) {
    const value = view[name];
    if (value !== null) fields.push([name, { type: 'float', value }]);
  }
  if (view.lastSeen !== null) fields.push(['lastSeen', whole(view.lastSeen)]);
  if (lastError !== null) fields.push(['lastError', text(lastError.message)], ['lastErrorAt', whole(lastError.at)]);
  const tags: [string, string][] = Object.entries({ area, device, site });
  return encodeLine({ measurement: DEVICE_STATE, tags, fields, time: BigInt(at) });
}

function whole(value: number): FieldValue {
  return { type: 'integer', value: BigInt(Math.round(value)) };
}

function text(value: string): FieldValue {
  return { type: 'string', value: value.slice(0, TEXT_CHARS_MAX).toWellFormed() };
}
