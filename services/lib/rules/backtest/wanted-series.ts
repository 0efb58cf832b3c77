// Which series a set of rules can read at all: history of anything else is not fetched. It may name too much, never too
// little; the engine decides.

import type { DeviceEntry } from '#domain/device.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { SelectSpec } from '../language/rule-schema.ts';

/** Metric to the names of its devices; null: of all devices. */
export type WantedSeries = ReadonlyMap<string, ReadonlySet<string> | null>;

/** Beyond this a query that names them is longer than the answer is shorter. */
const DEVICES_MAX = 40;

export function wantedSeries(rules: readonly CompiledRule[], devices: Iterable<DeviceEntry>): WantedSeries {
  const known = [...devices];
  const wanted = new Map<string, Set<string> | null>();
  for (const rule of rules) {
    for (const { metric, select } of rule.inputs) {
      const named = devicesOf(rule, select, known);
      const before = wanted.get(metric);
      wanted.set(metric, named === null || before === null ? null : new Set([...(before ?? []), ...named]));
    }
  }
  for (const [metric, named] of wanted) if (named !== null && named.size > DEVICES_MAX) wanted.set(metric, null);
  return wanted;
}

/** The devices that can feed an input; null where a device that no file names could. */
function devicesOf(
  { scope }: CompiledRule,
  select: SelectSpec | undefined,
  known: readonly DeviceEntry[],
): readonly string[] | null {
  if (select?.device !== undefined) return [select.device];
  if (select === undefined && scope.devices !== undefined) return scope.devices;
  const attributes = attributesOf(select ?? { model: scope.model, labels: scope.labels });
  // What a device is called and where it stands is known of every device; its model, role and labels only from files.
  const isFromFiles = attributes.some(([key]) => !['site', 'area', 'device'].includes(key));
  if (!isFromFiles) return null;
  return known.filter((device) => hasAll(device, attributes)).map(nameOf);
}

/** Whether a device of the files is what a rule sends commands to. */
export function isTarget(device: DeviceEntry, rules: readonly CompiledRule[]): boolean {
  return rules.some(({ actions }) =>
    actions.some((action) => {
      if (action.type !== 'command') return false;
      const { select, device: name } = action.target;
      return select === undefined ? device.device === name : hasAll(device, attributesOf(select));
    }),
  );
}

function attributesOf({ labels = {}, ...plain }: SelectSpec): [key: string, value: string][] {
  const all = [...Object.entries(plain), ...Object.entries(labels)];
  return all.filter((each): each is [string, string] => each[1] !== undefined);
}

function hasAll(device: DeviceEntry, attributes: readonly (readonly [key: string, value: string])[]): boolean {
  return attributes.every(([key, value]) => attributeOf(device, key) === value);
}

const nameOf = ({ device }: DeviceEntry): string => device;

function attributeOf(device: DeviceEntry, key: string): string | null | undefined {
  if (key === 'site' || key === 'area' || key === 'device' || key === 'model' || key === 'role') return device[key];
  return Object.hasOwn(device.labels, key) ? device.labels[key] : undefined;
}
