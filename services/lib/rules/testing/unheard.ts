// What a test says and no rule of it hears: a metric, a plant state or a command by a name that none of them has. Its author
// mistyped it, and the test would prove silence for ever.

import { didYouMean } from '#runtime/json-file.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { RuleTest } from './rule-test-schema.ts';

/** A sentence about the first of them; `rules` are all that the test runs. */
export function unheardIn(test: RuleTest, rules: readonly CompiledRule[]): string | undefined {
  const heard = {
    metric: rules.flatMap(({ inputs }) => inputs.map(({ metric }) => metric)),
    state: rules.flatMap(({ source }) => statesIn(source)),
    command: rules.flatMap(({ actions }) => actions.flatMap((each) => (each.type === 'command' ? each.command : []))),
  };
  const said = {
    metric: test.series.map(({ metric }) => metric),
    state: [...Object.keys(test.plant ?? {}), ...test.happens.flatMap((each) => ('state' in each ? each.state : []))],
    command: test.devices.map(({ on }) => on),
  };
  for (const kind of ['metric', 'state', 'command'] as const) {
    const known = heard[kind];
    // A device that a command goes to is there by a series of its own, which no input reads.
    const mayBeTarget = kind === 'metric' && heard.command.length > 0;
    const stray = said[kind].find((name) => !known.includes(name) && !(mayBeTarget && didYouMean(name, known) === ''));
    if (stray === undefined) continue;
    const hint =
      didYouMean(stray, known) || (known.length === 0 ? '' : `; there are ${[...new Set(known)].join(', ')}`);
    return `no rule of this test has a ${kind} '${stray}'${hint}`;
  }
  return undefined;
}

/** The plant states that what was written reads, wherever in it. */
function statesIn(written: unknown): string[] {
  if (typeof written !== 'object' || written === null) return [];
  const { state } = written as { readonly state?: unknown };
  const [own] = Array.isArray(state) ? state : [state];
  return [...(typeof own === 'string' ? [own] : []), ...Object.values(written).flatMap(statesIn)];
}
