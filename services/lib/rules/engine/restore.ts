// Rows that an earlier life wrote down (snapshot.ts), read back. What cannot be read is passed over: it is one alarm or one
// series less, and samples bring it again.

import { type DeviceModel, type ModelData, modelOf } from '#runtime/plant-files.ts';
import { type CompiledRule, compileRule } from '../language/compile-rule.ts';
import { ruleSchema } from '../language/rule-schema.ts';
import type { Plant } from './plant.ts';
import type { DeviceRow, EngineRow, InstanceRow, RetiredRow, SeriesRow, StateRow } from './snapshot.ts';

export type SavedEngine = {
  readonly engine: EngineRow | undefined;
  readonly rules: readonly CompiledRule[];
  readonly models: ReadonlyMap<string, DeviceModel> | undefined;
  /** By `rule/site/area/instance`. */
  readonly instances: Map<string, InstanceRow>;
  /** The same of those that are no more. */
  readonly retired: Map<string, RetiredRow>;
  /** When orders of people expire whose lives are told no more, by their correlation ids. */
  readonly spentOrders: ReadonlyMap<string, number>;
  /** Puts devices, states and series into an empty plant. */
  readonly fill: (plant: Plant) => void;
};

export function readRows(rows: readonly StateRow[]): SavedEngine {
  const byKind = Map.groupBy(rows, ({ key }) => key.split('/', 1)[0]);
  const of = <T>(kind: string): { readonly key: string; readonly row: T }[] =>
    (byKind.get(kind) ?? []).flatMap(({ key, value }) => {
      if (value === null) return [];
      return [{ key: key.slice(kind.length + 1), row: JSON.parse(value) as T }];
    });
  const models = of<readonly ModelData[]>('models')[0]?.row;
  return {
    engine: of<EngineRow>('engine')[0]?.row,
    rules: of<unknown>('rule').flatMap(({ row }) => {
      const parsed = ruleSchema.safeParse(row);
      const compiled = parsed.success ? compileRule(parsed.data) : [];
      return Array.isArray(compiled) ? [] : [compiled];
    }),
    models: models && new Map(models.map((model) => [model.model, modelOf(model)])),
    instances: new Map(of<InstanceRow>('instance').map(({ key, row }) => [key, row])),
    retired: new Map(of<RetiredRow>('retired').map(({ key, row }) => [key, row])),
    spentOrders: new Map(of<number>('spent-order').map(({ key, row }) => [key, row])),
    fill(plant) {
      for (const { key, row } of of<DeviceRow>('device')) fillDevice(plant, key, row);
      for (const { key, row } of of<number | boolean | string>('state')) {
        const [site = '', area = '', name = ''] = key.split('/');
        plant.setState({ site, area, name, value: row });
      }
      for (const { key, row } of of<SeriesRow>('series')) fillSeries(plant, key, row);
    },
  };
}

function fillDevice(plant: Plant, key: string, { view, ...kept }: DeviceRow): void {
  const [site = '', area = '', device = ''] = key.split('/');
  const state = plant.device({ site, area, device });
  if (view !== null) plant.describe(view, kept.offlineAt);
  Object.assign(state, kept);
}

function fillSeries(plant: Plant, key: string, { goodAt, certainAt, windows, ...newest }: SeriesRow): void {
  // A metric may hold slashes itself.
  const [site = '', area = '', device = '', ...metric] = key.split('/');
  const series = plant.seriesOf(plant.device({ site, area, device }), metric.join('/'));
  const never = Number.NEGATIVE_INFINITY;
  Object.assign(series, newest, { goodAt: goodAt ?? never, certainAt: certainAt ?? never, savedWindows: windows });
}
