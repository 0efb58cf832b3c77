// What tests have shown of a rule, and what they have not. Covered is
// - a condition (also of a level, a clearCondition that was written): seen both true and false;
// - an arm: each operand of `and`, `or` and `atLeast`, and the test of `if`, seen both true and false. `and` and `or` look
//   at an operand only where those before it have not decided, so it was looked at where it counted;
// - an action: taken at least once, a command as far as SENT; its `permitWhen` and `verify` seen both to hold and not to;
// - what actions raise when they fail, and the alarm of noData: active at least once;
// - a suppression: `enableWhen` and `suppressWhen` seen both true and false, each of `inhibitedBy` seen to inhibit.
// UNKNOWN covers nothing but a permit or a proof that does not hold. What never changes (a constant) needs no test.

import type { JournalEntry } from '#domain/journal.ts';
import { expressionText } from '../authoring/expression-text.ts';
import type { Engine } from '../engine/engine.ts';
import { triggerOf } from '../engine/triggers.ts';
import type { Watch } from '../language/compile-expression.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { type Expression, type Path, walk } from '../language/expression.ts';
import { truthOf } from '../language/operand.ts';
import { actionIn } from './test-journal.ts';

export type CoverageKind = 'rule' | 'arm' | 'action' | 'suppression';

export type CoverageItem = {
  readonly kind: CoverageKind;
  /** Where in the rule's file it stands. */
  readonly path: Path;
  /** What it is, in words: `temp > 80`. */
  readonly text: string;
  /** `never true`, `never taken`; empty where it is covered. */
  readonly missing: readonly string[];
};

export type RuleCoverage = {
  readonly rule: string;
  readonly items: readonly CoverageItem[];
  readonly covered: number;
  readonly total: number;
};

type Seen = { isTrue: boolean; isFalse: boolean; isUnknown: boolean };

const keyOf = (path: Path): string => path.join('/');

/** What is gathered while the tests of one rule run: compile the rule with `watch`, then `attach` it. */
export class CoverageRecord {
  /** Within a decision; the sentences of an alarm evaluate its comparisons too, and decide nothing. */
  #isDeciding = false;
  readonly #seen = new Map<string, Seen>();
  readonly #keys = new WeakMap<Path, Seen>();
  readonly #actions = new Set<string>();
  readonly #active = new Set<string>();
  readonly #inhibitedBy = new Set<string>();
  hasRun = false;

