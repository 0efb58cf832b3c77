// Live, shadow, rule test and backtest run the same compiled rule in the same engine: one random history goes through all
// four, each by its own door, and one journal comes out.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBatch, encodePoint, SeriesTable } from '#domain/batch.ts';
import { type DeviceView, UNHEARD } from '#domain/device.ts';
import type { JournalEntry } from '#domain/journal.ts';
import type { Point } from '#domain/point.ts';
import { topics } from '#domain/topic.ts';
import { Replay } from '#rules/backtest/replay.ts';
import { Engine } from '#rules/engine/engine.ts';
import type { EngineOutput } from '#rules/engine/inputs.ts';
import type { CompiledRule } from '#rules/language/compile-rule.ts';
import { ruleOf } from '#rules/testing/history.ts';
import { ruleTestFileSchema } from '#rules/testing/rule-test-schema.ts';
import { graded, timed, windowed } from '#rules/testing/rules-of-every-kind.ts';
import { runRuleTest } from '#rules/testing/run-rule-test.ts';
import { START } from '#rules/testing/test-events.ts';
import { Rules } from '../services/rules/rules.ts';
import { StateStore } from '../services/rules/state-store.ts';

const STEP_MS = 5_000;
const WHERE = { site: 'site', area: 'area', device: 'd1' };
const RULES: readonly CompiledRule[] = [graded, windowed, timed];

/** Values of a metric every five seconds; undefined: no sample, null: a sample without a value. */
type History = {
  readonly temp: readonly (number | null | undefined)[];
  readonly flow: readonly (number | undefined)[];
};

const histories: fc.Arbitrary<History> = fc.record({
  temp: fc.array(fc.constantFrom(70, 77, 79, 81, 85, 95, null, undefined), {
    minLength: 5,
    maxLength: 40,
    size: 'max',
  }),
  flow: fc.array(fc.constantFrom(0, 4, 10, undefined), { minLength: 5, maxLength: 40, size: 'max' }),
});

const view: DeviceView = {
  ...WHERE,
  ...{ model: null, role: null, labels: {}, ...UNHEARD, online: true, lastSeen: START },
};

function pointsOf(history: History): Point[] {
  const table = new SeriesTable();
  const samples = Object.entries(history).flatMap(([metric, values]) =>
    values.flatMap((value, i) => {
      if (value === undefined) return [];
      const series = table.of({ ...WHERE, metric });
      const quality = value === null ? ('bad' as const) : ('good' as const);
      return [{ series, value, quality, measuredAt: START + i * STEP_MS, late: false }];
    }),
  );
  return samples.sort((a, b) => a.measuredAt - b.measuredAt);
}

const endOf = ({ temp, flow }: History) => START + Math.max(temp.length, flow.length) * STEP_MS + 60_000;

/** What an entry says, in an order that does not depend on which alarm of a moment came first. */
function essence(entries: readonly JournalEntry[]) {
  return entries
    .map(({ alarmId, event, state, overlay, journalTime, inputs, summary }) => ({
      ...{ alarmId, event, state, overlay, journalTime, inputs, summary },
    }))
    .sort((a, b) => a.journalTime - b.journalTime || a.alarmId.localeCompare(b.alarmId));
}

function journalOf(outputs: readonly EngineOutput[]): JournalEntry[] {
  return outputs.flatMap((output) => (output.kind === 'journal' ? [output.entry] : []));
}

/** Through the service: batches as bytes, a clock that ticks every 100 ms, everything written down. */
function live(rule: CompiledRule, history: History): JournalEntry[] {
  const outputs: EngineOutput[] = [];
  let now = START;
  using store = new StateStore(':memory:');
  const service = new Rules({
    engine: new Engine({ rules: [rule], startedAt: START }),
    store,
    now: () => now,
    later: (run) => run(),
    publish: async () => {},
    operationsKey: 'key',
    unsignedRole: 'operator',
    onOutput: (output) => outputs.push(output),
  });
  const take = (topic: string, payload: string) =>
    service.take({ topic, payload: Buffer.from(payload), qos: 1, retained: false, ack: () => {} });
  take(topics.registry(view), JSON.stringify(view));
  for (const point of pointsOf(history)) {
    for (; now < point.measuredAt; now += 100) service.tick();
    now = point.measuredAt;
    take(topics.points(point.series.shard), encodePoint(point));
  }
  for (; now <= endOf(history); now += 100) service.tick();
  return journalOf(outputs);
}

/** Through the engine, in shadow, with no clock but the end. */
function shadow(rule: CompiledRule, history: History): JournalEntry[] {
  const engine = new Engine({ rules: [ruleOf({ ...rule.source, mode: 'shadow' })], startedAt: START });
  const outputs = [...engine.step({ kind: 'device', device: view, at: START })];
  for (const point of pointsOf(history))
    outputs.push(...engine.step({ kind: 'point', point, receivedAt: point.measuredAt }));
  outputs.push(...engine.step({ kind: 'tick', at: endOf(history) }));
  return journalOf(outputs);
}

/** Through a recording in line protocol. */
function backtest(rule: CompiledRule, history: History): JournalEntry[] {
  const entries: JournalEntry[] = [];
  const plant = { models: new Map(), states: [], devices: new Map([['site/area/d1', view]]) };
  const replay = new Replay({
    rules: [rule],
    plant,
    startedAt: START,
    isPlantWhole: true,
    onEntry: (entry) => entries.push(entry),
  });
  const recorded: Point[] = [];
  const text = pointsOf(history).map(encodePoint).join('\n');
  decodeBatch(
    text,
    new SeriesTable(),
    (point) => recorded.push(point),
    ({ reason }) => expect.fail(reason),
  );
  replay.take(recorded);
  replay.runUntil(endOf(history));
  return entries;
}

/** Through a rule test, as its author writes it. */
function ruleTest(rule: CompiledRule, history: History): JournalEntry[] {
  const outputs: EngineOutput[] = [];
  const written = (values: readonly (number | null | undefined)[]) =>
    values.map((value) => (value === undefined ? '_' : String(value))).join(' ');
  const [test] = ruleTestFileSchema.parse({
    tests: [
      {
        ...{ name: 'history', interval: '5s' },
        // A test that says what its rule does not hear is refused.
        series: Object.entries(history)
          .filter(([metric]) => rule.inputs.some((input) => input.metric === metric))
          .map(([metric, values]) => ({ device: 'd1', metric, values: written(values) })),
        expect: [{ at: `${(endOf(history) - START) / 1_000}s`, instance: 'd1', shadow: false }],
      },
    ],
  }).tests;
  if (test === undefined) throw new Error('no test');
  expect(runRuleTest(rule, test, { onOutput: (output) => outputs.push(output) })).toEqual([]);
  return journalOf(outputs);
}

it.each(RULES.map((rule) => [rule.id, rule] as const))(
  '%s: live, shadow, test and backtest tell one journal',
  (_, rule) => {
    let told = 0;
    fc.assert(
      fc.property(histories, (history) => {
        const journal = essence(live(rule, history));
        told += journal.length;
        expect(essence(backtest(rule, history))).toEqual(journal);
        expect(essence(ruleTest(rule, history))).toEqual(journal);
        expect(essence(shadow(rule, history))).toEqual(journal);
      }),
      { numRuns: 1_000 },
    );
    expect(told).toBeGreaterThan(100);
  },
  120_000,
);
