// What a test expects of an instance at a moment, against what the engine has.

import { isDeepStrictEqual } from 'node:util';
import { alarmOverlay } from '#domain/alarm.ts';
import type { Engine } from '../engine/engine.ts';
import type { Instance } from '../engine/instance.ts';
import { priorityOf, qualityAt, stateCodeOf } from '../engine/present.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { Expectation } from './rule-test-schema.ts';
import type { TestJournal } from './test-journal.ts';

export type Failure = {
  /** Which expectation of the test; undefined where the test as a whole cannot be run. */
  readonly index: number | undefined;
  /** As the test writes it; '' where there is none. */
  readonly at: string;
  readonly instance: string;
  /** What differs; `test` where the test as a whole cannot be run, with the reason in `got`. */
  readonly field: string;
  readonly expected: unknown;
  readonly got: unknown;
};

/** `at 30s, T1: state is "PENDING", expected "UNACK"`. */
export function failureText({ at, instance, field, expected, got }: Failure): string {
  if (field === 'test') return String(got);
  return `at ${at}, ${instance}: ${field} is ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`;
}

export type Observed = {
  readonly rule: CompiledRule;
  readonly engine: Engine;
  readonly journal: TestJournal;
};

export function compareExpectation(expected: Expectation, index: number, observed: Observed): Failure[] {
  const { at, instance, ...fields } = expected;
  return Object.entries(fields).flatMap(([field, wanted]): Failure[] => {
    if (wanted === undefined) return [];
    const got = READERS[field as keyof typeof READERS](observed, instance);
    const isSame = field === 'quality' && wanted === 'UNKNOWN' ? got !== 'GOOD' : isDeepStrictEqual(wanted, got);
    if (isSame || (field === 'raised' && isSameSet(wanted as string[], got as string[]))) return [];
    return [{ index, at, instance, field, expected: wanted, got }];
  });
}

type Reader = (observed: Observed, instance: string) => unknown;

/** What every field of an expectation is compared with; an instance that there is not is in its normal state. */
const READERS: { readonly [field in Exclude<keyof Expectation, 'at' | 'instance'>]-?: Reader } = {
  state: (observed, name) => read(observed, name, stateCodeOf) ?? 'NORM',
  overlay: (observed, name) => read(observed, name, ({ state }) => alarmOverlay(state)) ?? null,
  priority: ({ rule, ...rest }, name) => read({ rule, ...rest }, name, priorityOf) ?? rule.levels[0]?.priority,
  quality: (observed, name) => read(observed, name, qualityAt) ?? 'UNKNOWN',
  shadow: ({ rule }) => rule.isShadow,
  commands: ({ rule, engine, journal }, name) =>
    [rule, ...rule.companions].flatMap((each) => {
      const episode = findInstance(engine, each.id, name)?.state.episode ?? 0;
      return journal.commandsOf(each, name, episode);
    }),
  noData: ({ rule, engine }, name) => isActive(engine, `${rule.id}.no-data`, name),
  raised: ({ rule, engine }, name) =>
    rule.companions.flatMap(({ id, companionOf }) =>
      companionOf?.kind === 'raised' && isActive(engine, id, name) ? [companionOf.name] : [],
    ),
  events: ({ rule, journal }, name) => journal.eventsOf(rule.id, name),
};

function read<T>({ engine, rule }: Observed, name: string, of: (instance: Instance) => T): T | undefined {
  const instance = findInstance(engine, rule.id, name);
  return instance === undefined ? undefined : of(instance);
}

function isActive(engine: Engine, rule: string, name: string): boolean {
  return findInstance(engine, rule, name)?.state.active ?? false;
}

/** By its name alone: a test is about one area. */
export function findInstance(engine: Engine, rule: string, name: string): Instance | undefined {
  for (const instance of engine.rules.get(rule)?.instances ?? []) if (instance.name === name) return instance;
  return undefined;
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}
