// What is not as it should be with a device, and all devices in the order in which they want to be looked at. Pure.

import { isClockOff } from '#domain/clock-skew.ts';
import type { DeviceView } from '#domain/device.ts';
import { deviceKey } from '#domain/topic.ts';
import { compareNames, finder } from '../parts/find.ts';

/** The worst first. */
export const TROUBLES = ['offline', 'clock', 'contradiction', 'error'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** Lists are drawn anew so often: a thousand rows that move every second tell nobody more. */
export const REDRAW_MS = 5_000;
/** Rows that can be asked for: past it a person searches. */
export const ROWS_MAX = 1_000;
/** A mistake of yesterday may be mended long since. */
const ERROR_MS_MAX = 3_600_000;

export type DeviceRow = { readonly device: DeviceView; readonly troubles: readonly Trouble[] };

export type RankedDevices = {
  /** ROWS_MAX at most. */
  readonly rows: readonly DeviceRow[];
  /** Found and not among the rows. */
  readonly hidden: number;
  /** Of those that were found, how many have some trouble. */
  readonly troubled: number;
};

export function troublesOf({ online, clockSkewMs, contradictions, lastError }: DeviceView, now: number): Trouble[] {
  const is: Readonly<Record<Trouble, boolean>> = {
    offline: online === false,
    clock: isClockOff(clockSkewMs),
    contradiction: contradictions.length > 0,
    error: lastError !== null && now - lastError.at <= ERROR_MS_MAX,
  };
  return TROUBLES.filter((trouble) => is[trouble]);
}

/** Those with trouble first, the worst of it before the rest; then by name. */
export function rankDevices(devices: Iterable<DeviceView>, search: string, now: number): RankedDevices {
  const isFound = finder(search);
  const found = Array.from(devices)
    .filter(({ site, area, device, model, role, firmware }) =>
      isFound(`${site} ${area} ${device} ${model ?? ''} ${role ?? ''} ${firmware ?? ''}`),
    )
    .map((device) => ({ device, troubles: troublesOf(device, now), name: deviceKey(device) }));
  found.sort((a, b) => rankOf(a) - rankOf(b) || compareNames(a.name, b.name));
  return {
    rows: found.slice(0, ROWS_MAX),
    hidden: Math.max(0, found.length - ROWS_MAX),
    troubled: found.filter(({ troubles }) => troubles.length > 0).length,
  };
}

function rankOf({ troubles: [worst] }: DeviceRow): number {
  return worst === undefined ? TROUBLES.length : TROUBLES.indexOf(worst);
}
