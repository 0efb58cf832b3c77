// For tests of the backtest: journal entries, rules and points with as few words as a test needs.

import { encodePoint, SeriesTable } from '#domain/batch.ts';
import type { JournalEntry } from '#domain/journal.ts';
import type { Point, Value } from '#domain/point.ts';
import { type CompiledRule, compileRule } from '../language/compile-rule.ts';
import { ruleSchema } from '../language/rule-schema.ts';
import { noCounts, type PointSource } from './point-source.ts';
import type { Plant } from './replay.ts';

/** A Wednesday, 00:00 UTC. */
export const T0 = Date.UTC(2026, 9, 7);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const NO_PLANT: Plant = { models: new Map(), devices: new Map(), states: [] };

/** An activation, unless told otherwise. */
export function entry(at: number, more: Partial<JournalEntry> = {}): JournalEntry {
  return {
    ...{ alarmId: '', seq: 0, rule: 'r', rev: '', site: 's', area: 'a', instance: 'i', episode: 1 },
    ...{ event: 'ACTIVE', state: 'UNACK', overlay: null, priority: 'medium', sampleTime: at, journalTime: at },
    ...{ inputs: {}, summary: 'it is hot', historical: false, shadow: false },
    ...more,
  };
}

export function returned(at: number, more: Partial<JournalEntry> = {}): JournalEntry {
  return entry(at, { event: 'RETURNED', state: 'RTNUN', ...more });
}

/** @throws Error where the rule is none */
export function ruleOf(file: object): CompiledRule {
  const rule = compileRule(
    ruleSchema.parse({ id: 'hot', inputs: { t: { metric: 'temperature', maxAge: '1h' } }, ...file }),
  );
  if (Array.isArray(rule)) throw new Error(JSON.stringify(rule));
  return rule;
}

export const HOT = { condition: { '>': [{ var: 't' }, 80] } };

const table = new SeriesTable();

/** `temperature` of `s/a/<device>`, unless told otherwise. */
export function pointOf(at: number, value: Value, { device = 'd1', metric = 'temperature' } = {}): Point {
  const series = table.of({ site: 's', area: 'a', device, metric });
  return { series, value, quality: 'good', measuredAt: at, late: false };
}

export function linesOf(points: readonly Point[]): string {
  return points.map((point) => `${encodePoint(point)}\n`).join('');
}

export function sourceOf(...batches: readonly (readonly Point[])[]): PointSource {
  return {
    counts: noCounts(),
    async *batches() {
      yield* batches;
    },
  };
}

export async function* textsOf(...texts: readonly string[]): AsyncIterable<string> {
  yield* texts;
}

export async function pointsOf(source: PointSource): Promise<Point[]> {
  const points: Point[] = [];
  for await (const batch of source.batches()) points.push(...batch);
  return points;
}
