// Runs one rule test through the engine itself: the clock is the test's own, and follows its events and deadlines.

import { SeriesTable } from '#domain/batch.ts';
import type { CommandReply } from '#domain/command.ts';
import type { DeviceView } from '#domain/device.ts';
import { parseDuration } from '#domain/duration.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineInput, EngineOutput } from '../engine/inputs.ts';
import type { Instance } from '../engine/instance.ts';
import { qualityAt, stateCodeOf } from '../engine/present.ts';
import { instanceKey } from '../engine/state.ts';
import { type CompiledRule, compileRule } from '../language/compile-rule.ts';
import { ruleSchema } from '../language/rule-schema.ts';
import type { RuleTest } from './rule-test-schema.ts';
import { parseSeries } from './series-notation.ts';

/** Any moment will do, so long as it is always the same. */
const START = 1_700_000_000_000;
const DEVICE_KEYS = new Set(['device', 'metric', 'values', 'role', 'model', 'site', 'area']);

const ms = (text: string): number => parseDuration(text) ?? 0;

type Event = { readonly at: number; readonly order: number; readonly run: () => void };

/** What did not come true, one sentence each; empty where the test passes. */
export function runRuleTest(shipped: CompiledRule, test: RuleTest): string[] {
  const rule = overridden(shipped, test.override);
  if (typeof rule === 'string') return [rule];
  const failures: string[] = [];
  const table = new SeriesTable();
  const engine = new Engine({ rules: [rule], startedAt: START });
  const events: Event[] = [];
  const site = rule.scope.labels?.site ?? 'site';
  const area = rule.scope.labels?.area ?? 'area';
  const instanceOf = (name: string): Instance | undefined =>
    engine.instances.get(instanceKey({ rule: rule.id, site, area, instance: name }));
  const feed = (input: EngineInput) => scheduleReplies(engine.step(input));
  const schedule = (at: number, order: number, run: () => void) => events.push({ at, order, run });

  function scheduleReplies(outputs: readonly EngineOutput[]): void {
    for (const output of outputs) {
      if (output.kind !== 'command') continue;
      const { device, envelope } = output;
      for (const script of test.devices.filter((each) => each.on === envelope.cmd)) {
        for (const { after, status } of script.reply) {
          const at = clock + ms(after);
          const reply: CommandReply = { cid: envelope.cid, status, ts: at };
          schedule(at, 1, () => feed({ kind: 'reply', device, reply, at }));
        }
      }
    }
  }

  for (const [name, state] of Object.entries(test.plant ?? {})) {
    schedule(START, 0, () => feed({ kind: 'plant-state', site, area, name, value: state, at: START }));
  }
  for (const entry of test.series) {
    const { device, metric } = entry;
    const view = deviceView(entry, rule, { site, area });
    schedule(START, 0, () => feed({ kind: 'device', device: view, at: START }));
    const samples = parseSeries(entry.values);
    if (typeof samples === 'string') return [`series ${device}/${metric}: ${samples}`];
    const series = table.of({ site, area, device, metric });
    for (const [i, value] of samples.entries()) {
      if (value === 'missing') continue;
      const at = START + i * ms(test.interval);
      const quality = value === null ? 'bad' : 'good';
      const point = { series, value, quality, measuredAt: at, late: false } as const;
      schedule(at, 1, () => feed({ kind: 'point', point, receivedAt: at }));
    }
  }
  for (const { at: when, do: op, instance, by, comment, episode } of test.operator) {
    const at = START + ms(when);
    schedule(at, 2, () => {
      const running = episode ?? instanceOf(instance)?.state.episode ?? 0;
      const operation = { op, by, episode: running, ...(comment === undefined ? {} : { comment }) };
      feed({
        kind: 'operation',
        alarm: { site, area, rule: rule.id, instance },
        operation,
        role: 'operator',
        isSigned: true,
        at,
      });
    });
  }
  for (const expected of test.expect) {
    schedule(START + ms(expected.at), 3, () =>
      failures.push(...compare(expected, instanceOf(expected.instance), rule)),
    );
  }

  let clock = START;
  for (;;) {
    events.sort((a, b) => a.at - b.at || a.order - b.order);
    const next = events[0];
    if (next === undefined) return failures;
    const deadline = engine.nextDeadline();
    clock = Math.min(deadline, next.at);
    feed({ kind: 'tick', at: clock });
    if (deadline > next.at || engine.nextDeadline() > next.at) {
      clock = next.at;
      events.splice(events.indexOf(next), 1);
      next.run();
    }
  }
}

/** The rule with the fields that the test changes, or what is wrong with them. */
function overridden(rule: CompiledRule, override: RuleTest['override']): CompiledRule | string {
  if (override === undefined) return rule;
  const parsed = ruleSchema.safeParse({ ...rule.source, ...override });
  if (!parsed.success)
    return `override: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`;
  const compiled = compileRule(parsed.data);
  if (!Array.isArray(compiled)) return compiled;
  return `override: ${compiled.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`;
}

function deviceView(
  entry: RuleTest['series'][number],
  rule: CompiledRule,
  where: { site: string; area: string },
): DeviceView {
  const given = Object.entries(entry).filter(([key]) => !DEVICE_KEYS.has(key));
  const scoped = Object.entries(rule.scope.labels ?? {}).filter(([key]) => !DEVICE_KEYS.has(key));
  const text = (key: string) => (typeof entry[key] === 'string' ? (entry[key] as string) : null);
  return {
    ...where,
    device: entry.device,
    model: text('model') ?? rule.scope.model ?? null,
    role: text('role'),
    labels: Object.fromEntries([...scoped, ...given].map(([key, value]) => [key, String(value)])),
    online: true,
    lastSeen: START,
    firmware: null,
    lastError: null,
  };
}

function compare(expected: RuleTest['expect'][number], instance: Instance | undefined, rule: CompiledRule): string[] {
  const got = {
    state: instance === undefined ? 'NORM' : stateCodeOf(instance),
    quality: instance === undefined ? 'UNKNOWN' : qualityAt(instance),
    shadow: rule.isShadow,
    commands: (instance?.state.commands ?? []).map(({ command, status }) => ({ command, status })),
  };
  return (['state', 'quality', 'shadow', 'commands'] as const).flatMap((field) => {
    const wanted = expected[field];
    if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(got[field])) return [];
    return [
      `at ${expected.at}, ${expected.instance}: ${field} is ${JSON.stringify(got[field])}, expected ${JSON.stringify(wanted)}`,
    ];
  });
}
