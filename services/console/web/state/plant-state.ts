// What the page knows of the plant: a fold over the events of the stream, without side effects.

import type { CommandLife } from '#domain/command-life.ts';
import type { DeviceView } from '#domain/device.ts';
import type { ServiceStatus } from '#domain/service.ts';
import { deviceKey } from '#domain/topic.ts';
import type { CommandChanges } from '../../api/commands.ts';
import type { AlarmChanges, AlarmView, Changes, Dropped, RejectView, Snapshot, ValueView } from '../../api/live.ts';

/** As many as the server keeps. */
const REJECTS_MAX = 200;

export type PlantState = {
  readonly alarms: ReadonlyMap<string, AlarmView>;
  readonly values: ReadonlyMap<number, ValueView>;
  /** By `site/area/device`. */
  readonly devices: ReadonlyMap<string, DeviceView>;
  readonly services: ReadonlyMap<string, ServiceStatus>;
  /** Lives of commands that people sent, newest first, by `site/area/device`. */
  readonly commands: ReadonlyMap<string, readonly CommandLife[]>;
  readonly rejected: readonly RejectView[];
  readonly dropped: Dropped;
  readonly broker: string | null;
};

export const EMPTY_PLANT: PlantState = {
  alarms: new Map(),
  values: new Map(),
  devices: new Map(),
  services: new Map(),
  commands: new Map(),
  rejected: [],
  dropped: { alarms: 0, series: 0, devices: 0 },
  broker: null,
};

const serviceKey = (status: ServiceStatus) => `${status.service}/${status.id}`;

export function fromSnapshot(snapshot: Snapshot): PlantState {
  const { alarms, values, devices, services, commands, rejected, dropped, broker } = snapshot;
  return {
    alarms: new Map(alarms.map((alarm) => [alarm.id, alarm])),
    values: new Map(values.map((value) => [value.id, value])),
    devices: new Map(devices.map((device) => [deviceKey(device), device])),
    services: new Map(services.map((status) => [serviceKey(status), status])),
    commands: new Map(commands.map((each) => [deviceKey(each), each.commands])),
    rejected,
    dropped,
    broker,
  };
}

export type PlantEvent =
  | { readonly event: 'snapshot'; readonly data: Snapshot }
  | { readonly event: 'alarms'; readonly data: AlarmChanges }
  | { readonly event: 'commands'; readonly data: CommandChanges }
  | { readonly event: 'changes'; readonly data: Changes };

/** All of them at once: in a flood each event changes one alarm, and the table of alarms is copied once for all. */
export function folded(state: PlantState, events: readonly PlantEvent[]): PlantState {
  let next = state;
  let alarms: AlarmChanges[number][] = [];
  for (const each of events) {
    if (each.event === 'alarms') alarms.push(...each.data);
    else if (each.event === 'commands') next = withCommands(next, each.data);
    else if (each.event === 'changes') next = withChanges(next, each.data);
    else {
      next = fromSnapshot(each.data);
      alarms = [];
    }
  }
  return alarms.length === 0 ? next : withAlarms(next, alarms);
}

export function withAlarms(state: PlantState, changes: AlarmChanges): PlantState {
  const alarms = new Map(state.alarms);
  for (const { id, alarm } of changes) {
    if (alarm === null) alarms.delete(id);
    else alarms.set(id, alarm);
  }
  return { ...state, alarms };
}

function withCommands(state: PlantState, changes: CommandChanges): PlantState {
  const commands = new Map(state.commands);
  for (const each of changes) {
    if (each.commands.length === 0) commands.delete(deviceKey(each));
    else commands.set(deviceKey(each), each.commands);
  }
  return { ...state, commands };
}

export function withChanges(state: PlantState, changes: Changes): PlantState {
  const { devices, services, rejected, dropped, broker } = changes;
  return {
    alarms: state.alarms,
    values: withValues(state.values, changes),
    devices: extended(state.devices, devices, deviceKey),
    services: extended(state.services, services, serviceKey),
    commands: state.commands,
    rejected: rejected.length === 0 ? state.rejected : [...rejected, ...state.rejected].slice(0, REJECTS_MAX),
    dropped,
    broker,
  };
}

function withValues(values: PlantState['values'], { added, changed }: Changes): PlantState['values'] {
  if (added.length === 0 && changed.length === 0) return values;
  const next = new Map(values);
  for (const view of added) next.set(view.id, view);
  for (const [id, value, quality, measuredAt] of changed) {
    const known = next.get(id);
    if (known !== undefined) next.set(id, { ...known, value, quality, measuredAt });
  }
  return next;
}

function extended<T>(
  map: ReadonlyMap<string, T>,
  changes: readonly T[],
  keyOf: (view: T) => string,
): ReadonlyMap<string, T> {
  return changes.length === 0 ? map : new Map([...map, ...changes.map((view) => [keyOf(view), view] as const)]);
}
