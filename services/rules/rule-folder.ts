// The rules folder while the service runs. Every load reads it as it is now: what is well goes to the engine at once, file by
// file; a file with an error leaves its last good version active, says so in the retained status, and raises an alarm once it
// is quiet: who is still writing has made no mistake yet.

import type { RulesStatus } from '#domain/rules-status.ts';
import { topics } from '#domain/topic.ts';
import type { CheckOptions } from '#rules/check/check-rules.ts';
import { isError, problemOf } from '#rules/check/finding.ts';
import type { Stepping } from '#rules/engine/hold.ts';
import type { EngineInput } from '#rules/engine/inputs.ts';
import { PIPELINE_RULES } from '#rules/engine/pipeline-alarms.ts';
import type { RuleFile } from '#rules/language/rule-schema.ts';
import { type RuleFiles, readRules, ruleIdOf, savedAtOf } from '#rules/rule-files.ts';
import { type FileProblem, formatProblem } from '#runtime/json-file.ts';
import { modelData, readPlantFiles } from '#runtime/plant-files.ts';
import type { OutMessage } from './state-store.ts';

export type RuleFolderParts = {
  readonly dir: string;
  /** Why a rule cannot run here; its file is then refused. */
  readonly refuses?: CheckOptions['refuses'];
  readonly engine: Stepping;
  readonly now: () => number;
  readonly putAndKeep: (input: EngineInput) => void;
  readonly tell: (message: OutMessage) => void;
  /** Loads what else stands in the folder; gives what is wrong with it. */
  readonly loadNotify?: () => readonly FileProblem[];
  readonly onLoad: (load: FolderLoad) => void;
};

export type FolderLoad = {
  readonly rules: number;
  readonly problems: readonly FileProblem[];
  /** Those among them that nobody has been told of. */
  readonly news: readonly FileProblem[];
  /** What is probably not meant so, though it runs; only what was not so before. */
  readonly warnings: readonly FileProblem[];
};

/** A file with an error is judged when it has not changed for so long. */
const QUIET_MS = 2_000;

export class RuleFolder {
  readonly #parts: RuleFolderParts;
  #models = '';
  #problems: readonly FileProblem[] = [];
  #warnings: readonly FileProblem[] = [];
  #broken = new Set<string>();
  /** Problems that were told, in words. */
  #told = new Set<string>();
  /** When the files of the rules had been saved, as of the last load. */
  #savedAt: ReadonlyMap<string, number> = new Map();
  /** When files that were still being written are looked at again; Infinity where there are none. */
  #againAt = Number.POSITIVE_INFINITY;

  constructor(parts: RuleFolderParts) {
    this.#parts = parts;
    for (const { key, state } of parts.engine.instances.values())
      if (key.startsWith('rule-refused/') && state.raisedBecause !== null) this.#broken.add(key.split('/')[3] ?? '');
  }

