// What the rules say about a series, to be drawn where it is: the limits they compare it with, and the alarms it decides. Of the
// files as they were a few seconds ago at most; what is wrong with one is for the rules service to say.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DeviceEntry } from '#domain/device.ts';
import type { SeriesName } from '#domain/series.ts';
import { joinGroup } from '#rules/engine/group-name.ts';
import type { CompiledRule } from '#rules/language/compile-rule.ts';
import { converter } from '#rules/language/units.ts';
import { readRules } from '#rules/rule-files.ts';
import { limitsOf, type RuleLimit } from '#rules/rule-limits.ts';
import type { TrendLimit } from '../api/history.ts';

/** What files or the device itself say of the series' device; null: nothing. */
export type Described = { readonly series: SeriesName; readonly device: DeviceEntry | null };

/** An alarm that a series has a part in. */
export type NamedAlarm = { readonly rule: string; readonly instance: string };

export type RuleMarks = {
  /** In the unit of the series; null: as the rule says it. */
  limitsOf(of: Described, unit: string | null): TrendLimit[];
  alarmsOf(of: Described): NamedAlarm[];
};

/** To look at thousands of files holds up everything else; no picture needs it more often. */
const FRESH_MS = 5_000;

type Read = { readonly stamp: string; readonly rules: readonly CompiledRule[]; readonly limits: readonly RuleLimit[] };

export function openRuleMarks(rulesDir: string, now: () => number): RuleMarks {
  let read: Read | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const current = () => {
    // The distance: a clock that steps back must not make them stay.
    if (read !== undefined && Math.abs(now() - lookedAt) < FRESH_MS) return read;
    lookedAt = now();
    const stamp = stampOf(rulesDir);
    if (read?.stamp !== stamp) {
      const { rules } = readRules(rulesDir);
      read = { stamp, rules, limits: limitsOf(rules) };
    }
    return read;
  };
  return {
    limitsOf: (of, unit) => current().limits.flatMap((limit) => limitFor(limit, of, unit)),
    alarmsOf: (of) => current().rules.flatMap((rule) => alarmFor(rule, of)),
  };
}

/** Changes when a file comes, goes or is saved: cheaper than reading what they say. */
function stampOf(folder: string): string {
  const files = ['', 'models', 'devices'].flatMap((below) => {
    const inside = path.join(folder, below);
    try {
      return readdirSync(inside).map((name) => path.join(inside, name));
    } catch {
      return []; // no such folder: no such files
    }
  });
  return files.map((file) => `${file} ${statSync(file, { throwIfNoEntry: false })?.mtimeMs}`).join('\n');
}

function limitFor(limit: RuleLimit, of: Described, unit: string | null): TrendLimit[] {
  const { rule, value, isHigh, priority } = limit;
  if (limit.metric !== of.series.metric || !isInScope(limit.scope, of)) return [];
  const isSame = limit.unit === undefined || unit === null || limit.unit === unit;
  const convert = isSame ? (number: number) => number : converter(limit.unit ?? '', unit);
  return convert === undefined ? [] : [{ rule, value: convert(value), isHigh, priority }];
}

function alarmFor(rule: CompiledRule, of: Described): NamedAlarm[] {
  const input = rule.inputs.find(({ metric }) => metric === of.series.metric);
  if (input === undefined || (input.select === undefined && !isInScope(rule.scope ?? {}, of))) return [];
  const values = rule.groupBy.map((label) => attributeOf(of, label) ?? '');
  const instance = joinGroup(values);
  return instance === undefined ? [] : [{ rule: rule.id, instance }];
}

function isInScope({ devices, model, labels = {} }: RuleLimit['scope'], of: Described): boolean {
  if (devices !== undefined && !devices.includes(of.series.device)) return false;
  if (model !== undefined && attributeOf(of, 'model') !== model) return false;
  return Object.entries(labels).every(([label, value]) => attributeOf(of, label) === value);
}

function attributeOf({ series, device }: Described, name: string): string | undefined {
  if (name === 'site' || name === 'area' || name === 'device') return series[name];
  if (name === 'model' || name === 'role') return device?.[name] ?? undefined;
  return Object.hasOwn(device?.labels ?? {}, name) ? device?.labels[name] : undefined;
}
