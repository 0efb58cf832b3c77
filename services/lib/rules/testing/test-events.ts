// What a rule test says happens, as inputs of the engine in the order of their moments.

import type { AlarmOperationName, Role } from '#domain/alarm.ts';
import type { SeriesTable } from '#domain/batch.ts';
import { type DeviceView, UNHEARD } from '#domain/device.ts';
import { parseDuration } from '#domain/duration.ts';
import type { EngineInput } from '../engine/inputs.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { Happening, RuleTest } from './rule-test-schema.ts';
import { parseSeries } from './series-notation.ts';

/** Any moment will do, so long as it is always the same. */
export const START = 1_700_000_000_000;

/** Keys of a series that are no labels of its device. */
const PLAIN_KEYS = new Set(['device', 'metric', 'values', 'role', 'model', 'site', 'area']);

/** Of one moment, first what the plant is like, then samples, then what people do. */
const ORDER = { plant: 0, sample: 1, person: 2 } as const;

export type TestEvent = { readonly at: number; readonly order: number } & (
  | { readonly input: EngineInput }
  | { readonly operation: RuleTest['operator'][number] }
);

export type TestScene = {
  readonly events: readonly TestEvent[];
  readonly devices: ReadonlyMap<string, DeviceView>;
  readonly samples: number;
};

export const msOf = (text: string): number => parseDuration(text) ?? 0;

/** The scene, or a sentence that says why there is none. */
export function sceneOf(test: RuleTest, rule: CompiledRule, table: SeriesTable): TestScene | string {
  const place = { site: rule.scope.labels?.site ?? 'site', area: rule.scope.labels?.area ?? 'area' };
  const devices = devicesOf(test, rule, place);
  const events: TestEvent[] = [];
  for (const [name, value] of Object.entries(test.plant ?? {}))
    events.push({ at: START, order: ORDER.plant, input: { kind: 'plant-state', ...place, name, value, at: START } });
  for (const device of devices.values())
    events.push({ at: START, order: ORDER.plant, input: { kind: 'device', device, at: START } });
  let samples = 0;
  for (const entry of test.series) {
    const view = devices.get(entry.device);
    const values = parseSeries(entry.values);
    if (typeof values === 'string') return `series ${entry.device}/${entry.metric}: ${values}`;
    if (view === undefined) continue;
    const series = table.of({ site: view.site, area: view.area, device: view.device, metric: entry.metric });
    for (const [i, value] of values.entries()) {
      if (value === 'missing') continue;
      const at = START + i * msOf(test.interval);
      const quality = value === null ? 'bad' : 'good';
      const point = { series, value, quality, measuredAt: at, late: false } as const;
      events.push({ at, order: ORDER.sample, input: { kind: 'point', point, receivedAt: at } });
      samples++;
    }
  }
  for (const each of test.happens) {
    const input = inputOf(each, { place, devices });
    if (typeof input === 'string') return input;
    events.push({ at: START + msOf(each.at), order: ORDER.plant, input });
  }
  for (const operation of test.operator)
    events.push({ at: START + msOf(operation.at), order: ORDER.person, operation });
  return { events, devices, samples };
}

type Place = { readonly site: string; readonly area: string };

/** Each device once; what any of its series says of it counts. */
function devicesOf(test: RuleTest, rule: CompiledRule, place: Place): Map<string, DeviceView> {
  const devices = new Map<string, DeviceView>();
  const scoped = Object.entries(rule.scope.labels ?? {}).filter(([key]) => !PLAIN_KEYS.has(key));
  for (const entry of test.series) {
    const text = (key: string) => (typeof entry[key] === 'string' ? (entry[key] as string) : undefined);
    const labels = Object.entries(entry).filter(([key]) => !PLAIN_KEYS.has(key));
    const known = devices.get(entry.device);
    devices.set(entry.device, {
      site: text('site') ?? known?.site ?? place.site,
      area: text('area') ?? known?.area ?? place.area,
      device: entry.device,
      model: text('model') ?? known?.model ?? rule.scope.model ?? null,
      role: text('role') ?? known?.role ?? null,
      labels: {
        ...(known?.labels ?? Object.fromEntries(scoped)),
        ...Object.fromEntries(labels.map(([key, value]) => [key, String(value)])),
      },
      ...UNHEARD,
      online: true,
      lastSeen: START,
    });
  }
  return devices;
}

function inputOf(
  happening: Happening,
  { place, devices }: { readonly place: Place; readonly devices: ReadonlyMap<string, DeviceView> },
): EngineInput | string {
  const at = START + msOf(happening.at);
  if ('state' in happening) return { kind: 'plant-state', ...place, name: happening.state, value: happening.value, at };
  const device = devices.get(happening.device);
  if (device === undefined) return `at ${happening.at}: no series is of a device '${happening.device}'`;
  if ('online' in happening) return { kind: 'device', device: { ...device, online: happening.online }, at };
  return { kind: 'config', device, config: happening.config, at };
}

/** With which right a person does it, where the test does not say. */
export function roleOf({ do: op, role }: { readonly do: AlarmOperationName; readonly role?: Role | undefined }): Role {
  return role ?? (op === 'oos' || op === 'in-service' ? 'engineer' : 'operator');
}
