// `penstock rules explain`: why an alarm is active, or why it is not, at any moment. It replays the time before that moment.

import { parseDuration } from '#domain/duration.ts';
import { lookbackMs } from '#rules/backtest/lookback.ts';
import { SourceError } from '#rules/backtest/point-source.ts';
import { type RuleSet, readRuleSet } from '#rules/backtest/rule-set.ts';
import { wantedSeries } from '#rules/backtest/wanted-series.ts';
import type { CheckedFile } from '#rules/check/check-rules.ts';
import { type ExplainedHistory, explainHistory } from '#rules/explain/explain-history.ts';
import { explainedText, noSuchAlarm, replayedSpan } from '#rules/explain/explained-alarm.ts';
import { namedAlarm, rulesBehind } from '#rules/explain/named-alarm.ts';
import { untoldStates } from '#rules/explain/sentence.ts';
import type { CompiledRule } from '#rules/language/compile-rule.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { type PlantFiles, readPlantFiles } from '#runtime/plant-files.ts';
import { EXIT } from '#runtime/start-error.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { momentOption, readSourceOptions, SOURCE_OPTIONS, type SourceOptions } from '../history/history-options.ts';
import { openHistory } from '../history/open-history.ts';
import { refuse } from '../history/refuse.ts';
import { printable, printableJson } from '../printable.ts';
import { type AllSettings, readSettings } from '../settings.ts';

const HELP = `
The alarm is rule/site/area/instance, as the journal has it, or site/area/rule/instance, as its topic has it.
What people did (acknowledging, shelving) is not in the history of points, and is not replayed.

  penstock rules explain tank-temp-high/lyon/tank-farm/tank-01
  penstock rules explain tank-temp-high/lyon/tank-farm/tank-01 --at 2026-10-25T01:30`;

export const rulesExplainCommand: CliCommand = {
  name: 'rules explain',
  operands: '[alarm]',
  summary: 'say why an alarm is active at a moment, or why it is not: inputs, operands, delays',
  help: HELP,
  options: [
    ['--at <moment>', 'the moment (default: now)'],
    ['--lookback <duration>', "how much before it is replayed (default: the rule's longest reach, at least 1h)"],
    ...SOURCE_OPTIONS,
    ['--json', 'as JSON'],
  ],
  run: async ({ operands: [alarm], options, settings }, cli) => {
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const wish = readWish(alarm, options, cli.now());
    if (Array.isArray(wish)) return refuse(wish, EXIT.usage, cli);
    const { dir } = loaded.config.rules;
    const set = readRuleSet([dir]);
    const plant = readPlantFiles(dir);
    const named = namedAlarm(wish.alarm, rulesOf(set));
    const problems = [...set.problems, ...plant.problems].map(formatProblem);
    if (typeof named === 'string') return refuse([named, ...problems], EXIT.findings, cli);
    // A broken file beside it is no reason not to explain this rule.
    for (const problem of problems) cli.err(`${cli.paint('yellow', 'warning')} ${printable(problem)}\n`);
    const file = set.files.find(({ rule }) => rule === named.rule);
    const rules = rulesBehind(named.rule, rulesOf(set));
    const startedAt = wish.at - (wish.lookbackMs ?? lookbackMs(rules));
    return await replay({ ...wish, rules, key: named.key, startedAt, file, plant }, loaded.config, cli);
  },
};

const rulesOf = ({ files }: RuleSet) => files.map(({ rule }) => rule);

async function replay(wish: Replayed, config: AllSettings, cli: Cli): Promise<number> {
  const { rules, plant, at, startedAt, file } = wish;
  const { asked } = cli.stopSignals();
  const range = { from: startedAt, to: at + 1 };
  const wanted = wantedSeries(rules, plant.devices.values());
  const source = openHistory({ ...wish, file: wish.recording, range, wanted, signal: asked }, config, cli);
  const { models, devices } = plant;
  try {
    const done = await explainHistory({
      ...{ rules, key: wish.key, at, startedAt, source, isPlantWhole: wish.recording === undefined },
      plant: { models, devices, states: wish.states },
    });
    return report(done, { ...wish, file }, cli);
  } catch (error) {
    if (asked.aborted) return EXIT.interrupted;
    if (!(error instanceof SourceError)) throw error;
    return refuse([error.message], error.isUnreachable ? EXIT.unavailable : EXIT.findings, cli);
  }
}

type Wish = Omit<SourceOptions, 'file'> & {
  readonly recording: string | undefined;
  readonly alarm: string;
  readonly at: number;
  readonly lookbackMs: number | undefined;
  readonly isJson: boolean;
};

function readWish(alarm: string | undefined, options: Readonly<Record<string, unknown>>, now: number): Wish | string[] {
  const source = readSourceOptions(options);
  const at = momentOption('--at', options.at, now) ?? now;
  const { lookback } = options;
  const lookMs = typeof lookback === 'string' ? parseDuration(lookback) : undefined;
  const problems = [
    ...(alarm === undefined ? ['name an alarm: rule/site/area/instance'] : []),
    ...(Array.isArray(source) ? source : []),
    ...(typeof at === 'string' ? [at] : []),
    ...(lookback !== undefined && lookMs === undefined
      ? [`--lookback must be a duration such as 2h, and not '${lookback}'`]
      : []),
  ];
  if (alarm === undefined || Array.isArray(source) || typeof at === 'string' || problems.length > 0) return problems;
  const { file: recording, holdMs, states } = source;
  return { recording, holdMs, states, alarm, at, lookbackMs: lookMs, isJson: options.json === true };
}

type Replayed = Wish & {
  readonly rules: readonly CompiledRule[];
  readonly key: string;
  readonly startedAt: number;
  /** Where the rule is written. */
  readonly file: CheckedFile | undefined;
  readonly plant: PlantFiles;
};

function report(found: ExplainedHistory, wish: Replayed, cli: Cli): number {
  const { explanation, points } = found;
  const { startedAt } = wish;
  if (explanation === undefined) return refuse([noSuchAlarm(found, wish)], EXIT.findings, cli);
  if (wish.isJson) cli.out(`${printableJson(JSON.stringify({ ...explanation, startedAt, points }, null, 2))}\n`);
  else cli.out(explainedText(explanation, wish).split('\n').map(printable).join('\n'));
  const [, site = '', area = ''] = explanation.alarm.split('/');
  for (const name of untoldStates(explanation))
    cli.err(
      `${cli.paint('yellow', 'hint')} the history of points does not say what ${printable(name)} was: ` +
        `add --state ${printable(`${site}/${area}/${name}`)}=<value>\n`,
    );
  cli.err(`replayed ${replayedSpan(wish)}, points: ${points.toLocaleString('en-US')}; --lookback sees further\n`);
  return EXIT.ok;
}
