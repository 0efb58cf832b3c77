// What the text of an editor would have done over the past, beside what the saved file would have done.

import { backtest, type NamedRules, type SetResult } from '#rules/backtest/backtest.ts';
import { type Chart, ChartFold } from '#rules/backtest/chart-fold.ts';
import { compareResults } from '#rules/backtest/compare.ts';
import { type LimitLine, limitLines } from '#rules/backtest/limit-lines.ts';
import { lookbackMs } from '#rules/backtest/lookback.ts';
import type { PlantState } from '#rules/backtest/replay.ts';
import { storeSource } from '#rules/backtest/store-source.ts';
import { wantedSeries } from '#rules/backtest/wanted-series.ts';
import { rulesBehind } from '#rules/explain/named-alarm.ts';
import type { CompiledRule } from '#rules/language/compile-rule.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import type { BacktestChart, BacktestResult, BacktestView, BacktestWish, ComparisonView } from '../../api/rules.ts';
import { JobRefused } from '../job.ts';
import { editedRules, savedRules } from './backtest-rules.ts';
import { GivenUp, type JobContext } from './job-context.ts';
import { statesReadBy } from './read-states.ts';

/** What a list shows; the counts are of all. */
const EPISODES_MAX = 500;
const COMMANDS_MAX = 100;

export type BacktestOrder = BacktestWish & { readonly now: number };

export async function backtestJob(wish: BacktestOrder, context: JobContext): Promise<BacktestView> {
  const startedMs = context.nowMs();
  const { rulesDir, memory, client, database, sleep, signal, isGivenUp } = context;
  const range = { from: wish.from, to: Math.min(wish.to, wish.now) };
  if (range.from >= range.to)
    throw new JobRefused({ status: 400, detail: 'The range lies in the future; name one that is past.' });
  const edited = editedRules(wish, rulesDir);
  const saved = wish.against === null ? undefined : savedRules(wish.file, rulesDir);
  const { models, devices } = readPlantFiles(rulesDir);
  const own = drawn(edited, { range, alarm: wish.instance });
  const old =
    saved?.rule === undefined ? undefined : drawn({ ...saved, rule: saved.rule }, { range, alarm: undefined });
  // The old set first, where there is one.
  const sets = [...(old === undefined ? [] : [old.set]), own.set];
  const rules = sets.flatMap((set) => set.rules);
  const wanted = wantedSeries(rules, devices.values());
  const lookback = lookbackMs(rules);
  const source = memory.source({
    ...{ wanted, now: wish.now, range: { from: range.from - lookback, to: range.to } },
    open: (part, table) => storeSource({ client, database, wanted, range: part, table, sleep, signal }),
  });
  const states = plantStates(wish.states ?? {});
  const done = await backtest({
    ...{ sets, source, plant: { models, devices, states }, ...range, lookbackMs: lookback, isPlantWhole: true },
    onProgress: () => !isGivenUp(),
  });
  if (done.isCut) throw new GivenUp();
  const result = done.results.at(-1) as SetResult;
  const before = old === undefined ? undefined : done.results[0];
  return {
    range: done.range,
    points: done.points,
    source: done.source,
    isFromMemory: source.isFromMemory,
    tookMs: Math.round(context.nowMs() - startedMs),
    untoldStates: statesReadBy(own.set.rules).filter((name) => !states.some((state) => state.name === name)),
    result: bounded(result),
    saved: before === undefined ? null : bounded(before),
    againstProblem: saved?.problem ?? null,
    comparison: before === undefined ? null : comparisonOf(before, result),
    chart: chartOf(edited.rule, own.fold.finish(), old?.fold.finish()),
  };
}

type Named = { readonly name: string; readonly rule: CompiledRule; readonly rules: readonly CompiledRule[] };
type Drawing = { readonly range: { readonly from: number; readonly to: number }; readonly alarm: string | undefined };

function drawn({ name, rule, rules }: Named, drawing: Drawing): { readonly set: NamedRules; readonly fold: ChartFold } {
  const fold = new ChartFold({ ...drawing, rule: rule.id });
  return { set: { name, rules: rulesBehind(rule, rules), only: rule.id, onJudged: fold.take }, fold };
}

function plantStates(told: NonNullable<BacktestWish['states']>): PlantState[] {
  return Object.entries(told).map(([key, value]) => {
    const [site = '', area = '', name = ''] = key.split('/');
    return { site, area, name, value };
  });
}

function bounded({ kpis, rules, historical, episodes, episodesLeft, commands }: SetResult): BacktestResult {
  const { total, sent, heldBack } = commands;
  return {
    ...{ kpis, rules, historical },
    episodes: episodes.slice(0, EPISODES_MAX),
    episodesMore: Math.max(0, episodes.length - EPISODES_MAX) + episodesLeft,
    commands: {
      total,
      sent: sent.slice(0, COMMANDS_MAX),
      more: total - Math.min(sent.length, COMMANDS_MAX),
      heldBack: Object.fromEntries([...heldBack].slice(0, COMMANDS_MAX)),
    },
  };
}

function comparisonOf(before: SetResult, after: SetResult): ComparisonView {
  const { same, onlyBefore, onlyAfter, moved, left } = compareResults(before, after);
  return {
    ...{ same, left },
    onlySaved: onlyBefore.slice(0, EPISODES_MAX),
    onlyText: onlyAfter.slice(0, EPISODES_MAX),
    moved: moved.slice(0, EPISODES_MAX),
    totals: { onlySaved: onlyBefore.length, onlyText: onlyAfter.length, moved: moved.length },
  };
}

function chartOf(rule: CompiledRule, chart: Chart, saved: Chart | undefined): BacktestChart {
  const savedStates = new Map(saved?.instances.map(({ alarm, states }) => [alarm, states]));
  return {
    ...chart,
    instances: chart.instances.map((each) => ({ ...each, savedStates: savedStates.get(each.alarm) ?? null })),
    limits: limitLines(rule).map((line) => ({ ...line, text: limitText(line, rule) })),
  };
}

function limitText({ input, operator, value }: LimitLine, { inputs }: CompiledRule): string {
  const unit = inputs.find(({ name }) => name === input)?.unit;
  return `${input} ${operator} ${value}${unit === undefined ? '' : ` ${unit}`}`;
}
