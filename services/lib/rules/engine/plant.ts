// The plant as the engine knows it: areas with their devices, states and series. Each fact is held once; instances refer to it.

import type { DeviceView } from '#domain/device.ts';
import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import type { Series } from '#domain/series.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import type { SelectSpec } from '../language/rule-schema.ts';
import type { Instance } from './instance.ts';
import type { SeriesWindow } from './series-window.ts';
import type { PersonCommand } from './state.ts';
import type { WindowData } from './windows/window-spec.ts';

/** What every sample asks for comes first: it lies together in memory. */
export type SeriesState = {
  /** As the decoder's table last named it; undefined where no sample has come by it. */
  named: Series | undefined;
  /** Whose inputs it feeds, each instance once; undefined: to be bound before it is next used. */
  feeds: readonly Instance[] | undefined;
  /** Event time of the newest sample that counts, ms since the epoch; -Infinity where there was none. */
  at: number;
  value: Value | null;
  quality: Quality;
  /** Event time of the newest one that bore a value; -Infinity where none did. */
  goodAt: number;
  /** The same of the newest one that was good, and not uncertain. */
  certainAt: number;
  /** Of which type it was. */
  goodType: string | undefined;
  /** When values of another type than the newest were last there, by that type; undefined: they always were of one. */
  others: OtherTypes | undefined;
  /** Windows over it, each kept once however many rules look through it. */
  windows: SeriesWindow[];
  isDirty: boolean;
  readonly metric: string;
  readonly device: DeviceState;
  /** Contents of windows from an earlier life, until they are asked for. */
  savedWindows: { readonly [key: string]: WindowData } | undefined;
};

/** `certainAt`: null where none was certain. */
export type OtherTypes = { readonly [type: string]: { readonly goodAt: number; readonly certainAt: number | null } };

export type DeviceState = {
  readonly name: DeviceName;
  readonly area: AreaState;
  /** device, site, area, model, role and labels: what rules select and group by. */
  attributes: ReadonlyMap<string, string>;
  /** As the registry last described it; null where it has not. */
  view: DeviceView | null;
  model: DeviceModel | null;
  online: boolean | null;
  /** When it was said to be offline; meaningful while it is. */
  offlineAt: number;
  /** What it reports of its configuration. */
  config: { readonly [key: string]: Value };
  /** When commands went to it, by name: for their rate limits. */
  commandsSentAt: { [command: string]: number[] };
  /** Commands that people sent to it, oldest first (people-commands.ts). */
  commands: readonly PersonCommand[];
  /** Entries that they have in the journal. */
  commandEntries: number;
  readonly series: Map<string, SeriesState>;
  isDirty: boolean;
};

export type AreaState = {
  readonly site: string;
  readonly area: string;
  readonly devices: Map<string, DeviceState>;
  /** Its devices by what they have in common (`line=L1`): a group must not be looked for among all of them. */
  readonly alike: Map<string, Set<DeviceState>>;
  readonly plantStates: Map<string, Value>;
  readonly instances: Set<Instance>;
  /** How many alarms of a rule are active here. */
  readonly activeAlarms: Map<string, number>;
};

/** Where the alarms of a rule that spans a site live; no device can be in it. */
export const SITE_AREA = 'site';

const NO_WINDOWS: SeriesWindow[] = [];
const NO_CONFIG = {};
const NO_COMMANDS: readonly PersonCommand[] = [];

export class Plant {
  readonly #areas = new Map<string, AreaState>();
  #models: ReadonlyMap<string, DeviceModel>;

  constructor(models: ReadonlyMap<string, DeviceModel>) {
    this.#models = models;
  }

  get areas(): Iterable<AreaState> {
    return this.#areas.values();
  }

  area(site: string, area: string): AreaState {
    const key = `${site}/${area}`;
    let state = this.#areas.get(key);
    if (state === undefined) {
      state = {
        ...{ site, area, devices: new Map(), alike: new Map(), plantStates: new Map() },
        ...{ instances: new Set(), activeAlarms: new Map() },
      };
      this.#areas.set(key, state);
    }
    return state;
  }

