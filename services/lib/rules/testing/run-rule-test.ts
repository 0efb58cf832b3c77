// Runs one rule test through the engine itself: the clock is the test's own, and follows its events and deadlines.

import { SeriesTable } from '#domain/batch.ts';
import type { CommandReply } from '#domain/command.ts';
import { didYouMean, parseJsonFile } from '#runtime/json-file.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { Engine } from '../engine/engine.ts';
import { joinGroup } from '../engine/group-name.ts';
import type { EngineInput, EngineOutput } from '../engine/inputs.ts';
import type { Watch } from '../language/compile-expression.ts';
import { type CompiledRule, compileRule } from '../language/compile-rule.ts';
import { ruleSchema } from '../language/rule-schema.ts';
import { compareExpectation, type Failure, failureText, findInstance } from './compare-expectation.ts';
import type { RuleTest } from './rule-test-schema.ts';
import { msOf, roleOf, START, sceneOf, type TestScene } from './test-events.ts';
import { TestJournal } from './test-journal.ts';
import { unheardIn } from './unheard.ts';

export type RunOptions = {
  /** Rules whose alarms the tested one reads, or that inhibit it. */
  readonly others?: readonly CompiledRule[];
  readonly models?: ReadonlyMap<string, DeviceModel>;
  /** Told of everything that comes out, with the engine as it then stands. */
  readonly onOutput?: (output: EngineOutput, engine: Engine) => void;
  /** Watches a rule that the test overrides, which is compiled anew. */
  readonly watcher?: { readonly watch: Watch; readonly attach: (rule: CompiledRule) => void };
};

/** What did not come true, one sentence each; empty where the test passes. */
export function runRuleTest(rule: CompiledRule, test: RuleTest, options: RunOptions = {}): string[] {
  return failuresOf(rule, test, options).map(failureText);
}

/** What did not come true, in the order of the expectations' moments; empty where the test passes. */
export function failuresOf(shipped: CompiledRule, test: RuleTest, options: RunOptions = {}): Failure[] {
  const rule = overridden(shipped, test.override, options.watcher);
  if (typeof rule === 'string') return [unrunnable(rule)];
  const scene = sceneOf(test, rule, new SeriesTable());
  if (typeof scene === 'string') return [unrunnable(scene)];
  const stranger = strangerIn(test, rule, scene) ?? unheardIn(test, [rule, ...(options.others ?? [])]);
  if (stranger !== undefined) return [unrunnable(stranger)];
  return new TestRun(rule, test, options).run(scene);
}

function unrunnable(why: string): Failure {
  return { index: undefined, at: '', instance: '', field: 'test', expected: undefined, got: why };
}

/** Of one moment, what devices answer comes with samples, and what is expected comes last. */
const ORDER = { reply: 1, expect: 3 } as const;

type Step = { readonly at: number; readonly order: number; readonly run: () => void };

class TestRun {
  readonly #rule: CompiledRule;
  readonly #test: RuleTest;
  readonly #onOutput: RunOptions['onOutput'];
  readonly #engine: Engine;
  readonly #journal = new TestJournal();
  readonly #failures: Failure[] = [];
  #steps: Step[] = [];
  #clock = START;

  constructor(rule: CompiledRule, test: RuleTest, { others = [], models, onOutput }: RunOptions) {
    this.#rule = rule;
    this.#test = test;
    this.#onOutput = onOutput;
    const rules = [rule, ...others.filter(({ id }) => id !== rule.id)];
    this.#engine = new Engine({ rules, startedAt: START, ...(models === undefined ? {} : { models }) });
  }

