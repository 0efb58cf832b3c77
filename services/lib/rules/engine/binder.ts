// Which series feed which inputs of which instances. Rules are indexed by metric and scope, so a series meets only the rules
// that may want it; it is bound once and then costs one array per sample, however many rules there are.

import type { CompiledRule } from '../language/compile-rule.ts';
import { joinGroup } from './group-name.ts';
import { Instance } from './instance.ts';
import type { LoadedRule } from './loaded-rule.ts';
import {
  type AreaState,
  type DeviceState,
  isPlace,
  isSelected,
  type Plant,
  type SeriesState,
  SITE_AREA,
} from './plant.ts';
import { instanceKey } from './state.ts';

type Wanted = { readonly loaded: LoadedRule; readonly input: number };

/** Inputs that name a metric, by what their rule says of the device: where it says nothing, any device may fit. */
type MetricIndex = {
  readonly byDevice: Map<string, Wanted[]>;
  readonly byModel: Map<string, Wanted[]>;
  readonly any: Wanted[];
};

export type BinderEvents = {
  /** A new instance: the owner restores its state, if it has one. */
  readonly onInstance: (instance: Instance) => void;
  /** Two devices of one group fit the same input: the first one feeds it. In words, once per pair. */
  readonly onAmbiguous: (message: string) => void;
};

export class Binder {
  readonly #plant: Plant;
  readonly #byMetric = new Map<string, MetricIndex>();
  /** By `rule/site/area/instance`. */
  readonly #instances = new Map<string, Instance>();
  readonly #events: BinderEvents;
  /** Series that must be bound anew because an instance was made that they may belong to. */
  #waiting: SeriesState[] = [];

  constructor(plant: Plant, events: BinderEvents) {
    this.#plant = plant;
    this.#events = events;
  }

  get instances(): ReadonlyMap<string, Instance> {
    return this.#instances;
  }

  wantsMetric(metric: string): boolean {
    return this.#byMetric.has(metric);
  }

  /** Takes a rule in; series that it may want are to be bound anew. */
  add(loaded: LoadedRule): void {
    for (const [input, { metric }] of loaded.rule.inputs.entries()) {
      let index = this.#byMetric.get(metric);
      if (index === undefined) {
        index = { byDevice: new Map(), byModel: new Map(), any: [] };
        this.#byMetric.set(metric, index);
      }
      for (const list of listsFor(index, { loaded, input })) list.push({ loaded, input });
    }
  }

  /** Takes a rule out with all its instances; series that fed it are to be bound anew. */
  remove(loaded: LoadedRule): void {
    for (const [input, { metric }] of loaded.rule.inputs.entries()) {
      const index = this.#byMetric.get(metric);
      if (index === undefined) continue;
      for (const list of listsFor(index, { loaded, input })) {
        const at = list.findIndex((each) => each.loaded === loaded && each.input === input);
        if (at !== -1) list.splice(at, 1);
      }
      if (isEmpty(index)) this.#byMetric.delete(metric);
    }
    for (const instance of [...loaded.instances]) this.drop(instance);
  }

  drop(instance: Instance): void {
    this.#instances.delete(instance.key);
    instance.loaded.instances.delete(instance);
    instance.area.instances.delete(instance);
    for (const series of instance.slots) if (series !== null) series.feeds = undefined;
  }

