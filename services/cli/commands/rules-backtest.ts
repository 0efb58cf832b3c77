// `penstock rules backtest`: what rules would have done over the past, from the store or a recording. Publishes nothing.

import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Backtest, backtest, type NamedRules } from '#rules/backtest/backtest.ts';
import { type Comparison, compareResults } from '#rules/backtest/compare.ts';
import { lookbackMs } from '#rules/backtest/lookback.ts';
import { SourceError } from '#rules/backtest/point-source.ts';
import { backtestText } from '#rules/backtest/report-text.ts';
import { type RuleSet, readRuleRevision, readRuleSet } from '#rules/backtest/rule-set.ts';
import { timelineSvg } from '#rules/backtest/timeline-svg.ts';
import { wantedSeries } from '#rules/backtest/wanted-series.ts';
import { rulesBehind } from '#rules/explain/named-alarm.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { EXIT } from '#runtime/start-error.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { momentOption, readSourceOptions, SOURCE_OPTIONS, type SourceOptions } from '../history/history-options.ts';
import { openHistory } from '../history/open-history.ts';
import { progressLine } from '../history/progress-line.ts';
import { refuse } from '../history/refuse.ts';
import { printable, printableJson } from '../printable.ts';
import { type AllSettings, readSettings } from '../settings.ts';

const HELP = `
Moments without an offset are UTC. Without --from it is the last 7 days of the store, or the whole recording.
Rules in shadow are counted as if they were active. Commands are counted and never sent.

  penstock rules backtest --from 2026-10-01 --to 2026-11-01 --svg october.svg
  penstock rules backtest rules/tank-temp-high.json --from now-30d --against HEAD
  penstock rules backtest --file recorded.lp.gz --json`;

const DAYS_DEFAULT_MS = 7 * 86_400_000;
/** A recording's clocks may be a little ahead of ours; what is further in the future has no clock. */
const FUTURE_MS_MAX = 5_000;

export const rulesBacktestCommand: CliCommand = {
  name: 'rules backtest',
  operands: '[file...]',
  summary: 'run rules over the past: alarms, floods, chatter and the commands that would have been sent',
  help: HELP,
  options: [
    ['--from <moment>', 'where to begin'],
    ['--to <moment>', 'where to end (default: now, or the end of the recording)'],
    ...SOURCE_OPTIONS,
    ['--rule <id>', 'only this rule'],
    ['--against <old>', 'compare with the rules of another folder, or of a revision of git'],
    ['--svg <file>', 'also draw the alarms over time'],
    ['--json', 'as JSON'],
  ],
  run: async ({ operands, options, settings }, cli) => {
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const wish = readWish(options, cli.now());
    if (Array.isArray(wish)) return refuse(wish, EXIT.usage, cli);
    const { dir } = loaded.config.rules;
    const sets = await readSets(operands.length === 0 ? [dir] : operands, wish, dir);
    const plant = readPlantFiles(dir);
    const problems = [...sets.flatMap((set) => set.problems), ...plant.problems].map(formatProblem);
    const isThere = sets.at(-1)?.files.some(({ rule }) => wish.rule === undefined || rule.id === wish.rule) === true;
    // A number over half the rules is none; a rule that was named alone does not wait for a broken one beside it.
    if (problems.length > 0 && (wish.rule === undefined || !isThere)) return refuse(problems, EXIT.findings, cli);
    if (!isThere) return refuse([nothingIn(sets.at(-1), wish.rule)], EXIT.findings, cli);
    for (const problem of problems) cli.err(`${cli.paint('yellow', 'warning')} ${printable(problem)}\n`);
    const { models, devices } = plant;
    return await run({ sets, plant: { models, devices, states: wish.states } }, wish, { cli, config: loaded.config });
  },
};

type Wish = SourceOptions & {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly rule: string | undefined;
  readonly against: string | undefined;
  readonly svg: string | undefined;
  readonly isJson: boolean;
};

function readWish(options: Readonly<Record<string, unknown>>, now: number): Wish | string[] {
  const source = readSourceOptions(options);
  const given = { from: momentOption('--from', options.from, now), to: momentOption('--to', options.to, now) };
  const problems = [
    ...(Array.isArray(source) ? source : []),
    ...Object.values(given).filter((each) => typeof each === 'string'),
  ];
  if (Array.isArray(source) || typeof given.from === 'string' || typeof given.to === 'string') return problems;
  const isStore = source.file === undefined;
  const to = given.to ?? (isStore ? now : undefined);
  const from = given.from ?? (isStore && to !== undefined ? to - DAYS_DEFAULT_MS : undefined);
  if (from !== undefined && to !== undefined && from >= to) return ['--from must be before --to'];
  const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined);
  const { rule, against, svg } = { rule: text('rule'), against: text('against'), svg: text('svg') };
  return { ...source, from, to, rule, against, svg, isJson: options.json === true };
}