  run({ events }: TestScene): Failure[] {
    for (const event of events) {
      const { at, order } = event;
      const run = () => ('input' in event ? this.#feed(event.input) : this.#operate(event.operation, at));
      this.#steps.push({ at, order, run });
    }
    const observed = { rule: this.#rule, engine: this.#engine, journal: this.#journal };
    for (const [i, expected] of this.#test.expect.entries()) {
      const run = () => this.#failures.push(...compareExpectation(expected, i, observed));
      this.#steps.push({ at: START + msOf(expected.at), order: ORDER.expect, run });
    }
    this.#steps.sort(byMoment);
    for (let next = this.#steps[0]; next !== undefined; next = this.#steps[0]) {
      const due = this.#engine.nextDeadline();
      this.#clock = Math.max(this.#clock, Math.min(due, next.at));
      // Deadline by deadline: one may send a command whose answer comes before the next step.
      if (due <= next.at) this.#feed({ kind: 'tick', at: this.#clock });
      else {
        this.#steps.shift();
        next.run();
      }
    }
    return this.#failures;
  }

  #feed(input: EngineInput): void {
    for (const output of this.#engine.step(input)) {
      if (output.kind === 'journal') this.#journal.add(output.entry);
      if (output.kind === 'command') this.#answer(output);
      this.#onOutput?.(output, this.#engine);
    }
  }

  #answer({ device, envelope }: Extract<EngineOutput, { kind: 'command' }>): void {
    for (const script of this.#test.devices) {
      if (script.on !== envelope.cmd) continue;
      for (const { after, status } of script.reply) {
        const at = this.#clock + msOf(after);
        const reply: CommandReply = { cid: envelope.cid, status, ts: at };
        this.#steps.push({ at, order: ORDER.reply, run: () => this.#feed({ kind: 'reply', device, reply, at }) });
      }
      this.#steps.sort(byMoment);
    }
  }

  #operate(operation: RuleTest['operator'][number], at: number): void {
    const { do: op, instance: name, by, comment, episode, until } = operation;
    const instance = findInstance(this.#engine, this.#rule.id, name);
    if (instance === undefined) return;
    this.#feed({
      kind: 'operation',
      alarm: instance.alarm,
      operation: {
        op,
        by,
        episode: episode ?? instance.state.episode,
        ...(comment === undefined ? {} : { comment }),
        ...(until === undefined ? {} : { until: START + msOf(until) }),
      },
      role: roleOf(operation),
      isSigned: true,
      at,
    });
  }
}

const byMoment = (a: Step, b: Step): number => a.at - b.at || a.order - b.order;

/** The rule with the fields that the test changes, or what is wrong with them. */
function overridden(
  rule: CompiledRule,
  override: RuleTest['override'],
  watcher: RunOptions['watcher'],
): CompiledRule | string {
  if (override === undefined) return rule;
  // As a text, so that what is wrong is told in the words that a rule file gets.
  const parsed = parseJsonFile('override', JSON.stringify({ ...rule.source, ...override }), ruleSchema);
  if (Array.isArray(parsed)) return `override: ${parsed.map(({ message }) => message).join('; ')}`;
  const compiled = compileRule(parsed.value, watcher === undefined ? {} : { watch: watcher.watch });
  if (!Array.isArray(compiled)) {
    watcher?.attach(compiled);
    return compiled;
  }
  return `override: ${compiled.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`;
}

/** An instance that no device of the test could make: a typing error would else prove silence for ever. */
function strangerIn(test: RuleTest, rule: CompiledRule, { devices }: TestScene): string | undefined {
  const known = new Set<string>();
  for (const { labels, ...view } of devices.values()) {
    const attributes: { readonly [name: string]: unknown } = { ...labels, ...view };
    known.add(joinGroup(rule.groupBy.map((label) => String(attributes[label] ?? ''))) ?? '');
  }
  known.delete('');
  const named = [...test.expect, ...test.operator].find(({ instance }) => !known.has(instance));
  if (named === undefined) return undefined;
  const hint = didYouMean(named.instance, [...known]) || `; there are ${[...known].join(', ') || 'none'}`;
  return `at ${named.at}: the series make no instance '${named.instance}'${hint}`;
}
