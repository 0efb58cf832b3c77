// A year of one-minute data of 100 series (52.6 million points) backtested against 20 rules on one core: thresholds with
// deadbands and delays, levels, and windows of 15 minutes, each matching 5 of the series. The points are made as line protocol
// and go the way of a recording: pieces of text, the decoder, the order of time, the engine, the report.
//   seconds     for all of it, and the memory of the process at its highest
//   reference   the same texts made and nothing done with them, and decoded and put in order without an engine; a month of
//               them, in the same process
// `npm run bench -- backtest 30` takes 30 days.

import { backtest } from '#rules/backtest/backtest.ts';
import { lineSource } from '#rules/backtest/line-source.ts';
import { type CompiledRule, compileRule } from '#rules/language/compile-rule.ts';
import { ruleSchema } from '#rules/language/rule-schema.ts';

const SERIES_PER_RULE = 5;
const RULES = 20;
const MINUTE = 60_000;
const DAY_MINUTES = 1_440;
const REFERENCE_DAYS = 30;
const MINUTES_PER_PIECE = 16;
const SECONDS_TARGET = 120;
const MEGABYTES_TARGET = 512;
const START = Date.UTC(2025, 0, 1);

const high = { '>': [{ var: 'v' }, 90] };
/** What rules are made of, in turn. */
const SHAPES: readonly object[] = [
  { inputs: { v: 'm' }, condition: high, deadband: 2 },
  { inputs: { v: 'm' }, condition: high, deadband: 2, onDelay: '5m', offDelay: '5m' },
  {
    inputs: { v: 'm' },
    condition: { or: [high, { '<': [{ var: 'v' }, 8] }] },
    clearCondition: { between: [{ var: 'v' }, 10, 88] },
  },
  {
    inputs: { v: 'm' },
    levels: [
      { priority: 'medium', condition: high, deadband: 2 },
      { priority: 'high', condition: { '>': [{ var: 'v' }, 95] }, deadband: 2, onDelay: '2m' },
    ],
  },
  { inputs: { v: { metric: 'm', fn: 'avg', window: '15m', maxAge: '5m' } }, condition: high, deadband: 1 },
];

function ruleNumber(i: number): CompiledRule {
  const shape = JSON.stringify(SHAPES[i % SHAPES.length]).replaceAll('"m"', `"metric-${i}"`);
  const file = { id: `rule-${i}`, ...JSON.parse(shape), ackRequired: false };
  const inputs = Object.fromEntries(
    Object.entries(file.inputs).map(([name, input]) => [
      name,
      typeof input === 'string' ? { metric: input, maxAge: '5m' } : input,
    ]),
  );
  const rule = compileRule(ruleSchema.parse({ ...file, inputs }));
  if (Array.isArray(rule)) throw new Error(JSON.stringify(rule));
  return rule;
}

/** Texts of the values of one day, each series a little different: a slow swing with noise that passes the limits at times. */
function valuesOfDay(series: number): string[] {
  let noise = series + 1;
  return Array.from({ length: DAY_MINUTES }, (_, minute) => {
    noise = (noise * 48_271) % 2_147_483_647;
    const swing = 50 + 43 * Math.sin((minute / DAY_MINUTES) * 2 * Math.PI + series);
    return (swing + (noise / 2_147_483_647) * 6 - 3).toFixed(2);
  });
}

async function* recording(days: number): AsyncIterable<string> {
  const heads: string[] = [];
  const values: string[][] = [];
  for (let i = 0; i < RULES * SERIES_PER_RULE; i++) {
    const [device, metric] = [i % SERIES_PER_RULE, Math.floor(i / SERIES_PER_RULE)];
    heads.push(`reading,area=hall,device=d${device},metric=metric-${metric},site=bench value=`);
    values.push(valuesOfDay(i));
  }
  for (let minute = 0; minute < days * DAY_MINUTES; ) {
    let piece = '';
    for (let end = minute + MINUTES_PER_PIECE; minute < end; minute++) {
      const time = ` ${START + minute * MINUTE}\n`;
      const shift = Math.floor(minute / DAY_MINUTES) * 7;
      for (let i = 0; i < heads.length; i++)
        piece += heads[i] + (values[i]?.[(minute + shift * i) % DAY_MINUTES] ?? '') + time;
    }
    // As a file gives it: bytes that become a text.
    yield Buffer.from(piece, 'latin1').toString('utf8');
  }
}

const everything = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return (performance.now() - startedAt) / 1_000;
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

const days = Number(process.argv[3] ?? 365);
const rules = Array.from({ length: RULES }, (_, i) => ruleNumber(i));
const plant = { models: new Map(), devices: new Map(), states: [] };
const perDay = RULES * SERIES_PER_RULE * DAY_MINUTES;

const making = (await seconds(() => drain(recording(REFERENCE_DAYS)))) / (REFERENCE_DAYS * perDay);
const decoding =
  (await seconds(() => drain(lineSource(recording(REFERENCE_DAYS), { range: everything }).batches()))) /
  (REFERENCE_DAYS * perDay);

let alarms = 0;
let points = 0;
const took = await seconds(async () => {
  const source = lineSource(recording(days), { range: everything });
  const options = { plant, isPlantWhole: false, lookbackMs: 0, from: undefined, to: undefined };
  const done = await backtest({ ...options, sets: [{ name: 'bench', rules }], source });
  alarms = done.results[0]?.kpis.alarms ?? 0;
  points = done.points;
});
const megabytes = process.resourceUsage().maxRSS / 1_024;
const perPoint = took / points;
const ns = (value: number) => `${Math.round(value * 1e9)} ns`;

console.log(
  `${points.toLocaleString('en-US')} points of ${RULES * SERIES_PER_RULE} series, ${RULES} rules, ${days} days, ${alarms.toLocaleString('en-US')} alarms`,
);
console.log(
  `backtest   ${took.toFixed(1)} s, ${Math.round(points / took).toLocaleString('en-US')} points/s, ${ns(perPoint)} per point, making the text included`,
);
console.log(`           ${(took - making * points).toFixed(1)} s without making the text`);
console.log(`reference  ${ns(making)} to make the text; ${ns(decoding - making)} to decode it and put it in order`);
console.log(`ratio      backtest to decoding alone ${((perPoint - making) / (decoding - making)).toFixed(2)}`);
console.log(`memory     ${Math.round(megabytes)} MB at most`);
const isMet = days < 365 || (took < SECONDS_TARGET && megabytes < MEGABYTES_TARGET);
if (alarms === 0 || points !== days * perDay || !isMet) process.exitCode = 1;
