// `penstock rules new`: a rule and its test from a few answers, or from flags where a script asks. Never overwrites a file.

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PRIORITIES } from '#domain/alarm.ts';
import { type NewRuleFiles, newRuleFiles } from '#rules/authoring/new-rule-files.ts';
import { type RuleWish, WISH_KINDS, type WishKind } from '#rules/authoring/rule-wish.ts';
import { suggestDeadband } from '#rules/check/usual-deadband.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { type DeviceModel, type MetricModel, readPlantFiles } from '#runtime/plant-files.ts';
import { EXIT } from '#runtime/start-error.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { printable } from '../printable.ts';
import { type Answers, askRuleWish, type Offer } from '../rules/ask-rule-wish.ts';
import { readSettings } from '../settings.ts';

const PER_DEFAULT = '1m';
const WINDOW_DEFAULT = '5m';
const DELAY_DEFAULT = '10s';

export type Ask = (given: Answers, offer: Offer) => Promise<Answers | undefined>;

export const rulesNewCommand = newCommand(askRuleWish, () => process.stdin.isTTY === true);

/** `ask` is the wizard; it is called where a person sits at the terminal and the flags do not say everything. */
export function newCommand(ask: Ask, hasPerson: () => boolean): CliCommand {
  return {
    name: 'rules new',
    summary: 'write a new rule and its test; asks for what the flags do not say',
    help: 'Without a terminal, --metric and one of --above … --equals are needed.\n',
    options: [
      ['--metric <name>', 'the metric'],
      ['--above <limit>', 'alarm above this value'],
      ['--below <limit>', 'alarm below this value'],
      ['--rising <speed>', `alarm when it rises faster than this (per ${PER_DEFAULT}, see --per)`],
      ['--falling <speed>', 'alarm when it falls faster than this'],
      ['--silent <duration>', 'alarm when there was no sample for so long, or the device is offline'],
      ['--equals <value>', 'alarm while it has this value: true, false, a number or a word'],
      ['--window <duration>', `what --rising and --falling look at (default ${WINDOW_DEFAULT})`],
      ['--per <duration>', `unit of time of the speed (default ${PER_DEFAULT})`],
      ['--model <name>', 'only devices of this model'],
      ['--unit <code>', 'UCUM code of the limit (default: that of the model)'],
      ['--deadband <number>', 'how far back inside before it returns; 0 for none (default: usual for the signal)'],
      ['--on-delay <duration>', `how long it must hold (default ${DELAY_DEFAULT})`],
      ['--off-delay <duration>', `how long it must be well before it returns (default ${DELAY_DEFAULT})`],
      ['--priority <priority>', 'critical, high, medium (default) or low'],
      ['--cause <text>', 'what usually makes it happen'],
      ['--consequence <text>', 'what happens if nobody does anything'],
      ['--response <text>', 'what the operator does'],
      ['--time-to-respond <duration>', 'how long the operator has'],
      ['--id <id>', 'id of the rule, the name of its file'],
      ['--name <text>', 'what operators read'],
    ],
    run: async ({ options, settings }, cli) => {
      const loaded = readSettings(settings, cli);
      if (typeof loaded === 'number') return loaded;
      const folder = loaded.config.rules.dir;
      const { models } = readPlantFiles(folder);
      const given = options as Answers;
      const isComplete = given.metric !== undefined && WISH_KINDS.some((kind) => given[kind] !== undefined);
      const answers = isComplete || !hasPerson() ? given : await ask(given, offerOf(models));
      if (answers === undefined) return EXIT.interrupted;
      const wish = wishOf(answers, models);
      if (Array.isArray(wish)) return refused(wish, cli);
      const files = newRuleFiles(wish, models);
      return Array.isArray(files) ? refused(files, cli) : writeBoth(path.join(folder, wish.id), files, cli);
    },
  };
}

function offerOf(models: ReadonlyMap<string, DeviceModel>): Offer {
  return {
    metrics: [...models.values()].flatMap(({ model, metrics }) =>
      [...metrics].map(([metric, { unit, type }]) => ({ metric, model, unit, type })),
    ),
    deadbandFor: (metric, model) =>
      suggestDeadband({ ...promiseOf({ metric, ...(model === undefined ? {} : { model }) }, models), metric }),
  };
}

/** What the models say of a metric: of the model that is named, or of the first that has it. */
function promiseOf({ metric = '', model }: Answers, models: ReadonlyMap<string, DeviceModel>): Partial<MetricModel> {
  const asked = model === undefined ? [...models.values()] : [models.get(model)];
  return asked.find((each) => each?.metrics.has(metric))?.metrics.get(metric) ?? {};
}