  load(): void {
    const { dir, refuses, engine, now, putAndKeep, loadNotify } = this.#parts;
    const read = readRules(dir, refuses === undefined ? {} : { refuses });
    const plant = readPlantFiles(dir);
    const problems = [...read.problems, ...plant.problems, ...(loadNotify?.() ?? [])];
    this.#problems = problems;
    const files = [...read.rules.map(({ source }) => source), ...lastGood(engine, read)];
    const models = [...plant.models.values()].map(modelData);
    const isChanged = JSON.stringify(models) !== this.#models;
    this.#models = JSON.stringify(models);
    const changes = { ...(isChanged ? { models } : {}), again: this.#savedAgain(read) };
    putAndKeep({ kind: 'reload', rules: files, ...changes, at: now() });
    const news = this.#judge(problems);
    const before = new Set(this.#warnings.map(formatProblem));
    this.#warnings = read.findings.filter((finding) => !isError(finding)).map(problemOf);
    const warnings = this.#warnings.filter((warning) => !before.has(formatProblem(warning)));
    this.#parts.tell(this.status());
    this.#parts.onLoad({ rules: files.length, problems, news, warnings });
  }

  /** Looks again at what was still being written. */
  tick(): void {
    if (this.#parts.now() >= this.#againAt) this.load();
  }

  /** Rules that were stopped and whose files somebody has saved since. */
  #savedAgain({ savedAt }: RuleFiles): string[] {
    const before = this.#savedAt;
    this.#savedAt = savedAt;
    const stopped = [...this.#parts.engine.rules.values()].filter((each) => each.isolatedBecause !== undefined);
    const ids = new Set(stopped.map(({ rule }) => rule.companionOf?.rule ?? rule.id));
    return [...ids].filter((id) => before.has(id) && before.get(id) !== savedAt.get(id));
  }

  /** Raises an alarm for every file with an error, and ends those of files that are well; gives what is news. */
  #judge(problems: readonly FileProblem[]): FileProblem[] {
    const now = this.#parts.now();
    const isSettled = Map.groupBy(problems, ({ file }) => quietAt(file, now) <= now);
    const settled = isSettled.get(true) ?? [];
    this.#againAt = Math.min(...(isSettled.get(false) ?? []).map(({ file }) => quietAt(file, now)));
    const broken = new Set(problems.map(({ file }) => instanceOf(file)));
    for (const [instance, [first]] of Map.groupBy(settled, ({ file }) => instanceOf(file)))
      this.#alarm(instance, { isRaised: true, because: first === undefined ? '' : formatProblem(first) });
    for (const instance of this.#broken)
      if (!broken.has(instance)) this.#alarm(instance, { isRaised: false, because: '' });
    const isStill = (instance: string) => this.#broken.has(instance) && broken.has(instance);
    this.#broken = new Set([...settled.map(({ file }) => instanceOf(file)), ...[...this.#broken].filter(isStill)]);
    const news = settled.filter((problem) => !this.#told.has(formatProblem(problem)));
    this.#told = new Set(settled.map(formatProblem));
    return news;
  }

  /** Its retained status, to be told again to a broker that has lost it. */
  status(): OutMessage {
    const rules = [...this.#parts.engine.rules.values()].flatMap(({ rule: { id, rev, companionOf, source } }) =>
      companionOf === undefined && !BUILT_IN.has(id) ? [{ id, rev, mode: source.mode }] : [],
    );
    const inWords = (problems: readonly FileProblem[]) => problems.map(formatProblem);
    const status: RulesStatus = {
      rules,
      problems: inWords(this.#problems),
      warnings: inWords(this.#warnings),
      loadedAt: this.#parts.now(),
    };
    return { topic: topics.service('rules', 'files'), payload: JSON.stringify(status), retain: true };
  }

  #alarm(instance: string, raised: { readonly isRaised: boolean; readonly because: string }): void {
    const { putAndKeep, now } = this.#parts;
    putAndKeep({ kind: 'pipeline', rule: 'rule-refused', instance, ...raised, at: now() });
  }
}

const BUILT_IN: ReadonlySet<string> = new Set(PIPELINE_RULES.map(({ id }) => id));

/** The versions that run now of rules whose files cannot be taken as they are. */
function lastGood(engine: Stepping, { held, rules }: RuleFiles): RuleFile[] {
  const good = new Set(rules.map(({ id }) => id));
  return [...engine.rules.values()].flatMap(({ rule }) =>
    rule.companionOf === undefined && held.has(rule.id) && !good.has(rule.id) && !BUILT_IN.has(rule.id)
      ? [rule.source]
      : [],
  );
}

/** When a file has been quiet for long enough to be judged. One of the future was written by another clock. */
function quietAt(file: string, now: number): number {
  const savedAt = savedAtOf(file);
  return savedAt > now ? now : savedAt + QUIET_MS;
}

/** The alarm instance of a file: the id that its rule has, or would have. */
function instanceOf(file: string): string {
  const id = ruleIdOf(file);
  return (
    id
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, 'x')
      .slice(0, 64) || 'x'
  );
}
