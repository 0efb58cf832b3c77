// The plant as the operators' page shows it: a fold over everything that comes in. Owns nothing: started anew, it is
// whole again from retained messages and the next points.

import { ALL_KEPT_MAX, type CommandLife } from '#domain/command-life.ts';
import type { DeviceView } from '#domain/device.ts';
import type { GapReport } from '#domain/gaps.ts';
import type { PlantStateName } from '#domain/plant-state.ts';
import type { Point, Value } from '#domain/point.ts';
import { REJECT_REASONS, type Rejected } from '#domain/rejected.ts';
import { makeSeries, type SeriesName } from '#domain/series.ts';
import { isOfPipeline, type ServiceStatus } from '#domain/service.ts';
import { type AlarmName, alarmKey, type DeviceName, deviceKey } from '#domain/topic.ts';
import type { CommandChanges } from '../api/commands.ts';
import type { AlarmChanges, AlarmView, Changes, Dropped, RejectView, Snapshot, ValueView } from '../api/live.ts';
import { Tellings } from '../pipeline/tellings.ts';
import { RunningRules } from '../rules/running-rules.ts';
import { AlarmTable } from './alarm-table.ts';
import type { Catalog } from './catalog.ts';
import { CommandTable } from './command-table.ts';
import type { PlantInput } from './decode.ts';
import { LatestTable } from './latest-table.ts';
import { Retelling } from './retelling.ts';
import { ValueTable } from './value-table.ts';

/** Enough to see a pattern; the topic itself and the metrics have them all. */
const REJECTS_MAX = 200;
/** A person recognises a payload by its beginning. */
const PAYLOAD_CHARS_MAX = 1_000;
/** Seven kinds of service, a few replicas of each; far above any plant. */
const SERVICES_MAX = 1_000;
/** Modes, lines and interlocks: a few per area. */
const STATES_MAX = 10_000;

export type PlantOptions = { readonly catalog: Catalog; readonly seriesMax: number; readonly alarmsMax: number };

/** Lists that a program asks for again and again. */
const LISTS = ['alarms', 'values', 'devices', 'services'] as const;
type List = (typeof LISTS)[number];

export class Plant {
  /** How often each list has changed. */
  readonly #revisions: Record<List, number> = { alarms: 0, values: 0, devices: 0, services: 0 };
  /** What services told of themselves, which is none of the plant's values. */
  readonly tellings = new Tellings();
  readonly #alarms: AlarmTable;
  readonly #values: ValueTable;
  readonly #devices: LatestTable<DeviceView>;
  readonly #gaps: LatestTable<GapReport>;
  readonly #services = new LatestTable<ServiceStatus>(SERVICES_MAX);
  readonly #commands = new CommandTable(ALL_KEPT_MAX);
  /** Named states of the plant, by `site/area/name`. */
  readonly #states = new LatestTable<Value>(STATES_MAX);
  readonly #retelling = new Retelling();
  readonly running = new RunningRules();
  /** Newest first. */
  #rejected: RejectView[] = [];
  #rejectedCount = 0;
  #rejectedTold = 0;

  constructor({ catalog, seriesMax, alarmsMax }: PlantOptions) {
    this.#alarms = new AlarmTable(alarmsMax);
    this.#devices = new LatestTable(seriesMax);
    this.#gaps = new LatestTable(seriesMax);
    this.#values = new ValueTable(seriesMax, (device, metric) =>
      catalog.noteOf(this.#devices.get(deviceKey(device))?.model ?? null, metric),
    );
  }

  /** @returns whether alarms or commands changed, which nobody should have to wait for */
  apply(input: PlantInput, receivedAt: number): boolean {
    switch (input.kind) {
      case 'points':
        this.#putPoints(input.points, receivedAt);
        return false;
      case 'alarm':
        this.#retelling.told('alarm', alarmKey(input.name));
        this.#revisions.alarms++;
        return this.#alarms.put(input.name, input.message);
      case 'device':
        if (!isOfPipeline(input.name)) this.#putDevice(input.name, input.view);
        return false;
      case 'gaps':
        this.#retelling.told('gaps', deviceKey(input.name));
        this.#gaps.put(deviceKey(input.name), input.report);
        return false;
      case 'service':
        this.#retelling.told('service', input.id);
        this.#services.put(input.id, input.status);
        this.#revisions.services++;
        return false;
      case 'rules':
        this.running.put(input.status);
        return false;
      case 'commands':
        this.#retelling.told('command', deviceKey(input.told));
        return this.#commands.put(input.told);
      case 'plant-state':
        this.#retelling.told('state', stateKey(input.name));
        this.#states.put(stateKey(input.name), input.value);
        return false;
      case 'rejected':
        this.#putRejected(input.rejected);
        return false;
    }
  }