/** The wish that flags or answers make, or what is wrong with them. */
function wishOf(answers: Answers, models: ReadonlyMap<string, DeviceModel>): RuleWish | string[] {
  const { metric, model, priority = 'medium' } = answers;
  const kinds = WISH_KINDS.filter((kind) => answers[kind] !== undefined);
  const [kind, another] = kinds;
  const problems: string[] = [];
  if (metric === undefined) problems.push('--metric is missing: the name of the metric');
  if (kind === undefined)
    problems.push(`say what to be alarmed of: one of ${WISH_KINDS.map((each) => `--${each}`).join(', ')}`);
  if (another !== undefined)
    problems.push(`a rule has one of ${kinds.map((each) => `--${each}`).join(', ')}; write two rules`);
  if (model !== undefined && !models.has(model))
    problems.push(`there is no model '${model}'${didYouMean(model, [...models.keys()])}`);
  const known = [...models.values()].flatMap(({ metrics }) => [...metrics.keys()]);
  const hint = metric === undefined || known.includes(metric) ? '' : didYouMean(metric, known);
  if (hint !== '') problems.push(`no model has a metric '${metric}'${hint}`);
  const urgency = PRIORITIES.find((each) => each === priority);
  if (urgency === undefined) problems.push(`--priority is one of ${PRIORITIES.join(', ')}, not '${priority}'`);
  if (metric === undefined || kind === undefined || urgency === undefined || problems.length > 0) return problems;
  const promise = promiseOf(answers, models);
  const wanted = wantedOf(kind, answers);
  const mismatch = mismatchOf(wanted, promise, metric);
  if (mismatch !== undefined) return [mismatch];
  return {
    id: answers.id ?? `${metric.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${kind}`,
    name: answers.name,
    metric,
    model,
    unit: answers.unit ?? promise.unit,
    interval: promise.interval,
    wanted,
    deadband: deadbandOf(kind, answers, promise),
    onDelay: answers.onDelay ?? DELAY_DEFAULT,
    offDelay: answers.offDelay ?? DELAY_DEFAULT,
    priority: urgency,
    cause: answers.cause,
    consequence: answers.consequence,
    response: answers.response,
    timeToRespond: answers.timeToRespond,
  };
}

function wantedOf(kind: WishKind, answers: Answers): RuleWish['wanted'] {
  const text = answers[kind] ?? '';
  switch (kind) {
    case 'above':
    case 'below':
      return { kind, limit: numberOf(text) };
    case 'rising':
    case 'falling':
      return { kind, limit: numberOf(text), window: answers.window ?? WINDOW_DEFAULT, per: answers.per ?? PER_DEFAULT };
    case 'silent':
      return { kind, after: text };
    case 'equals':
      if (text === 'true' || text === 'false') return { kind, value: text === 'true' };
      return { kind, value: Number.isFinite(numberOf(text)) ? numberOf(text) : text };
  }
}

/** A comparison with what the metric never is would be a rule that never fires. */
function mismatchOf(wanted: RuleWish['wanted'], { type }: Partial<MetricModel>, metric: string): string | undefined {
  if (type === undefined || wanted.kind === 'silent') return undefined;
  const needed = wanted.kind === 'equals' ? typeOf(wanted.value) : 'number';
  return needed === type
    ? undefined
    : `--${wanted.kind} compares with a ${needed}, and the model says that '${metric}' is a ${type}`;
}

function typeOf(value: number | boolean | string): MetricModel['type'] {
  return typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean');
}

/** Asked for, or usual for the signal; none where 0 was asked for. */
function deadbandOf(
  kind: WishKind,
  { metric = '', deadband, unit }: Answers,
  promise: Partial<MetricModel>,
): number | undefined {
  if (deadband !== undefined) return numberOf(deadband) === 0 ? undefined : numberOf(deadband);
  if (kind !== 'above' && kind !== 'below') return undefined;
  // The span is in the model's unit.
  return unit === undefined || unit === promise.unit ? suggestDeadband({ ...promise, metric }) : undefined;
}

/** NaN for what is no decimal number: nobody writes a limit as 0x10 and means 16. */
function numberOf(text: string): number {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}

function writeBoth(base: string, { rule, test, warnings }: NewRuleFiles, cli: Cli): number {
  const files = [
    [`${base}.json`, rule],
    [`${base}.test.json`, test],
  ] as const;
  const there = files.find(([file]) => existsSync(file));
  if (there !== undefined) return refused([`${there[0]} is there already; choose another --id`], cli);
  const written: string[] = [];
  try {
    // The test first: a rule is obeyed as soon as it is there.
    for (const [file, text] of files.toReversed()) {
      writeFileSync(file, text, { flag: 'wx' });
      written.push(file);
    }
  } catch (error) {
    for (const file of written) rmSync(file, { force: true });
    return refused([`${base}.json cannot be written (${(error as NodeJS.ErrnoException).code})`], cli);
  }
  for (const warning of warnings) cli.err(`${cli.paint('yellow', 'warning')} ${printable(warning)}\n`);
  cli.out(files.map(([file]) => `${printable(file)}\n`).join(''));
  return EXIT.ok;
}

function refused(problems: readonly string[], cli: Cli): number {
  cli.err(problems.map((problem) => `error: ${printable(problem)}\n`).join(''));
  return EXIT.usage;
}
