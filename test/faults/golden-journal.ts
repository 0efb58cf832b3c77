// The journal of a run that nothing disturbed: the engine that runs live, fed with the values that were sent.

import { SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import { Replay } from '#rules/backtest/replay.ts';
import { compileRule } from '#rules/language/compile-rule.ts';
import { ruleSchema } from '#rules/language/rule-schema.ts';
import type { Message } from './ledger.ts';

/** What one entry says, in the form in which the store's rows are compared with it. */
export type Transition = {
  readonly alarmId: string;
  readonly seq: number;
  readonly event: string;
  readonly state: string;
  readonly sampleTime: number;
};

export function transitionText({ alarmId, seq, event, state, sampleTime }: Transition): string {
  return `${alarmId} ${seq}: ${event} ${state} at ${sampleTime}`;
}

export type Place = { readonly site: string; readonly area: string; readonly metric: string };

/** @param messages by device, whose name is `d` and its number */
export function goldenJournal(
  rules: readonly object[],
  place: Place,
  messages: readonly (readonly Message[])[],
): string[] {
  const table = new SeriesTable();
  const points = messages
    .flatMap((own, device) => {
      const series = table.of({ ...place, device: `d${device}` });
      return own.flatMap(({ ts, value }): Point[] =>
        value === null ? [] : [{ series, value, quality: 'good', measuredAt: ts, late: false }],
      );
    })
    .sort((a, b) => a.measuredAt - b.measuredAt);
  const entries: string[] = [];
  const replay = new Replay({
    rules: rules.map((rule) => {
      const compiled = compileRule(ruleSchema.parse(rule));
      if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
      return compiled;
    }),
    plant: { models: new Map(), devices: new Map(), states: [] },
    startedAt: points[0]?.measuredAt ?? 0,
    isPlantWhole: false,
    onEntry: (entry) => entries.push(transitionText(entry)),
  });
  replay.take(points);
  return entries;
}