  /** Everything that is retained is about to be told again. */
  beginRetelling(): void {
    this.#retelling.begin({
      alarm: this.#alarms.ids(),
      device: this.#devices.keys(),
      service: this.#services.keys(),
      command: this.#commands.keys(),
      state: this.#states.keys(),
      gaps: this.#gaps.keys(),
    });
  }

  /** It has been; what was not among it was taken away meanwhile. @returns whether alarms or commands changed */
  endRetelling(): boolean {
    for (const list of LISTS) this.#revisions[list]++;
    for (const key of this.#retelling.end('device')) this.#devices.put(key, null);
    for (const key of this.#retelling.end('service')) this.#services.put(key, null);
    for (const key of this.#retelling.end('gaps')) this.#gaps.put(key, null);
    for (const key of this.#retelling.end('state')) this.#states.put(key, null);
    const alarms = this.#retelling.end('alarm').filter((id) => this.#alarms.remove(id));
    const commands = this.#retelling.end('command').filter((key) => this.#commands.remove(key));
    return alarms.length + commands.length > 0;
  }

  get dropped(): Dropped {
    return { alarms: this.#alarms.dropped, series: this.#values.dropped, devices: this.#devices.dropped };
  }

  /** Another one after every change of a list. */
  revision(list: List | 'pipeline'): number {
    return list === 'pipeline' ? this.tellings.revision : this.#revisions[list];
  }

  alarm(name: AlarmName): AlarmView | undefined {
    return this.#alarms.get(name);
  }

  device(name: DeviceName): DeviceView | undefined {
    return this.#devices.get(deviceKey(name));
  }

  /** Records that it numbered and that never came; undefined where it lacks none. */
  gapsOf(name: DeviceName): GapReport | undefined {
    return this.#gaps.get(deviceKey(name));
  }

  /** Commands that people sent to the device, newest first. */
  commandsOf(name: DeviceName): readonly CommandLife[] {
    return this.#commands.of(name);
  }

  /** undefined where nobody has said it. */
  state(name: PlantStateName): Value | undefined {
    return this.#states.get(stateKey(name));
  }

  value(name: SeriesName): ValueView | undefined {
    return this.#values.get(makeSeries(name).key);
  }

  alarms(): AlarmView[] {
    return this.#alarms.all();
  }

  values(): ValueView[] {
    return this.#values.all();
  }

  devices(): DeviceView[] {
    return this.#devices.all();
  }

  services(): ServiceStatus[] {
    return this.#services.all();
  }

  /** Of every series that has a latest value. */
  seriesNames(): SeriesName[] {
    return this.#values.all();
  }

  snapshot(): Omit<Snapshot, 'now' | 'broker'> {
    return {
      alarms: this.#alarms.all(),
      values: this.#values.all(),
      devices: this.#devices.all(),
      services: this.#services.all(),
      commands: this.#commands.all(),
      rejected: this.#rejected,
      dropped: this.dropped,
    };
  }

  takeAlarmChanges(): AlarmChanges {
    return this.#alarms.takeChanges();
  }

  takeCommandChanges(): CommandChanges {
    return this.#commands.takeChanges();
  }

  /** What changed since the last call, alarms and commands apart; undefined where nothing did. */
  takeChanges(): Omit<Changes, 'now' | 'broker'> | undefined {
    const { added, changed } = this.#values.takeChanges();
    const devices = this.#devices.takeChanges();
    const services = this.#services.takeChanges();
    const rejected = this.#rejected.slice(0, this.#rejectedCount - this.#rejectedTold);
    this.#rejectedTold = this.#rejectedCount;
    const isEmpty = [added, changed, devices, services, rejected].every((list) => list.length === 0);
    return isEmpty ? undefined : { added, changed, devices, services, rejected, dropped: this.dropped };
  }

  /** Services tell their numbers as devices do: more of them than a small plant has, and none that an operator needs. */
  #putPoints(points: readonly Point[], receivedAt: number): void {
    for (const point of points) {
      if (isOfPipeline(point.series)) this.tellings.put(point, receivedAt);
      else this.#values.put(point, receivedAt);
    }
    this.#revisions.values++;
  }

  #putDevice(name: DeviceName, view: DeviceView | null): void {
    const key = deviceKey(name);
    this.#retelling.told('device', key);
    const model = this.#devices.get(key)?.model ?? null;
    this.#devices.put(key, view);
    this.#revisions.devices++;
    if (view === null || view.model === model) return;
    this.#values.redescribe(name);
    this.#revisions.values++;
  }

  #putRejected(rejected: Rejected): void {
    const view: RejectView = {
      ...rejected,
      n: ++this.#rejectedCount,
      meaning: REJECT_REASONS[rejected.reason],
      payload: rejected.payload.slice(0, PAYLOAD_CHARS_MAX),
    };
    this.#rejected = [view, ...this.#rejected].slice(0, REJECTS_MAX);
  }
}

function stateKey({ site, area, name }: PlantStateName): string {
  return `${site}/${area}/${name}`;
}
