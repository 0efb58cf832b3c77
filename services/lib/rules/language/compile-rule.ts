// A checked rule file to the form the engine runs: durations in ms, expressions as closures, clear conditions derived, and
// the alarms that a rule raises beside its own (no data, failed commands) as rules of their own, so that the engine knows
// one kind of alarm only.

import { createHash } from 'node:crypto';
import type { Priority, Rationalisation } from '#domain/alarm.ts';
import { parseDuration } from '#domain/duration.ts';
import { converter } from '#rules/language/units.ts';
import { type CompiledAction, compileActions, consequencesOf } from './compile-action.ts';
import { compileExpression, type ExpressionProblem, type Names, type Watch } from './compile-expression.ts';
import { compileClear } from './deadband.ts';
import { type Expression, type Path, type TimerSpec, walk } from './expression.ts';
import type { Operand } from './operand.ts';
import { isRaised, notRaised, silence, voice } from './own-conditions.ts';
import type { LevelSpec, RuleFile, SelectSpec } from './rule-schema.ts';
import { checkTemplates } from './template.ts';
import { type WantedType, wantedTypes } from './wanted-types.ts';
import type { WindowFunction } from './window-functions.ts';

export type CompiledInput = {
  readonly name: string;
  readonly metric: string;
  readonly select: SelectSpec | undefined;
  readonly unit: string | undefined;
  /** undefined: three expected intervals of the metric's model, 60 s where no model says. */
  readonly maxAgeMs: number | undefined;
  /** Held while the device is online, however old. */
  readonly isOnChange: boolean;
  /** Uncertain samples count as BAD. */
  readonly needsGood: boolean;
  readonly window: CompiledWindow | undefined;
  /** Of which type its samples must be to say anything; undefined: of any. */
  readonly wants: WantedType | undefined;
};

export type CompiledWindow = {
  readonly fn: WindowFunction;
  readonly windowMs: number;
  /** Unit of time of slope and rate. */
  readonly perMs: number;
  readonly minSamples: number;
  /** 0: not asked for. */
  readonly minCoverage: number;
};

export type CompiledParam = {
  readonly name: string;
  readonly value: number | boolean | string;
  /** Where a device has its own. */
  readonly source: { readonly from: 'config' | 'labels'; readonly key: string } | undefined;
};

/** One limit of the alarm; a plain rule has one. */
export type CompiledLevel = {
  readonly priority: Priority;
  readonly condition: Expression;
  readonly clearCondition: Expression;
  readonly onDelayMs: number;
};

export type CompiledRule = {
  /** The file it was made of. */
  readonly source: RuleFile;
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the canonical rule, `sha256:` and 12 hex digits. What editors are told by `$schema` is no part of it. */
  readonly rev: string;
  /** The same of all that decides when it is active: where it changes, gathered evidence is void. */
  readonly logicRev: string;
  readonly isShadow: boolean;
  readonly scope: RuleFile['scope'];
  readonly groupBy: readonly string[];
  readonly span: 'area' | 'site';
  readonly inputs: readonly CompiledInput[];
  readonly alignWithinMs: number | undefined;
  readonly params: readonly CompiledParam[];
  /** Least urgent first. */
  readonly levels: readonly CompiledLevel[];
  /** Evidence of every `for`, inner ones first. */
  readonly timers: readonly TimerSpec[];
  readonly offDelayMs: number;
  readonly ackRequired: boolean;
  readonly latching: boolean;
  readonly reAlarmMs: number | undefined;
  readonly reAlarmRepeats: number;
  /** Longest shelving; 0 where it may not be shelved. */
  readonly shelvingMsMax: number;
  readonly enableWhen: Expression | undefined;
  readonly suppressWhen: Expression | undefined;
  readonly inhibitedBy: RuleFile['inhibitedBy'];
  readonly firstOutGroup: string | undefined;
  /** Returns when no input has been known for so long; undefined where silence holds the alarm. */
  readonly clearsOnSilence: Expression | undefined;
  readonly rationalisation: Rationalisation | undefined;
  readonly labels: { readonly [name: string]: string };
  readonly summary: string | undefined;
  readonly actions: readonly CompiledAction[];
  /** Alarms it raises beside its own, under ids of their own: `<id>.no-data`, `<id>.<action>`. */
  readonly companions: readonly CompiledRule[];
  /** Of a companion: the rule it belongs to, and what it is to it. */
  readonly companionOf:
    | { readonly rule: string; readonly kind: 'no-data' | 'raised'; readonly name: string }
    | undefined;
  /** Rules whose alarms its expressions read. */
  readonly readsAlarms: readonly string[];
};

export type CompileOptions = {
  /** Told what every expression was worth, for coverage. */
  readonly watch?: Watch;
};

const ms = (text: string): number => parseDuration(text) ?? 0;
const NO_DATA = 'no-data';

