// Every query of every panel, variable, annotation and alert of the dashboards, as Grafana sends it, on the data of the whole pipeline
// with its simulated plant: each panel must be answered with what it shows, by the historian, and by InfluxDB with the very same.

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WATCHES } from '../dashboards/alerts.ts';
import { buildAll, contextOf } from '../dashboards/build.ts';
import { type AskedQuery, askedQueries, choices } from '../dashboards/check/asked-queries.ts';
import { expandMacros, type TimeRange } from '../dashboards/check/expand.ts';
import type { DashboardJson } from '../dashboards/check/lint.ts';
import { ask, type DashboardData, openDashboardData, type StoredSeries } from './support/dashboard-data.ts';
import { NO_INFLUXD } from './support/influxd.ts';
import { findProgram, ROOT } from './support/processes.ts';

const hasInfluxdb = findProgram('influxd') !== undefined;
const dashboards = buildAll(contextOf(path.join(ROOT, 'rules'))).map(({ text }) => JSON.parse(text) as DashboardJson);
const TIERS = ['raw', 'r1m', 'r1h'] as const;
type Tier = (typeof TIERS)[number];
const MINUTE = 60_000;
/** For the line at the end. */
const ran = {
  panels: new Set<string>(),
  variables: new Set<string>(),
  queries: 0,
  compared: 0,
  choices: 0,
  watches: 0,
};

let data: DashboardData;
beforeAll(async () => {
  data = await openDashboardData({ hasInfluxdb });
}, 240_000);
afterAll(async () => {
  await data?.[Symbol.asyncDispose]();
  const { panels, variables, queries, compared } = ran;
  const shown = `${dashboards.length} dashboards, ${panels.size} panels and annotations, ${variables.size} variables`;
  process.stdout.write(
    `${shown}: ${queries} queries to the historian; compared with InfluxDB: ${compared} of them, ${ran.choices} choices, ${ran.watches} alerts\n`,
  );
});

const tiersOf = ({ templating }: DashboardJson): readonly Tier[] =>
  templating.list.some(({ name }) => name === 'tier') ? TIERS : ['raw'];

function rangeOf(tier: Tier): TimeRange {
  const to = Date.now();
  return { from: to - (tier === 'r1h' ? 120 : 25) * MINUTE, to };
}

/** What the variables offer, by the answers of one of the stores. */
function choicesFrom(url: string, dashboard: DashboardJson, range: TimeRange) {
  return choices(dashboard, (text) => ask(url, text), range);
}

/** For each site, area and device there is, as far as the board asks for one. */
async function queriesOf(dashboard: DashboardJson, tier: Tier): Promise<AskedQuery[]> {
  const range = rangeOf(tier);
  const ways = await choicesFrom(data.historian, dashboard, range);
  for (const { name, query } of dashboard.templating.list)
    if (query !== undefined) ran.variables.add(`${dashboard.uid} ${name}`);
  return ways.flatMap((choice) => askedQueries(dashboard, choice, { range, tier }));
}

/** Rows that hold more than their moment. */
function rowsIn(answer: readonly StoredSeries[]): number {
  const hasValue = (columns: readonly string[]) => (row: readonly unknown[]) =>
    row.some((cell, i) => columns[i] !== 'time' && cell !== null);
  return answer.reduce((count, { columns, values }) => count + values.filter(hasValue(columns)).length, 0);
}

/** An aggregate over all bears the moment of the question, which is another for each store; rows of one moment have no order. */
function comparable(answer: readonly StoredSeries[], text: string) {
  const isOverAll =
    /^SELECT (?:count|mean|sum)\(/.test(text) && !/GROUP BY time\([^()]*\)[^()]*(?:fill\(\w+\))?[^()]*$/.test(text);
  return answer.map(({ values, ...rest }) => ({
    ...rest,
    rows: values.map((row) => JSON.stringify(row.slice(isOverAll ? 1 : 0))).sort(),
  }));
}

/** Points have no sums, and roll-ups no values: of the two that a trend asks, one has nothing to say. */
const isOfOtherTier = (text: string, tier: Tier) => text.includes(tier === 'raw' ? 'sum("sum")' : 'mean("value")');

describe.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))('%s', (_, dashboard) => {
  test.each(tiersOf(dashboard))(
    'every panel is answered (%s)',
    async (tier) => {
      const answered = new Map<string, number>();
      for (const { where, panel, text } of await queriesOf(dashboard, tier)) {
        const rows = rowsIn(await ask(data.historian, text));
        if (!isOfOtherTier(text, tier)) answered.set(where, (answered.get(where) ?? 0) + rows);
        ran.panels.add(panel);
        ran.queries++;
      }
      expect(answered.size).toBeGreaterThan(0);
      // A panel asks for each priority, each area or each device; of some of them there may be nothing to say.
      expect([...answered].filter(([, rows]) => rows === 0).map(([panel]) => panel)).toEqual([]);
    },
    60_000,
  );

  test.skipIf(!hasInfluxdb)(
    `InfluxDB answers the same${hasInfluxdb ? '' : `: ${NO_INFLUXD}`}`,
    async () => {
      for (const tier of tiersOf(dashboard)) {
        const [offered, byInfluxdb] = await Promise.all(
          [data.historian, data.influxdb ?? ''].map((url) => choicesFrom(url, dashboard, rangeOf(tier))),
        );
        expect(offered).toEqual(byInfluxdb);
        ran.choices += offered?.length ?? 0;
        for (const { where, text } of await queriesOf(dashboard, tier)) {
          const [own, influxdb] = await Promise.all([ask(data.historian, text), ask(data.influxdb ?? '', text)]);
          expect(comparable(own, text), `${where}: ${text}`).toEqual(comparable(influxdb, text));
          ran.compared++;
        }
      }
    },
    120_000,
  );
});

function watched({ query, lookBackS }: (typeof WATCHES)[number]): string {
  const to = Date.now();
  return expandMacros(query, { from: to - Math.max(lookBackS * 1_000, 25 * MINUTE), to });
}

test.each(WATCHES)('alert: $title has what it watches, and it is in order', async (watch) => {
  const { wrong } = watch;
  const text = watched(watch);
  const [series] = await ask(data.historian, text);
  const value = Number(series?.values.at(-1)?.[1] ?? Number.NaN);
  expect(wrong.type === 'lt' ? value >= wrong.than : value <= wrong.than, `${value}`).toBe(true);
});

test.skipIf(!hasInfluxdb).each(WATCHES)('alert: of $title InfluxDB says the same', async (watch) => {
  const text = watched(watch);
  const [own, influxdb] = await Promise.all([ask(data.historian, text), ask(data.influxdb ?? '', text)]);
  expect(own).not.toEqual([]);
  expect(comparable(own, text)).toEqual(comparable(influxdb, text));
  ran.watches++;
});

test('a query that is broken on purpose is caught', async () => {
  const [overview] = dashboards;
  if (overview === undefined) throw new Error('there is no dashboard');
  const broken = JSON.stringify(overview).replaceAll('writer_lag_seconds', 'writer_lag_secs');
  const asked = (await queriesOf(JSON.parse(broken), 'raw')).filter(({ text }) => text.includes('writer_lag_secs'));
  expect(asked.length).toBeGreaterThan(0);
  for (const { text } of asked) {
    expect(rowsIn(await ask(data.historian, text))).toBe(0);
    await expect(ask(data.historian, text.replace('max(', 'mex('))).rejects.toThrow('mex');
  }
});
