// The rules folder while the service runs. Every load reads it as it is now: what is well goes to the engine at once, file by
// file; a file with an error leaves its last good version active, says so in the retained status, and raises an alarm.

import { topics } from '#domain/topic.ts';
import type { Stepping } from '#rules/engine/hold.ts';
import type { EngineInput } from '#rules/engine/inputs.ts';
import { PIPELINE_RULES } from '#rules/engine/pipeline-alarms.ts';
import type { RuleFile } from '#rules/language/rule-schema.ts';
import { readRules, ruleIdOf } from '#rules/rule-files.ts';
import { type FileProblem, formatProblem } from '#runtime/json-file.ts';
import { modelData, readPlantFiles } from '#runtime/plant-files.ts';
import type { OutMessage } from './state-store.ts';

export type RuleFolderParts = {
  readonly dir: string;
  readonly engine: Stepping;
  readonly now: () => number;
  readonly putAndKeep: (input: EngineInput) => void;
  readonly tell: (message: OutMessage) => void;
  /** Loads what else stands in the folder; gives what is wrong with it. */
  readonly loadNotify?: () => readonly FileProblem[];
  readonly onLoad: (load: { readonly rules: number; readonly problems: readonly FileProblem[] }) => void;
};

/** Payload (JSON) of the retained `service/v1/rules/files`. */
export type RulesStatus = {
  readonly rules: readonly { readonly id: string; readonly rev: string; readonly mode: string }[];
  /** `file:line:column: sentence`, one for each thing that is wrong. */
  readonly problems: readonly string[];
  readonly loadedAt: number;
};

export class RuleFolder {
  readonly #parts: RuleFolderParts;
  #models = '';
  #problems: readonly FileProblem[] = [];
  #broken = new Set<string>();

  constructor(parts: RuleFolderParts) {
    this.#parts = parts;
    for (const { key, state } of parts.engine.instances.values())
      if (key.startsWith('rule-refused/') && state.raisedBecause !== null) this.#broken.add(key.split('/')[3] ?? '');
  }

  load(): void {
    const { dir, engine, now, putAndKeep, loadNotify } = this.#parts;
    const { rules, problems: ruleProblems } = readRules(dir);
    const plant = readPlantFiles(dir);
    const problems = [...ruleProblems, ...plant.problems, ...(loadNotify?.() ?? [])];
    this.#problems = problems;
    const broken = Map.groupBy(problems, ({ file }) => instanceOf(file));
    const good = new Set(rules.map(({ id }) => id));
    const files = [...rules.map(({ source }) => source), ...lastGood(engine, new Set(broken.keys()), good)];
    const models = [...plant.models.values()].map(modelData);
    const isChanged = JSON.stringify(models) !== this.#models;
    this.#models = JSON.stringify(models);
    putAndKeep({ kind: 'reload', rules: files, ...(isChanged ? { models } : {}), at: now() });
    for (const [instance, [first]] of broken) {
      this.#alarm(instance, { isRaised: true, because: first === undefined ? '' : formatProblem(first) });
    }
    for (const instance of this.#broken)
      if (!broken.has(instance)) this.#alarm(instance, { isRaised: false, because: '' });
    this.#broken = new Set(broken.keys());
    this.#parts.tell(this.status());
    this.#parts.onLoad({ rules: files.length, problems: this.#problems });
  }

  /** Its retained status, to be told again to a broker that has lost it. */
  status(): OutMessage {
    const rules = [...this.#parts.engine.rules.values()].flatMap(({ rule: { id, rev, companionOf, source } }) =>
      companionOf === undefined && !BUILT_IN.has(id) ? [{ id, rev, mode: source.mode }] : [],
    );
    const status: RulesStatus = { rules, problems: this.#problems.map(formatProblem), loadedAt: this.#parts.now() };
    return { topic: topics.service('rules', 'files'), payload: JSON.stringify(status), retain: true };
  }

  #alarm(instance: string, raised: { readonly isRaised: boolean; readonly because: string }): void {
    const { putAndKeep, now } = this.#parts;
    putAndKeep({ kind: 'pipeline', rule: 'rule-refused', instance, ...raised, at: now() });
  }
}

const BUILT_IN: ReadonlySet<string> = new Set(PIPELINE_RULES.map(({ id }) => id));

/** The versions that run now of rules whose files cannot be taken as they are. */
function lastGood(engine: Stepping, broken: ReadonlySet<string>, good: ReadonlySet<string>): RuleFile[] {
  return [...engine.rules.values()].flatMap(({ rule }) =>
    rule.companionOf === undefined && broken.has(rule.id) && !good.has(rule.id) && !BUILT_IN.has(rule.id)
      ? [rule.source]
      : [],
  );
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