  /** The instances a series feeds; they are made as they are first needed, and take in their other members at once. */
  bind(series: SeriesState, at: number): readonly Instance[] {
    if (series.feeds !== undefined) return series.feeds;
    const feeds = this.#bind(series, at);
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      if (next.feeds === undefined) this.#bind(next, at);
    }
    // Making an instance may have unbound this very series.
    return series.feeds ?? feeds;
  }

  #bind(series: SeriesState, at: number): readonly Instance[] {
    const feeds = new Set<Instance>();
    for (const wanted of this.#wantedBy(series)) {
      const instance = this.#instanceFor(wanted, series.device, at);
      if (instance === undefined) continue;
      if (instance.bind(wanted.input, series)) feeds.add(instance);
      else {
        const name = wanted.loaded.rule.inputs[wanted.input]?.name;
        this.#events.onAmbiguous(
          `rule ${instance.rule.id}, instance ${instance.name}: input '${name}' fits ${series.device.name.device} and another device; narrow it by select`,
        );
      }
    }
    series.feeds = [...feeds];
    return series.feeds;
  }

  *#wantedBy({ metric, device }: SeriesState): Iterable<Wanted> {
    const index = this.#byMetric.get(metric);
    if (index === undefined) return;
    yield* index.any;
    yield* index.byDevice.get(device.name.device) ?? [];
    const model = device.attributes.get('model');
    if (model !== undefined) yield* index.byModel.get(model) ?? [];
  }

  #instanceFor({ loaded, input }: Wanted, device: DeviceState, at: number): Instance | undefined {
    const { rule } = loaded;
    const spec = rule.inputs[input];
    const isMember = isInScope(rule, device);
    if (spec?.select !== undefined ? !isSelected(device, spec.select) : !isMember) return undefined;
    const group = groupOf(rule, device);
    const name = group === undefined ? undefined : joinGroup(group);
    if (group === undefined || name === undefined) return undefined;
    const area = this.areaOf(rule, device.area);
    const key = instanceKey({ rule: rule.id, site: area.site, area: area.area, instance: name });
    const known = this.#instances.get(key);
    // A selected device outside the scope (the valve of a tank in scope) joins a group and never founds one.
    if (known !== undefined || !isMember) return known;
    const instance = new Instance(loaded, key, { name, area, at });
    return this.#hasEveryMetric(instance) ? this.#add(instance) : undefined;
  }

  /**
   * A rule without a scope is for devices that have all its metrics: of another one it would only ever say that it does not
   * know. A device of a named scope that lacks one is watched all the same, since its silence is the matter.
   */
  #hasEveryMetric(instance: Instance): boolean {
    const { scope, inputs } = instance.rule;
    if (scope.devices !== undefined || scope.model !== undefined || scope.labels !== undefined) return true;
    const members = [...this.membersOf(instance)];
    return inputs.every(
      ({ metric, select }) =>
        select !== undefined || members.some(({ series, model }) => series.has(metric) || model?.metrics.has(metric)),
    );
  }

  /** Where the alarms of a rule live that a device in this area belongs to. */
  areaOf(rule: CompiledRule, area: AreaState): AreaState {
    return rule.span === 'site' ? this.#plant.area(area.site, SITE_AREA) : area;
  }

  /** The instance of a name, made where there is none: for alarms that no series feeds, or whose devices are not known yet. */
  summon(loaded: LoadedRule, { name, area, at }: { name: string; area: AreaState; at: number }): Instance {
    const key = instanceKey({ rule: loaded.rule.id, site: area.site, area: area.area, instance: name });
    const known = this.#instances.get(key);
    if (known !== undefined) return known;
    return this.#add(new Instance(loaded, key, { name, area, at }));
  }

  #add(instance: Instance): Instance {
    this.#instances.set(instance.key, instance);
    instance.loaded.instances.add(instance);
    instance.area.instances.add(instance);
    this.#unbindMembers(instance);
    this.#events.onInstance(instance);
    return instance;
  }

  /** Takes a series from the inputs it feeds; what else fits them is bound when it next comes. */
  unbind(series: SeriesState): readonly Instance[] {
    // What waits to be bound anew still feeds what it fed.
    const instances = series.feeds ?? [...this.#fedBy(series)];
    series.feeds = undefined;
    for (const instance of instances) {
      instance.unbind(series);
      this.#unbindMembers(instance);
    }
    return instances;
  }

  *#fedBy(series: SeriesState): Iterable<Instance> {
    for (const instance of this.#plant.instancesFor(series.device.name))
      if (instance.slots.includes(series)) yield instance;
  }

  /** Members of the group that came before the instance could not be bound then: they are bound anew. */
  #unbindMembers(instance: Instance): void {
    for (const device of this.membersOf(instance)) {
      for (const series of device.series.values()) {
        if (series.feeds === undefined || !this.#byMetric.has(series.metric)) continue;
        series.feeds = undefined;
        this.#waiting.push(series);
      }
    }
  }

  /** No device of its group is in the scope of its rule any more; what other alarms raise has no devices. */
  isOrphan(instance: Instance): boolean {
    if (instance.rule.inputs.length === 0) return false;
    for (const device of this.membersOf(instance)) if (isInScope(instance.rule, device)) return false;
    return true;
  }

  /** Devices of the instance's group, in its scope or not. */
  *membersOf({ rule, area, group }: Instance): Iterable<DeviceState> {
    const deviceAt = rule.groupBy.indexOf('device');
    const only = deviceAt === -1 ? undefined : area.devices.get(group[deviceAt] ?? '');
    if (only !== undefined) yield only;
    if (deviceAt !== -1 && rule.span === 'area') return;
    const labelAt = rule.groupBy.findIndex((label) => !isPlace(label));
    const devices =
      labelAt === -1
        ? this.#plant.devicesAround(area)
        : this.#plant.devicesAlike(area, rule.groupBy[labelAt] ?? '', group[labelAt] ?? '');
    for (const device of devices) {
      if (rule.groupBy.every((label, i) => device.attributes.get(label) === group[i])) yield device;
    }
  }
}

function listsFor(index: MetricIndex, { loaded, input }: Wanted): Wanted[][] {
  const { scope, inputs } = loaded.rule;
  // A selected device may stand outside the scope.
  if (inputs[input]?.select !== undefined) return [index.any];
  const listed = (lists: Map<string, Wanted[]>, key: string) => {
    const list = lists.get(key) ?? [];
    lists.set(key, list);
    return list;
  };
  if (scope.devices !== undefined) return [...new Set(scope.devices)].map((device) => listed(index.byDevice, device));
  return scope.model === undefined ? [index.any] : [listed(index.byModel, scope.model)];
}

function isEmpty({ any, byDevice, byModel }: MetricIndex): boolean {
  return any.length === 0 && [...byDevice.values(), ...byModel.values()].every((list) => list.length === 0);
}

export function isInScope({ scope }: CompiledRule, device: DeviceState): boolean {
  if (scope.devices !== undefined && !scope.devices.includes(device.name.device)) return false;
  if (scope.model !== undefined && device.attributes.get('model') !== scope.model) return false;
  return scope.labels === undefined || isSelected(device, { labels: scope.labels });
}

/** The values of the rule's group labels for a device; undefined where it lacks one. */
function groupOf(rule: CompiledRule, device: DeviceState): string[] | undefined {
  const group: string[] = [];
  for (const label of rule.groupBy) {
    const value = device.attributes.get(label);
    if (value === undefined) return undefined;
    group.push(value);
  }
  return group;
}
