// Which series feed which inputs of which instances. Rules are indexed by metric, so a point meets only the rules that
// name it; a series is bound once and then costs one array per sample, however many rules there are.

import type { CompiledRule } from '../language/compile-rule.ts';
import { joinGroup, splitGroup } from './group-name.ts';
import { Instance } from './instance.ts';
import { type Binding, type DeviceState, isSelected, type SeriesState } from './plant.ts';
import { instanceKey } from './state.ts';

type Wanted = { readonly rule: CompiledRule; readonly input: number };

export type BinderEvents = {
  /** A new instance: the owner restores its state, if it has one, and evaluates it. */
  readonly onInstance: (instance: Instance) => void;
  /** Two devices of one group fit the same input: the first one feeds it. In words, once per pair. */
  readonly onAmbiguous: (message: string) => void;
};

export class Binder {
  readonly #byMetric = new Map<string, Wanted[]>();
  /** By `rule/site/area/instance`. */
  readonly #instances = new Map<string, Instance>();
  readonly #events: BinderEvents;

  constructor(rules: readonly CompiledRule[], events: BinderEvents) {
    this.#events = events;
    for (const rule of rules) {
      for (const [input, { metric }] of rule.inputs.entries()) {
        const wanted = this.#byMetric.get(metric);
        if (wanted === undefined) this.#byMetric.set(metric, [{ rule, input }]);
        else wanted.push({ rule, input });
      }
    }
  }

  get instances(): ReadonlyMap<string, Instance> {
    return this.#instances;
  }

  wantsMetric(metric: string): boolean {
    return this.#byMetric.has(metric);
  }

  /** The inputs a series feeds; instances are made as they are first needed. */
  bind(series: SeriesState, at: number): Binding[] {
    const bindings: Binding[] = [];
    for (const { rule, input } of this.#byMetric.get(series.metric) ?? []) {
      const instance = this.#instanceFor(rule, series.device, input, at);
      if (instance === undefined) continue;
      if (instance.bind(input, series)) bindings.push({ instance, input });
      else {
        this.#events.onAmbiguous(
          `rule ${rule.id}, instance ${instance.alarm.instance}: input '${rule.inputs[input]?.name}' fits ${series.device.name.device} and another device; narrow it by select`,
        );
      }
    }
    series.bindings = bindings;
    return bindings;
  }

  #instanceFor(rule: CompiledRule, device: DeviceState, input: number, at: number): Instance | undefined {
    const spec = rule.inputs[input];
    const isMember = isInScope(rule, device);
    if (spec?.select !== undefined ? !isSelected(device, spec.select) : !isMember) return undefined;
    const group = groupOf(rule, device);
    if (group === undefined) return undefined;
    const { site, area } = device.name;
    const name = joinGroup([...group.values()]);
    if (name === undefined) return undefined;
    const alarm = { site, area, rule: rule.id, instance: name };
    const key = instanceKey(alarm);
    const known = this.#instances.get(key);
    // A selected device outside the scope (the valve of a tank in scope) joins a group and never founds one.
    if (known !== undefined || !isMember) return known;
    const instance = new Instance(rule, alarm, { area: device.area, group, at });
    this.#add(key, instance);
    return instance;
  }

  /** An instance whose devices have not been heard of yet, from its written state. */
  revive(
    rule: CompiledRule,
    names: { site: string; area: string; instance: string },
    parts: { area: Instance['area']; at: number },
  ): void {
    const alarm = { ...names, rule: rule.id };
    const key = instanceKey(alarm);
    if (this.#instances.has(key)) return;
    const values = splitGroup(names.instance, rule.groupBy.length);
    const group = new Map(rule.groupBy.map((label, i) => [label, values[i] ?? '']));
    this.#add(key, new Instance(rule, alarm, { area: parts.area, group, at: parts.at }));
  }

  #add(key: string, instance: Instance): void {
    this.#instances.set(key, instance);
    instance.area.instances.add(instance);
    this.#unbindMembers(instance);
    this.#events.onInstance(instance);
  }

  /** Takes a series from the inputs it feeds; what else fits them is bound when it next comes. */
  unbind(series: SeriesState): Instance[] {
    const instances = (series.bindings ?? []).map(({ instance }) => instance);
    for (const instance of instances) {
      instance.unbind(series);
      this.#unbindMembers(instance);
    }
    series.bindings = undefined;
    return instances;
  }

  /** Members of the group that came before the instance could not be bound then: they are bound anew. */
  #unbindMembers({ area, group }: Instance): void {
    const only = group.get('device');
    const members = only === undefined ? area.devices.values() : [area.devices.get(only)];
    for (const device of members) for (const series of device?.series.values() ?? []) series.bindings = undefined;
  }
}

export function isInScope({ scope }: CompiledRule, device: DeviceState): boolean {
  if (scope.devices !== undefined && !scope.devices.includes(device.name.device)) return false;
  return isSelected(device, {
    ...(scope.model === undefined ? {} : { model: scope.model }),
    labels: scope.labels ?? {},
  });
}

/** The values of the rule's group labels for a device; undefined where it lacks one. */
function groupOf(rule: CompiledRule, device: DeviceState): Map<string, string> | undefined {
  const group = new Map<string, string>();
  for (const label of rule.groupBy) {
    const value = device.attributes.get(label);
    if (value === undefined) return undefined;
    group.set(label, value);
  }
  return group;
}