/** The compiled rule, or everything that is wrong with it. */
export function compileRule(file: RuleFile, { watch }: CompileOptions = {}): CompiledRule | ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  const timers: TimerSpec[] = [];
  const names: Names = { ...namesOf(file), timers, watch };
  const compile = (raw: unknown, path: Path) => compileExpression(raw, path, names, problems);
  const compileTruth = (raw: unknown, path: Path) => {
    const truth = compile(raw, path);
    if (truth === undefined || truth.type === 'boolean' || truth.type === 'any') return truth;
    problems.push({ path, message: `a condition is true or false, and this is a ${truth.type}` });
    return undefined;
  };
  const optional = (raw: unknown, path: Path) => (raw === undefined ? undefined : compileTruth(raw, path));
  const parts = { compile, compileTruth, problems };

  const levels = levelsOf(file).flatMap(({ spec, path }): CompiledLevel[] => {
    const condition = compileTruth(spec.condition, [...path, 'condition']);
    const clearCondition = compileClear(spec, path, { ...parts, condition });
    if (condition === undefined || clearCondition === undefined) return [];
    return [{ priority: spec.priority, condition, clearCondition, onDelayMs: ms(spec.onDelay ?? file.onDelay) }];
  });
  const enableWhen = optional(file.enableWhen, ['enableWhen']);
  const suppressWhen = optional(file.suppressWhen, ['suppressWhen']);
  const actions = compileActions(file, { compileTruth, problems });
  checkTemplates(file, problems);
  const params = Object.entries(file.params).map(([name, spec]) => compileParam(file, { name, spec }, problems));
  if (problems.length > 0) return problems;

  const conditions = levels.flatMap(({ condition, clearCondition }) => [condition, clearCondition]);
  const wanted = wantedTypes(file, conditions);
  const rule: CompiledRule = {
    source: file,
    id: file.id,
    name: file.name ?? file.id,
    rev: hashOf({ ...file, $schema: undefined }),
    logicRev: hashOf([
      ...LOGIC_FIELDS.map((field) => file[field]),
      // The evidence of a `for` belongs to its place.
      timers.some(({ operand }) => operand.path[0] === 'actions') ? file.actions : [],
    ]),
    isShadow: file.mode === 'shadow',
    scope: file.scope,
    groupBy: file.groupBy,
    span: file.span,
    inputs: Object.entries(file.inputs).map(([name, spec], i) => compileInput(name, spec, wanted[i])),
    alignWithinMs: file.alignWithin === undefined ? undefined : ms(file.alignWithin),
    params,
    levels: levels.sort((a, b) => URGENCY.indexOf(a.priority) - URGENCY.indexOf(b.priority)),
    timers,
    offDelayMs: ms(file.offDelay),
    ackRequired: file.ackRequired,
    latching: file.latching,
    reAlarmMs: file.reAlarmTime === undefined ? undefined : ms(file.reAlarmTime),
    reAlarmRepeats: file.reAlarmRepeatCount ?? Number.POSITIVE_INFINITY,
    shelvingMsMax: file.shelving.allowed ? ms(file.shelving.maxDuration) : 0,
    enableWhen,
    suppressWhen,
    inhibitedBy: file.inhibitedBy,
    firstOutGroup: file.firstOutGroup,
    clearsOnSilence: file.noData.action === 'clear' ? silence(file) : undefined,
    rationalisation: file.rationalisation,
    labels: file.labels,
    summary: file.annotations.summary,
    actions,
    companions: [],
    companionOf: undefined,
    readsAlarms: [],
  };
  const companions = companionsOf(rule).map((each) => ({ ...each, readsAlarms: alarmsReadBy(each) }));
  return { ...rule, companions, readsAlarms: alarmsReadBy(rule) };
}

/** What decides when a rule is active. Everything else is text, or what is done about it. */
const LOGIC_FIELDS = [
  ...(['scope', 'groupBy', 'span', 'inputs', 'alignWithin', 'params', 'condition', 'clearCondition'] as const),
  ...(['deadband', 'levels', 'onDelay', 'offDelay', 'enableWhen', 'suppressWhen'] as const),
];

const URGENCY: readonly Priority[] = ['low', 'medium', 'high', 'critical'];

function namesOf(file: RuleFile): Omit<Names, 'timers' | 'watch'> {
  return {
    inputs: Object.keys(file.inputs),
    params: Object.keys(file.params),
    paramValues: Object.values(file.params).map((param): Operand => param.default),
    words: Object.values(file.inputs).map(({ metric, unit, fn, per }) => ({
      metric: fn === 'last' ? metric : `${fn} of ${metric}`,
      unit: fn === 'slope' || fn === 'rate' ? `${unit ?? ''}/${PER_WORDS[per ?? '1s'] ?? per}` : unit,
      type: fn === 'last' ? 'any' : 'number',
    })),
  };
}

const PER_WORDS: { readonly [per: string]: string } = { '1s': 's', '1m': 'min', '60s': 'min', '1h': 'h', '1d': 'd' };

