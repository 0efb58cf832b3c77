// The engine's state as rows of plain text under keys, and back. What changed since the last call is written, nothing else;
// all rows together are the whole engine, so that one made of them goes on as this one would have.

import type { DeviceView } from '#domain/device.ts';
import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import { deviceKey } from '#domain/topic.ts';
import type { Instance } from './instance.ts';
import type { DeviceState, OtherTypes, SeriesState } from './plant.ts';
import type { Shown } from './present.ts';
import type { ClockSkip } from './shared-frame.ts';
import type { InstanceState, PersonCommand } from './state.ts';
import type { WindowData } from './windows/window-spec.ts';

/** One fact that the engine must not forget; `value` is JSON, null where the fact is no more. */
export type StateRow = { readonly key: string; readonly value: string | null };

export const rowKeys = {
  engine: 'engine',
  rule: (id: string) => `rule/${id}`,
  models: 'models',
  instance: (key: string) => `instance/${key}`,
  retired: (key: string) => `retired/${key}`,
  device: (device: DeviceState) => `device/${deviceKey(device.name)}`,
  series: ({ device, metric }: SeriesState) => `series/${deviceKey(device.name)}/${metric}`,
  /** Its correlation id begins with who may send such orders, then place and device. */
  spentOrder: (cid: string) => `spent-order/${cid}`,
  plantState: (site: string, area: string, name: string) => `state/${site}/${area}/${name}`,
} as const;

export type EngineRow = {
  readonly clock: number;
  readonly isolated: { readonly [rule: string]: string };
  readonly skips: readonly ClockSkip[];
  /** null: always. */
  readonly freshFrom: number | null;
};
export type InstanceRow = {
  readonly state: InstanceState;
  readonly startedAt: number;
  readonly lagMs: number;
  readonly shown: Shown | null;
  readonly gap?: { readonly from: number; readonly to: number } | undefined;
};
/** What is left of an instance that is no more. */
export type RetiredRow = { readonly episode: number; readonly seq: number };
export type DeviceRow = {
  readonly view: DeviceView | null;
  readonly offlineAt: number;
  readonly config: { readonly [key: string]: Value };
  readonly commandsSentAt: { readonly [command: string]: number[] };
  /** Not there in what an older release wrote. */
  readonly commands?: readonly PersonCommand[];
  readonly commandEntries?: number;
};
export type SeriesRow = {
  readonly at: number;
  readonly value: Value | null;
  readonly quality: Quality;
  /** null: never. */
  readonly goodAt: number | null;
  readonly certainAt: number | null;
  readonly goodType?: string | undefined;
  readonly others?: OtherTypes | undefined;
  readonly windows: { readonly [key: string]: WindowData };
};

export function instanceRow(instance: Instance): StateRow {
  return { key: rowKeys.instance(instance.key), value: JSON.stringify(keptOf(instance)) };
}

/** What of an instance outlives it. */
export function keptOf({ state, startedAt, lagMs, shown, gap }: Instance): InstanceRow {
  return { state, startedAt, lagMs, shown, gap };
}

/** Of a device's view what is news of the moment: nothing is decided by it, and it comes again. */
const PASSING = { lastSeen: null, lastError: null, messagesPerMinute: null, clockSkewMs: null };

export function deviceRow(device: DeviceState): StateRow {
  const { view, offlineAt, config, commandsSentAt, commands, commandEntries } = device;
  const kept = view === null ? null : { ...view, ...PASSING };
  const people = commands.length === 0 && commandEntries === 0 ? {} : { commands, commandEntries };
  const row: DeviceRow = { view: kept, offlineAt, config, commandsSentAt, ...people };
  return { key: rowKeys.device(device), value: JSON.stringify(row) };
}

export function seriesRow(series: SeriesState): StateRow {
  const { at, value, quality, goodAt, certainAt, goodType, others } = series;
  const windows = Object.fromEntries(series.windows.map((window) => [window.key, window.save()]));
  const row: SeriesRow = {
    ...{ at, value, quality, goodType, others, windows },
    ...{ goodAt: finite(goodAt), certainAt: finite(certainAt) },
  };
  return { key: rowKeys.series(series), value: JSON.stringify(row) };
}

/** null where it never was. */
function finite(at: number): number | null {
  return Number.isFinite(at) ? at : null;
}