  /** Every device of a site, whatever its area. */
  *devicesOf(site: string): Iterable<DeviceState> {
    for (const area of this.#areas.values()) if (area.site === site) yield* area.devices.values();
  }

  /** Devices of an area, or of its site, whose attribute has the value. */
  *devicesAlike({ site, area, alike }: AreaState, label: string, value: string): Iterable<DeviceState> {
    if (area !== SITE_AREA) yield* alike.get(`${label}=${value}`) ?? [];
    else
      for (const each of this.#areas.values()) if (each.site === site) yield* each.alike.get(`${label}=${value}`) ?? [];
  }

  /** Devices that an alarm of this area may reach: those of the area, or of the site where the alarm spans it. */
  devicesAround({ site, area, devices }: AreaState): Iterable<DeviceState> {
    return area === SITE_AREA ? this.devicesOf(site) : devices.values();
  }

  /** Alarms that may have commands for a device: of its area, and those that span its site. */
  *instancesFor({ site, area }: DeviceName): Iterable<Instance> {
    yield* this.#areas.get(`${site}/${area}`)?.instances ?? [];
    if (area !== SITE_AREA) yield* this.#areas.get(`${site}/${SITE_AREA}`)?.instances ?? [];
  }

  *devices(): Iterable<DeviceState> {
    for (const area of this.#areas.values()) yield* area.devices.values();
  }

  /** The device where it is known already. */
  find({ site, area, device }: DeviceName): DeviceState | undefined {
    return this.#areas.get(`${site}/${area}`)?.devices.get(device);
  }

  dropSeries(series: SeriesState): void {
    series.named = undefined; // the decoder's table may still hold it
    series.device.series.delete(series.metric);
  }

  dropDevice({ name, area }: DeviceState): void {
    area.devices.delete(name.device);
  }

  device(name: DeviceName): DeviceState {
    const area = this.area(name.site, name.area);
    let device = area.devices.get(name.device);
    if (device === undefined) {
      device = {
        name: { site: area.site, area: area.area, device: name.device },
        area,
        attributes: attributesOf(name, null),
        ...{ view: null, model: null, online: null, offlineAt: 0, config: NO_CONFIG, commandsSentAt: {} },
        ...{ commands: NO_COMMANDS, commandEntries: 0 },
        series: new Map(),
        isDirty: false,
      };
      area.devices.set(name.device, device);
    }
    return device;
  }

  seriesOf(device: DeviceState, metric: string): SeriesState {
    let state = device.series.get(metric);
    if (state === undefined) {
      // Written out in one piece: what a spread adds would lie apart from the object.
      state = {
        named: undefined,
        feeds: undefined,
        at: Number.NEGATIVE_INFINITY,
        value: null,
        quality: 'good',
        goodAt: Number.NEGATIVE_INFINITY,
        certainAt: Number.NEGATIVE_INFINITY,
        goodType: undefined,
        others: undefined,
        windows: NO_WINDOWS,
        isDirty: false,
        metric,
        device,
        savedWindows: undefined,
      };
      device.series.set(metric, state);
    }
    return state;
  }

  /** A named state of an area; null: nobody says it any more. */
  setState({ site, area, name, value }: { site: string; area: string; name: string; value: Value | null }): void {
    const { plantStates } = this.area(site, area);
    if (value === null) plantStates.delete(name);
    else plantStates.set(name, value);
  }

  /** Takes the registry's view; says whether attributes changed, so that the device's series must be bound anew. */
  describe(
    view: DeviceView,
    at: number,
  ): {
    readonly device: DeviceState;
    readonly isNew: boolean;
    readonly isChanged: boolean;
    readonly isOnlineChanged: boolean;
  } {
    const device = this.device(view);
    const attributes = attributesOf(view, view);
    const isChanged = !isSame(attributes, device.attributes);
    const isNew = device.view === null;
    const isOnlineChanged = device.online !== view.online;
    if (isChanged) setAttributes(device, attributes);
    if (isOnlineChanged && view.online === false) device.offlineAt = at;
    device.view = view;
    device.model = view.model === null ? null : (this.#models.get(view.model) ?? null);
    device.online = view.online;
    return { device, isNew, isChanged, isOnlineChanged };
  }

  /** Forgets what the registry said; samples stay, since they were measured. */
  forget(name: DeviceName): { readonly device: DeviceState; readonly isChanged: boolean } {
    const device = this.device(name);
    const isChanged = device.view !== null;
    setAttributes(device, attributesOf(name, null));
    Object.assign(device, { view: null, model: null, online: null });
    return { device, isChanged };
  }

  setModels(models: ReadonlyMap<string, DeviceModel>): void {
    this.#models = models;
    for (const device of this.devices()) {
      const model = device.view?.model ?? null;
      device.model = model === null ? null : (models.get(model) ?? null);
    }
  }
}

function attributesOf(name: DeviceName, view: DeviceView | null): ReadonlyMap<string, string> {
  const attributes = new Map(Object.entries(view?.labels ?? {}));
  if (view?.model) attributes.set('model', view.model);
  if (view?.role) attributes.set('role', view.role);
  return attributes.set('device', name.device).set('site', name.site).set('area', name.area);
}

/** Attributes that say where a device is are looked up in the plant itself. */
const PLACES: ReadonlySet<string> = new Set(['device', 'site', 'area']);

export function isPlace(attribute: string): boolean {
  return PLACES.has(attribute);
}

function setAttributes(device: DeviceState, attributes: ReadonlyMap<string, string>): void {
  const { alike } = device.area;
  for (const [label, value] of device.attributes) {
    const key = `${label}=${value}`;
    const devices = alike.get(key);
    if (devices?.delete(device) === true && devices.size === 0) alike.delete(key);
  }
  device.attributes = attributes;
  for (const [label, value] of attributes) {
    if (isPlace(label)) continue;
    const key = `${label}=${value}`;
    alike.set(key, (alike.get(key) ?? new Set()).add(device));
  }
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}

/** Whether a device is what `select` of a rule asks for. */
export function isSelected(device: DeviceState, select: SelectSpec): boolean {
  const { labels = {}, ...plain } = select;
  for (const [key, wanted] of [...Object.entries(plain), ...Object.entries(labels)]) {
    if (wanted !== undefined && device.attributes.get(key) !== wanted) return false;
  }
  return true;
}

/** From now on its values are of another type. What is known of the earlier ones stays known of them. */
export function noteType(series: SeriesState, type: string): void {
  const { goodType, goodAt, certainAt, others } = series;
  series.goodType = type;
  if (goodType === undefined) return;
  const earlier = { goodAt, certainAt: Number.isFinite(certainAt) ? certainAt : null };
  series.others = { ...others, [goodType]: earlier };
  series.certainAt = others?.[type]?.certainAt ?? Number.NEGATIVE_INFINITY;
}

/** When a value of the type was last there, and a certain one; -Infinity where none was. */
export function momentsOf(series: SeriesState, type: string): { readonly goodAt: number; readonly certainAt: number } {
  if (series.goodType === type) return series;
  const { goodAt, certainAt } = series.others?.[type] ?? {};
  return { goodAt: goodAt ?? Number.NEGATIVE_INFINITY, certainAt: certainAt ?? Number.NEGATIVE_INFINITY };
}