/** The levels as they were written, or the rule itself as the only one. */
function levelsOf(file: RuleFile): { readonly spec: LevelSpec; readonly path: Path }[] {
  if (file.levels !== undefined) return file.levels.map((spec, i) => ({ spec, path: ['levels', i] }));
  const { priority, condition, clearCondition, deadband, onDelay } = file;
  return [{ spec: { priority, condition: condition ?? null, clearCondition, deadband, onDelay }, path: [] }];
}

function compileInput(name: string, spec: RuleFile['inputs'][string], wants: WantedType | undefined): CompiledInput {
  return {
    name,
    metric: spec.metric,
    select: spec.select,
    unit: spec.unit,
    maxAgeMs: spec.maxAge === undefined ? undefined : ms(spec.maxAge),
    isOnChange: spec.sampling === 'onChange',
    needsGood: spec.quality === 'good',
    wants,
    window:
      spec.fn === 'last'
        ? undefined
        : {
            fn: spec.fn,
            windowMs: ms(spec.window ?? ''),
            perMs: ms(spec.per ?? '1s'),
            minSamples: spec.minSamples ?? 1,
            minCoverage: spec.minCoverage ?? 0,
          },
  };
}

/** A param in a unit that no input has is converted to the unit of the one input that it can be a limit of. */
function compileParam(
  file: RuleFile,
  { name, spec }: { readonly name: string; readonly spec: RuleFile['params'][string] },
  problems: ExpressionProblem[],
): CompiledParam {
  const [, from, key = ''] = /^device\.(config|labels)\.(.*)$/.exec(spec.source ?? '') ?? [];
  const source = from === undefined ? undefined : { from: from as 'config' | 'labels', key };
  const units = new Set(Object.values(file.inputs).flatMap(({ unit }) => (unit === undefined ? [] : [unit])));
  const { unit, default: value } = spec;
  if (unit === undefined || typeof value !== 'number' || units.size === 0 || units.has(unit))
    return { name, value, source };
  const [convert, another] = [...units].flatMap((to) => converter(unit, to) ?? []);
  if (convert === undefined || another !== undefined) {
    const message =
      convert === undefined
        ? `'${unit}' converts to no unit of the inputs (${[...units].join(', ')})`
        : `'${unit}' could mean a limit in any of ${[...units].join(', ')}; write it in the unit of its input`;
    problems.push({ path: ['params', name, 'unit'], message, code: 'R002' });
    return { name, value, source };
  }
  if (source !== undefined) {
    const message = `what a device reports is taken as it is, so write the default in the unit of the input too`;
    problems.push({ path: ['params', name, 'unit'], message, code: 'R002' });
  }
  return { name, value: convert(value), source };
}

function companionsOf(rule: CompiledRule): CompiledRule[] {
  const { source } = rule;
  const companions: CompiledRule[] = [];
  const companion = (kind: 'no-data' | 'raised', name: string, own: Partial<CompiledRule>): CompiledRule => ({
    ...rule,
    id: `${rule.id}.${name}`,
    alignWithinMs: undefined,
    params: [],
    timers: [],
    offDelayMs: 0,
    latching: false,
    firstOutGroup: undefined,
    clearsOnSilence: undefined,
    rationalisation: undefined,
    summary: undefined,
    actions: [],
    companionOf: { rule: rule.id, kind, name },
    ...own,
  });
  if (source.noData.action === 'alarm') {
    const level = {
      priority: source.noData.priority ?? source.priority,
      condition: silence(source),
      clearCondition: voice(source),
      onDelayMs: 0,
    };
    companions.push(
      companion('no-data', NO_DATA, {
        name: `${rule.name}: no data`,
        levels: [level],
        // Its suppression and its commands are the rule's, and so is what they read.
        params: rule.params,
        timers: rule.timers,
        // What is done about silence is asked of the rule, and done by the alarm that says it.
        actions: rule.actions.flatMap((action) =>
          action.on.includes('noData') ? [{ ...action, on: ['active' as const] }] : [],
        ),
        enableWhen: undefined,
      }),
    );
  }
  for (const { id, name, priority } of consequencesOf(rule.actions)) {
    const level = { priority, condition: isRaised(), clearCondition: notRaised(), onDelayMs: 0 };
    companions.push(
      companion('raised', id, {
        name: name ?? `${rule.name}: ${id}`,
        inputs: [],
        levels: [level],
        enableWhen: undefined,
        suppressWhen: undefined,
        inhibitedBy: [],
      }),
    );
  }
  return companions;
}

function alarmsReadBy(rule: CompiledRule): string[] {
  const expressions = [
    ...rule.levels.flatMap(({ condition, clearCondition }) => [condition, clearCondition]),
    ...[rule.enableWhen, rule.suppressWhen].filter((each) => each !== undefined),
  ];
  return [...new Set(expressions.flatMap((each) => [...walk(each)].flatMap(({ alarmOf }) => alarmOf ?? [])))];
}

function hashOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 12)}`;
}

/** JSON with sorted keys, so that the order of writing does not change the revision. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`)
    .join(',')}}`;
}
