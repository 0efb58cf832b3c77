// The rules engine by itself, in one process on one core: what a point costs with its state machine, what a rule costs to
// load, what an idle instance costs to keep. The reference is json-logic-js applied as one would without an engine: every
// rule to every point. Both run here, in the same run, so that the ratio holds on any machine.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import jsonLogic from 'json-logic-js';
import { SeriesTable } from '#domain/batch.ts';
import type { Series } from '#domain/series.ts';
import { Engine } from '#rules/engine/engine.ts';
import type { EngineInput } from '#rules/engine/inputs.ts';
import { type CompiledRule, compileRule } from '#rules/language/compile-rule.ts';
import { ruleSchema } from '#rules/language/rule-schema.ts';
import { threadCpuSeconds } from './cpu-seconds.ts';
import { machineLine } from './machine.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const RULES = 1_000;
const SERIES = 10_000;
const START = 1_700_000_000_000;
/** Seconds of plant time between two samples of a series. */
const INTERVAL_MS = 10_000;

type Shape = (metric: string, i: number) => object;

const threshold: Shape = (metric, i) => ({
  id: `threshold-${i}`,
  inputs: { value: { metric, maxAge: '10m' } },
  condition: { '>': [{ var: 'value' }, 80] },
  deadband: 2,
  onDelay: '20s',
  offDelay: '30s',
});

const windowed: Shape = (metric, i) => ({
  id: `windowed-${i}`,
  inputs: {
    mean: { metric, fn: 'avg', window: '5m', maxAge: '10m' },
    climb: { metric, fn: 'slope', window: '5m', per: '1m', maxAge: '10m' },
  },
  condition: { and: [{ '>': [{ var: 'mean' }, 80] }, { '>': [{ var: 'climb' }, 1] }] },
  clearCondition: { '<': [{ var: 'mean' }, 78] },
});

function compile(file: object): CompiledRule {
  const compiled = compileRule(ruleSchema.parse(file));
  if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
  return compiled;
}

const metricOf = (rule: number) => `m${rule}`;
const rulesOf = (shape: Shape, count = RULES) => Array.from({ length: count }, (_, i) => shape(metricOf(i), i));

/** Ten devices a metric: each series is read by one rule of the thousand. */
function makeSeries(): Series[] {
  const table = new SeriesTable();
  return Array.from({ length: SERIES }, (_, i) =>
    table.of({
      site: 'lyon',
      area: `a${i % 16}`,
      device: `d${Math.floor(i / RULES)}-${i % 97}`,
      metric: metricOf(i % RULES),
    }),
  );
}

/** Values that wander over the limit and back now and then. */
function wander(series: number, round: number): number {
  return 70 + 12 * Math.sin(series + round / 12);
}

/** So many stretches are measured, and the fastest counts: CPU time is this thread's own, the memory bus is everybody's. */
const STRETCHES = 4;

/** `perStretch` points each; how many there are in a second. */
function fastest(perStretch: number, stretch: (index: number) => void): number {
  const seconds = Array.from({ length: STRETCHES }, (_, index) => {
    const begin = threadCpuSeconds();
    stretch(index);
    return threadCpuSeconds() - begin;
  });
  return perStretch / Math.min(...seconds);
}

type Rate = { readonly perSecond: number; readonly outputs: number };

/** Points per second through the engine, its clock included: a tick every 100 ms of plant time. `rounds` make a stretch. */
function measureEngine(rules: readonly CompiledRule[], rounds: number): Rate {
  const series = makeSeries();
  const engine = new Engine({ rules, startedAt: START });
  let outputs = 0;
  const live = (round: number) => {
    for (let i = 0; i < SERIES; i++) {
      // Samples are spread over their interval, as a plant's are.
      const at = START + round * INTERVAL_MS + Math.floor((i * INTERVAL_MS) / SERIES);
      if (i % (SERIES / 100) === 0) outputs += engine.step({ kind: 'tick', at }).length;
      const point = {
        series: series[i] as Series,
        value: wander(i, round),
        quality: 'good',
        measuredAt: at,
        late: false,
      } as const;
      outputs += engine.step({ kind: 'point', point, receivedAt: at } satisfies EngineInput).length;
    }
  };
  const warmUp = 35; // a window is full, and the code compiled
  for (let round = 0; round < warmUp; round++) live(round);
  const perSecond = fastest(rounds * SERIES, (index) => {
    const from = warmUp + index * rounds;
    for (let round = from; round < from + rounds; round++) live(round);
  });
  return { perSecond, outputs };
}

/** Every rule applied to every point, no state kept. `points` make a stretch. */
function measureReference(files: readonly object[], points: number): Rate {
  const conditions = files.map((file) => (file as { condition: Parameters<typeof jsonLogic.apply>[0] }).condition);
  let outputs = 0;
  const apply = (point: number) => {
    const value = wander(point, 1);
    const data = { value, mean: value, climb: 2 };
    for (const condition of conditions) if (jsonLogic.apply(condition, data) === true) outputs++;
  };
  for (let point = 0; point < points / 4; point++) apply(point);
  const perSecond = fastest(points, () => {
    for (let point = 0; point < points; point++) apply(point);
  });
  return { perSecond, outputs };
}

/** Bytes of an instance that has had one sample and is quiet: the same plant with twenty rules a series, less that with none. */
function measureInstance(): number {
  const perSeries = 20;
  const metrics = 100;
  const shapes = Array.from({ length: metrics * perSeries }, (_, i) => threshold(metricOf(i % metrics), i)).map(
    compile,
  );
  const table = new SeriesTable();
  const series = Array.from({ length: 5_000 }, (_, i) =>
    table.of({ site: 'lyon', area: 'a', device: `d${Math.floor(i / metrics)}`, metric: metricOf(i % metrics) }),
  );
  const heapWith = (rules: readonly CompiledRule[]) => {
    const engine = new Engine({ rules, startedAt: START });
    for (const each of series) {
      const point = { series: each, value: 20, quality: 'good', measuredAt: START, late: false } as const;
      engine.step({ kind: 'point', point, receivedAt: START });
    }
    engine.takeChanged();
    gc();
    return { bytes: process.memoryUsage().heapUsed, instances: engine.instances.size };
  };
  const few = heapWith(shapes.slice(0, metrics)); // one instance a series: the plant itself is there
  const many = heapWith(shapes);
  return (many.bytes - few.bytes) / (many.instances - few.instances);
}

function measureCompile(count: number): number {
  const texts = rulesOf(threshold, count).map((file) => JSON.stringify(file));
  const begin = threadCpuSeconds();
  for (const text of texts) compile(JSON.parse(text));
  return threadCpuSeconds() - begin;
}

const number = (value: number, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits });

const say = (text: string) => process.stdout.write(`${text}\n`);
const files = { threshold: rulesOf(threshold), windowed: rulesOf(windowed) };
say(machineLine());
say(`${number(RULES)} rules over ${number(SERIES)} series, one rule matches each point; one core`);
for (const [name, rounds] of [
  ['threshold', 25],
  ['windowed', 10],
] as const) {
  const engine = measureEngine(files[name].map(compile), rounds);
  const reference = measureReference(files[name], 100);
  say(
    `${name.padEnd(10)} engine ${number(engine.perSecond)} points/s (${number(engine.outputs)} outputs), json-logic-js ${number(reference.perSecond)} points/s: ${number(engine.perSecond / reference.perSecond)} times`,
  );
}
say(`load       10,000 rules in ${number(measureCompile(10_000), 1)} s`);
say(`memory     ${number(measureInstance())} bytes per idle instance without windows`);
