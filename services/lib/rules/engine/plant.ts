// The plant as the engine knows it: areas with their devices, states and series. Each fact is held once; instances refer to it.

import type { DeviceView } from '#domain/device.ts';
import type { Point, Value } from '#domain/point.ts';
import type { Series } from '#domain/series.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import type { SelectSpec } from '../language/rule-schema.ts';
import type { Instance } from './instance.ts';

export type Binding = { readonly instance: Instance; readonly input: number };

export type SeriesState = {
  readonly metric: string;
  readonly device: DeviceState;
  /** Newest point that may count; null where there was none. */
  last: Point | null;
  /** Event time up to which samples have counted, in this life or an earlier one; -Infinity where none has. */
  countedUntil: number;
  /** Filled when the series is bound; undefined: to be bound before it is next used. */
  bindings: Binding[] | undefined;
};

export type DeviceState = {
  readonly name: DeviceName;
  readonly area: AreaState;
  /** device, site, area, model, role and labels: what rules select and group by. */
  attributes: ReadonlyMap<string, string>;
  model: DeviceModel | null;
  online: boolean | null;
  readonly series: Map<string, SeriesState>;
};

export type AreaState = {
  readonly site: string;
  readonly area: string;
  readonly devices: Map<string, DeviceState>;
  readonly plantStates: Map<string, Value>;
  readonly instances: Set<Instance>;
};

export class Plant {
  readonly #areas = new Map<string, AreaState>();
  /** Weak: the decoder's table of series is a bounded cache, and what it forgets must not live on here. */
  readonly #series = new WeakMap<Series, SeriesState>();
  readonly #models: ReadonlyMap<string, DeviceModel>;

  constructor(models: ReadonlyMap<string, DeviceModel>) {
    this.#models = models;
  }

  area(site: string, area: string): AreaState {
    const key = `${site}/${area}`;
    let state = this.#areas.get(key);
    if (state === undefined) {
      state = { site, area, devices: new Map(), plantStates: new Map(), instances: new Set() };
      this.#areas.set(key, state);
    }
    return state;
  }

  device(name: DeviceName): DeviceState {
    const area = this.area(name.site, name.area);
    let device = area.devices.get(name.device);
    if (device === undefined) {
      device = { name, area, attributes: attributesOf(name, null), model: null, online: null, series: new Map() };
      area.devices.set(name.device, device);
    }
    return device;
  }

  series(series: Series): SeriesState {
    const known = this.#series.get(series);
    if (known !== undefined) return known;
    const { site, area, device, metric } = series;
    const state = this.seriesOf(this.device({ site, area, device }), metric);
    this.#series.set(series, state);
    return state;
  }

  seriesOf(device: DeviceState, metric: string): SeriesState {
    let state = device.series.get(metric);
    if (state === undefined) {
      state = { metric, device, last: null, countedUntil: Number.NEGATIVE_INFINITY, bindings: undefined };
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

  /** Takes the registry's view; true where attributes changed, so that the device's series must be bound anew. */
  describe(view: DeviceView): {
    readonly device: DeviceState;
    readonly isChanged: boolean;
    readonly isOnlineChanged: boolean;
  } {
    const device = this.device({ site: view.site, area: view.area, device: view.device });
    const attributes = attributesOf(view, view);
    const isChanged = !isSame(attributes, device.attributes);
    const isOnlineChanged = device.online !== view.online;
    device.attributes = attributes;
    device.model = view.model === null ? null : (this.#models.get(view.model) ?? null);
    device.online = view.online;
    return { device, isChanged, isOnlineChanged };
  }
}

function attributesOf(name: DeviceName, view: DeviceView | null): ReadonlyMap<string, string> {
  const attributes = new Map(Object.entries(view?.labels ?? {}));
  if (view?.model) attributes.set('model', view.model);
  if (view?.role) attributes.set('role', view.role);
  return attributes.set('device', name.device).set('site', name.site).set('area', name.area);
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}

/** A sample of the newest one's moment counts only where it corrects it: it may also be the same message once more. */
export function isNews({ last, countedUntil }: SeriesState, { measuredAt, value, quality }: Point): boolean {
  if (measuredAt !== countedUntil) return measuredAt > countedUntil;
  return last !== null && (last.value !== value || last.quality !== quality);
}

/** Whether a device is what `select` of a rule asks for. */
export function isSelected(device: DeviceState, select: SelectSpec): boolean {
  const { labels = {}, ...plain } = select;
  for (const [key, wanted] of [...Object.entries(plain), ...Object.entries(labels)]) {
    if (wanted !== undefined && device.attributes.get(key) !== wanted) return false;
  }
  return true;
}
