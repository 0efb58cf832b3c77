// One pass over history for one set of rules, or for two side by side: each has an engine of its own and sees the same points.
// Pure but for its source. What an alarm asks of people is judged by the rules as if all were active, shadow ones too: that
// is what a backtest is asked. Alarms of failed commands are left out, since nothing was sent that could have failed.

import type { JournalEntry } from '#domain/journal.ts';
import type { Instance } from '../engine/instance.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { CommandCount } from './command-count.ts';
import { type Episode, EpisodeFold } from './episodes.ts';
import { KpiFold, type Kpis } from './kpi.ts';
import { type PointSource, type Range, type SourceCounts, SourceError } from './point-source.ts';
import { type Plant, Replay } from './replay.ts';
import { type RuleRow, ruleRows } from './rule-rows.ts';
import { asActive } from './rule-set.ts';

export type NamedRules = {
  readonly name: string;
  readonly rules: readonly CompiledRule[];
  /** The only rule that is reported; the others run because it reads their alarms. undefined: all are. */
  readonly only?: string | undefined;
  /** Told of an instance of any of them whenever it has been judged: what draws the alarm over time. */
  readonly onJudged?: (instance: Instance) => void;
};

export type BacktestOptions = {
  readonly sets: readonly NamedRules[];
  readonly source: PointSource;
  readonly plant: Plant;
  readonly isPlantWhole: boolean;
  /** What is counted. undefined: from the first point; to the last one. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** How long before `from` the source has points, which bring the rules to where they would have been. */
  readonly lookbackMs: number;
  /** Called after each batch; ends the run where it says false. */
  readonly onProgress?: (progress: Progress) => boolean;
};

export type Progress = { readonly at: number; readonly points: number };

export type Backtest = {
  readonly range: Range;
  readonly points: number;
  readonly series: number;
  readonly source: SourceCounts;
  readonly results: readonly SetResult[];
  /** It was ended before its time. */
  readonly isCut: boolean;
};

export type SetResult = {
  readonly name: string;
  readonly rules: readonly RuleRow[];
  readonly kpis: Kpis;
  /** By label `position`, where alarms bear it. */
  readonly positions: { readonly [position: string]: Kpis };
  readonly episodes: readonly Episode[];
  /** Episodes that are counted and not listed. */
  readonly episodesLeft: number;
  readonly commands: CommandCount;
  /** Alarms that late data would have raised. */
  readonly historical: number;
};

/** @throws SourceError where there is nothing to count, or what the source throws */
export async function backtest(options: BacktestOptions): Promise<Backtest> {
  const { source, onProgress } = options;
  let runs: SetRun[] | undefined;
  let points = 0;
  let isCut = false;
  let at = options.from ?? 0;
  for await (const batch of source.batches()) {
    const [first, last] = [batch[0], batch.at(-1)];
    if (first === undefined || last === undefined) continue;
    runs ??= startRuns(options, options.from ?? first.measuredAt, first.measuredAt);
    for (const run of runs) run.replay.take(batch);
    points += batch.length;
    at = last.measuredAt;
    isCut = onProgress?.({ at, points }) === false;
    if (isCut) break;
  }
  // Where nothing was said at all, nothing is known of any moment.
  if (options.from !== undefined) runs ??= startRuns(options, options.from, (options.to ?? options.from + 1) - 1);
  const [first] = runs ?? [];
  if (runs === undefined || first === undefined)
    throw new SourceError('there is not one point in it; give a time by --from and --to, or another recording', {
      isUnreachable: false,
    });
  const to = (isCut ? undefined : options.to) ?? at + 1;
  const results = runs.map((run) => run.finish(to));
  const range = { from: first.from, to };
  return { range, points, series: first.replay.seriesCount, source: source.counts, results, isCut };
}

/** `dataFrom`: before it nobody stored anything, so that the silence of a device says nothing of the device. */
function startRuns(options: BacktestOptions, from: number, dataFrom: number): SetRun[] {
  const startedAt = Math.max(from - options.lookbackMs, dataFrom);
  return options.sets.map((set) => new SetRun(set, { from, startedAt }, options));
}

class SetRun {
  readonly replay: Replay;
  readonly #set: NamedRules;
  readonly from: number;
  readonly #kpis: KpiFold;
  readonly #positions = new Map<string, KpiFold>();
  readonly #episodes: EpisodeFold;
  readonly #commands: CommandCount;
  readonly #leftOut: ReadonlySet<string>;
  readonly #others: ReadonlySet<string>;
  #historical = 0;

  constructor(
    set: NamedRules,
    { from, startedAt }: { readonly from: number; readonly startedAt: number },
    { plant, isPlantWhole }: BacktestOptions,
  ) {
    this.#set = set;
    this.from = from;
    this.#kpis = new KpiFold(from);
    this.#episodes = new EpisodeFold(from);
    this.#commands = new CommandCount(from);
    const others = set.rules.filter(({ id }) => set.only !== undefined && set.only !== id);
    this.#others = new Set(others.flatMap((rule) => [rule, ...rule.companions]).map(({ id }) => id));
    this.#leftOut = new Set(set.rules.flatMap(alarmsOfFailure));
    this.replay = new Replay({
      rules: set.rules.map(asActive),
      onJudged: set.onJudged,
      ...{ plant, isPlantWhole, startedAt },
      onEntry: (entry) => this.#take(entry),
      onCommand: (device, envelope, at) => {
        const rule = envelope.cid.slice(0, envelope.cid.indexOf('/'));
        if (!this.#others.has(rule)) this.#commands.take(device, envelope, at);
      },
    });
  }

  #take(entry: JournalEntry): void {
    if (this.#others.has(entry.rule)) return;
    this.#commands.takeEntry(entry);
    if (this.#leftOut.has(entry.rule)) return;
    if (entry.historical && entry.journalTime >= this.from) this.#historical++;
    this.#kpis.take(entry);
    this.#episodes.take(entry);
    const position = this.replay.engine.instances
      .get(`${entry.rule}/${entry.site}/${entry.area}/${entry.instance}`)
      ?.label('position');
    if (position === undefined) return;
    let kpis = this.#positions.get(position);
    if (kpis === undefined) {
      kpis = new KpiFold(this.from);
      this.#positions.set(position, kpis);
    }
    kpis.take(entry);
  }

  finish(to: number): SetResult {
    this.replay.runUntil(to - 1);
    this.#episodes.finish(to);
    const { episodes, left } = this.#episodes;
    const reported = this.#set.rules.filter(({ id }) => !this.#others.has(id));
    return {
      name: this.#set.name,
      rules: ruleRows(reported, {
        counts: this.#episodes.rules,
        commands: this.#commands,
        stopped: this.replay.stopped,
        instances: this.replay.engine.instances,
      }),
      kpis: this.#kpis.result(to),
      positions: Object.fromEntries([...this.#positions].map(([name, kpis]) => [name, kpis.result(to)])),
      episodes: episodes.sort((a, b) => a.from - b.from || (a.alarm < b.alarm ? -1 : 1)),
      episodesLeft: left,
      commands: this.#commands,
      historical: this.#historical,
    };
  }
}

/** Ids of the alarms that only a failed command raises. */
function alarmsOfFailure({ id, actions }: CompiledRule): string[] {
  const own = new Set(actions.filter(({ type }) => type === 'alarm').map((action) => action.id));
  const raised = actions.flatMap((action) => (action.type === 'command' ? action.onFailure : []));
  return raised.flatMap((each) => (each.type === 'alarm' && !own.has(each.id) ? [`${id}.${each.id}`] : []));
}