  readonly watch: Watch = (path, operand) => {
    if (!this.#isDeciding) return;
    let seen = this.#keys.get(path);
    if (seen === undefined) {
      seen = this.#seen.get(keyOf(path)) ?? { isTrue: false, isFalse: false, isUnknown: false };
      this.#keys.set(path, seen);
      this.#seen.set(keyOf(path), seen);
    }
    const truth = truthOf(operand);
    if (truth === 'true') seen.isTrue = true;
    else if (truth === 'false') seen.isFalse = true;
    else seen.isUnknown = true;
  };

  attach(rule: CompiledRule): void {
    for (const root of rootsOf(rule)) {
      const { evaluate } = root;
      const decide: Expression['evaluate'] = (frame) => {
        const before = this.#isDeciding;
        this.#isDeciding = true;
        try {
          return evaluate(frame);
        } finally {
          this.#isDeciding = before;
        }
      };
      Object.assign(root, { evaluate: decide });
    }
  }

  /** An entry of the journal, of the rule or of one of its companions. */
  note(rule: CompiledRule, entry: JournalEntry, engine: Engine): void {
    if (entry.event === 'ACTIVE') this.#active.add(entry.rule);
    if (entry.command?.status === 'SENT') this.#actions.add(actionIn(entry.command.cid));
    const trigger = entry.rule === `${rule.id}.no-data` && entry.event === 'ACTIVE' ? 'noData' : triggerOf(entry.event);
    const isAnswered = entry.rule === rule.id || trigger === 'noData';
    for (const { id, type, on, evenIfSuppressed } of isAnswered ? rule.actions : [])
      if (type !== 'command' && trigger !== undefined && on.includes(trigger))
        if (entry.overlay === null || evenIfSuppressed || trigger === 'shelve') this.#actions.add(id);
    if (entry.rule !== rule.id || entry.event !== 'SUPPRESSED') return;
    for (const { rule: other } of rule.inhibitedBy)
      for (const { state } of engine.rules.get(other)?.instances ?? []) if (state.active) this.#inhibitedBy.add(other);
  }

  seenAt(path: Path): Seen {
    return this.#seen.get(keyOf(path)) ?? { isTrue: false, isFalse: false, isUnknown: false };
  }

  isTaken(action: string): boolean {
    return this.#actions.has(action);
  }

  wasActive(rule: string): boolean {
    return this.#active.has(rule);
  }

  wasInhibitedBy(rule: string): boolean {
    return this.#inhibitedBy.has(rule);
  }
}

export function coverageOf(rule: CompiledRule, record: CoverageRecord): RuleCoverage {
  const items = [
    item('rule', { path: [], text: rule.id }, record.hasRun ? [] : ['never run']),
    ...conditionsOf(rule).flatMap((each) => armItems(rule, each, record)),
    ...suppressionItems(rule, record),
    ...actionItems(rule, record),
  ];
  const covered = items.filter(({ missing }) => missing.length === 0).length;
  return { rule: rule.id, items, covered, total: items.length };
}

/** Everything whose worth the engine decides by, each once. */
function rootsOf({ levels, enableWhen, suppressWhen, timers, actions }: CompiledRule): Set<Expression> {
  const roots = [
    ...levels.flatMap(({ condition, clearCondition }) => [condition, clearCondition]),
    ...timers.map(({ operand }) => operand),
    ...actions.flatMap((action) => (action.type === 'command' ? [action.permitWhen, action.verify?.condition] : [])),
    ...[enableWhen, suppressWhen],
  ];
  return new Set(roots.filter((each) => each !== undefined));
}

function item(
  kind: CoverageKind,
  { path, text }: Pick<CoverageItem, 'path' | 'text'>,
  missing: readonly string[],
): CoverageItem {
  return { kind, path, text, missing };
}

/** Conditions that were written; those that follow from a deadband or a negation are the author's own turned round. */
function conditionsOf({ source, levels }: CompiledRule): Expression[] {
  const written = source.levels ?? [source];
  return [
    ...levels.map(({ condition }) => condition),
    ...(written.some(({ clearCondition }) => clearCondition !== undefined)
      ? levels.map(({ clearCondition }) => clearCondition).filter(({ path }) => path.at(-1) === 'clearCondition')
      : []),
  ];
}

const BRANCHING = new Set(['and', 'or', 'atLeast']);

/** The condition itself and every arm inside it. */
function armItems(rule: CompiledRule, condition: Expression, record: CoverageRecord): CoverageItem[] {
  const arms = [...walk(condition)].flatMap(({ name, parts }) => {
    if (name === 'if') return parts.slice(0, 1);
    return BRANCHING.has(name) ? parts : [];
  });
  return [condition, ...arms].flatMap((each) =>
    each.constant === undefined ? [armItem('arm', rule, each, record)] : [],
  );
}

function armItem(kind: CoverageKind, rule: CompiledRule, { path }: Expression, record: CoverageRecord): CoverageItem {
  const { isTrue, isFalse } = record.seenAt(path);
  const missing = [...(isTrue ? [] : ['never true']), ...(isFalse ? [] : ['never false'])];
  return item(kind, { path, text: textAt(rule, path) }, missing);
}

function suppressionItems(rule: CompiledRule, record: CoverageRecord): CoverageItem[] {
  const conditions = [rule.enableWhen, rule.suppressWhen].filter((each) => each !== undefined);
  return [
    ...conditions.flatMap((each) => {
      const [whole, ...arms] = armItems(rule, each, record);
      return whole === undefined ? [] : [{ ...whole, kind: 'suppression' as const }, ...arms];
    }),
    ...rule.inhibitedBy.map(({ rule: other }, i) =>
      item(
        'suppression',
        { path: ['inhibitedBy', i], text: `inhibited by ${other}` },
        record.wasInhibitedBy(other) ? [] : ['never inhibited'],
      ),
    ),
  ];
}

function actionItems(rule: CompiledRule, record: CoverageRecord): CoverageItem[] {
  const actions = rule.actions.flatMap((action, i) => {
    const path: Path = ['actions', i];
    const taken = item('action', { path, text: action.id }, record.isTaken(action.id) ? [] : ['never taken']);
    if (action.type !== 'command') return [taken];
    const guards = [action.permitWhen, action.verify?.condition].filter((each) => each !== undefined);
    return [taken, ...guards.flatMap((each) => guardItems(rule, each, record))];
  });
  const companions = rule.companions.map(({ id, companionOf }) => {
    const path: Path = companionOf?.kind === 'no-data' ? ['noData', 'action'] : ['actions'];
    return item('action', { path, text: `alarm ${id}` }, record.wasActive(id) ? [] : ['never raised']);
  });
  return [...actions, ...companions];
}

/** A permit or a proof: not to be known is not to hold. */
function guardItems(rule: CompiledRule, guard: Expression, record: CoverageRecord): CoverageItem[] {
  const { isTrue, isFalse, isUnknown } = record.seenAt(guard.path);
  const [whole, ...arms] = armItems(rule, guard, record);
  if (whole === undefined) return [];
  const missing = [...(isTrue ? [] : ['never true']), ...(isFalse || isUnknown ? [] : ['never refused'])];
  return [{ ...whole, kind: 'action', missing }, ...arms];
}

function textAt({ source }: CompiledRule, path: Path): string {
  let at: unknown = source;
  for (const step of path) at = (at as { readonly [key: string | number]: unknown } | undefined)?.[step];
  return expressionText(at);
}