/** The old set first, where there is one. */
async function readSets(operands: readonly string[], { rule, against }: Wish, rulesDir: string): Promise<RuleSet[]> {
  const set = readRuleSet(operands, rule);
  if (against === undefined) return [set];
  const [only] = operands;
  const folder = operands.length === 1 && only !== undefined ? folderOf(only) : rulesDir;
  const old = isFolder(against) ? readRuleSet([against], rule) : await readRuleRevision(folder, against, rule);
  if (operands.some(isFolder)) return [old, set];
  // Files were named: the others of the old set were not asked for.
  const ids = new Set(set.files.map((each) => each.rule.id));
  return [{ ...old, files: old.files.filter((each) => ids.has(each.rule.id)) }, set];
}

const isFolder = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
const folderOf = (name: string): string => (isFolder(name) ? name : path.dirname(name));

/** Of one rule alone: with those behind it, since its own alarms depend on theirs. */
function namedRules({ name, files }: RuleSet, only: string | undefined): NamedRules {
  const rules = files.map(({ rule }) => rule);
  const asked = rules.find(({ id }) => id === only);
  if (only === undefined) return { name, rules };
  return { name, rules: asked === undefined ? [] : rulesBehind(asked, rules), only };
}

type Parts = { readonly sets: readonly RuleSet[]; readonly plant: Parameters<typeof backtest>[0]['plant'] };
type Around = { readonly cli: Cli; readonly config: AllSettings };

async function run({ sets, plant }: Parts, wish: Wish, { cli, config }: Around): Promise<number> {
  const { asked } = cli.stopSignals();
  const named = sets.map((set) => namedRules(set, wish.rule));
  const rules = named.flatMap((set) => set.rules);
  const { from, to } = wish;
  const lookback = from === undefined ? 0 : lookbackMs(rules);
  const range = {
    from: from === undefined ? Number.NEGATIVE_INFINITY : from - lookback,
    to: to ?? cli.now() + FUTURE_MS_MAX,
  };
  const source = openHistory(
    { ...wish, range, wanted: wantedSeries(rules, plant.devices.values()), signal: asked },
    config,
    cli,
  );
  const progress = progressLine(from === undefined || to === undefined ? undefined : { from: range.from, to }, cli);
  const startedAt = cli.now();
  try {
    const done = await backtest({
      ...{ sets: named, source, plant, from, to, lookbackMs: lookback, isPlantWhole: wish.file === undefined },
      onProgress: (each) => {
        progress.show(each);
        return !asked.aborted;
      },
    });
    progress.clear();
    if (done.isCut || asked.aborted) return interrupted(cli);
    return report(done, wish, { cli, tookMs: cli.now() - startedAt });
  } catch (error) {
    progress.clear();
    if (asked.aborted) return interrupted(cli);
    if (!(error instanceof SourceError)) throw error;
    return refuse([error.message], error.isUnreachable ? EXIT.unavailable : EXIT.findings, cli);
  }
}

function report(done: Backtest, wish: Wish, { cli, tookMs }: { readonly cli: Cli; readonly tookMs: number }): number {
  const [before, after] = done.results;
  const comparison: Comparison | undefined =
    before === undefined || after === undefined ? undefined : compareResults(before, after);
  if (wish.isJson) cli.out(`${printableJson(JSON.stringify({ ...done, comparison, tookMs }, null, 2))}\n`);
  else cli.out(`${backtestText(done, comparison).split('\n').map(printable).join('\n')}`);
  cli.err(
    `took ${(tookMs / 1_000).toFixed(1)} s, ${Math.round(done.points / Math.max(0.001, tookMs / 1_000)).toLocaleString('en-US')} points/s\n`,
  );
  return wish.svg === undefined ? EXIT.ok : draw(done, wish.svg, cli);
}

function draw({ results, range }: Backtest, file: string, cli: Cli): number {
  const sets = results.map(({ episodes }, i) => ({ name: i === 0 ? 'before' : 'after', episodes }));
  try {
    writeFileSync(file, timelineSvg({ title: 'Alarms of a backtest', sets, range }));
    return EXIT.ok;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(
      [`${file} cannot be written (${code}); give --svg a file in a folder that is there and yours`],
      EXIT.usage,
      cli,
    );
  }
}

function nothingIn(set: RuleSet | undefined, rule: string | undefined): string {
  const where = set?.name ?? '';
  return rule === undefined ? `there is no rule in ${where}` : `there is no rule '${rule}' in ${where}`;
}

function interrupted(cli: Cli): number {
  cli.err('stopped before the end; nothing is reported\n');
  return EXIT.interrupted;
}
