// The first tests of a new rule: that it comes, that it goes, and that it stays silent where it knows nothing. They pass, and
// reach everything that the rule says.

import { formatDuration } from '#domain/duration.ts';
import { deadbandOf, intervalMsOf, msOf } from './new-rule.ts';
import type { RuleWish } from './rule-wish.ts';

const DEVICE = 'device-01';
/** Samples before anything happens, and spare ones where something must have happened. */
const SPARE = 2;

type Course = {
  readonly values: string;
  readonly intervalMs: number;
  /** When the condition begins to hold, when it is certain to have come, when it is certain to have gone. */
  readonly comesAt: number;
  readonly activeAt: number;
  readonly goneAt: number;
};

/** The content of `<id>.test.json`. */
export function newRuleTest(wish: RuleWish): object {
  const course = courseOf(wish);
  const { wanted } = wish;
  const other = wanted.kind === 'silent' ? goesOffline(wish, msOf(wanted.after)) : knowsNothing(wish);
  const tests = [comesAndGoes(wish, course), other];
  return { $schema: './schemas/rule-test.schema.json', kind: 'RuleTest', tests };
}

function comesAndGoes(wish: RuleWish, { values, intervalMs, comesAt, activeAt, goneAt }: Course): object {
  const at = (ms: number, state: string) => ({ at: formatDuration(ms), instance: DEVICE, state });
  return {
    name: 'comes, is acknowledged and goes',
    rule: wish.id,
    interval: formatDuration(intervalMs),
    series: [seriesOf(wish, values)],
    operator: [{ at: formatDuration(goneAt), do: 'ack', instance: DEVICE, by: 'operator' }],
    expect: [
      at(comesAt - intervalMs, 'NORM'),
      at(activeAt, 'UNACK'),
      { ...at(goneAt, 'NORM'), events: ['ACTIVE', 'RETURNED', 'ACKED'] },
    ],
  };
}

function knowsNothing(wish: RuleWish): object {
  return {
    name: 'a sensor without a value raises nothing',
    rule: wish.id,
    interval: formatDuration(intervalMsOf(wish)),
    series: [seriesOf(wish, 'null null null')],
    expect: [
      {
        at: formatDuration(SPARE * intervalMsOf(wish)),
        instance: DEVICE,
        state: 'NORM',
        quality: 'UNKNOWN',
        events: [],
      },
    ],
  };
}

/** Long before its silence alone would be told. */
function goesOffline(wish: RuleWish, afterMs: number): object {
  const stepMs = Math.max(1, Math.round(afterMs / 4));
  const activeAt = stepMs + msOf(wish.onDelay);
  const expectation = { at: formatDuration(activeAt), instance: DEVICE, state: 'UNACK' };
  return {
    name: 'a device that goes offline is silent at once',
    rule: wish.id,
    interval: formatDuration(stepMs),
    series: [seriesOf(wish, '20')],
    happens: [{ at: formatDuration(stepMs), device: DEVICE, online: false }],
    expect: [expectation],
  };
}

function seriesOf({ metric, model }: RuleWish, values: string): object {
  return { device: DEVICE, ...(model === undefined ? {} : { model }), metric, values };
}

function courseOf(wish: RuleWish): Course {
  const { wanted } = wish;
  const [onMs, offMs] = [msOf(wish.onDelay), msOf(wish.offDelay)];
  if (wanted.kind === 'silent') return silentCourse(wish, msOf(wanted.after));
  const isSpeed = wanted.kind === 'rising' || wanted.kind === 'falling';
  const windowMs = isSpeed ? msOf(wanted.window) : 0;
  // As often as the device reports, and often enough to tell a slope.
  const intervalMs = isSpeed
    ? Math.max(1, Math.min(Math.round(windowMs / 10), intervalMsOf(wish)))
    : intervalMsOf(wish);
  const before = isSpeed ? Math.ceil(windowMs / intervalMs) + SPARE : SPARE;
  const during = Math.ceil((windowMs + onMs) / intervalMs) + SPARE;
  const after = Math.ceil((windowMs + offMs) / intervalMs) + SPARE;
  const comesAt = before * intervalMs;
  const values = isSpeed
    ? slopeValues(wish, { before, during, after, intervalMs })
    : levelValues(wish, { before, during, after });
  return {
    values,
    intervalMs,
    comesAt,
    activeAt: (before + during - 1) * intervalMs,
    goneAt: (before + during + after - 1) * intervalMs,
  };
}

type Counts = { readonly before: number; readonly during: number; readonly after: number };

function levelValues(wish: RuleWish, { before, during, after }: Counts): string {
  const { wanted } = wish;
  const [calm, wild] = wanted.kind === 'equals' ? [otherThan(wanted.value), wanted.value] : aroundLimit(wish);
  return [repeated(calm, before), repeated(wild, during), repeated(calm, after)].join(' ');
}

/** A value well inside and one well outside, with the deadband between them. */
function aroundLimit(wish: RuleWish): readonly [calm: number, wild: number] {
  const { wanted } = wish;
  if (wanted.kind !== 'above' && wanted.kind !== 'below') return [0, 0];
  const margin = deadbandOf(wish) ?? Math.max(1, Math.abs(wanted.limit) / 10);
  const outwards = wanted.kind === 'above' ? 1 : -1;
  return [wanted.limit - 2 * margin * outwards, wanted.limit + margin * outwards];
}

function otherThan(value: number | boolean | string): number | boolean | string {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  return value === 'other' ? 'another' : 'other';
}

function slopeValues(
  wish: RuleWish,
  { before, during, after, intervalMs }: Counts & { readonly intervalMs: number },
): string {
  const { wanted } = wish;
  if (wanted.kind !== 'rising' && wanted.kind !== 'falling') return '';
  const step = ((2 * wanted.limit * intervalMs) / msOf(wanted.per)) * (wanted.kind === 'rising' ? 1 : -1);
  const text = decimal(Math.abs(step));
  const end = Number(text) * (during - 1) * Math.sign(step);
  return [
    repeated(0, before),
    `0${step < 0 ? '-' : '+'}${text}x${during - 1}`,
    repeated(Number(decimal(end)), after),
  ].join(' ');
}

function silentCourse(wish: RuleWish, afterMs: number): Course {
  const intervalMs = Math.max(1, Math.round(afterMs / 4));
  const missing = Math.ceil((afterMs + msOf(wish.onDelay)) / intervalMs) + SPARE;
  const back = Math.ceil(msOf(wish.offDelay) / intervalMs) + SPARE;
  const values = `${repeated(20, SPARE)} _x${missing} ${repeated(20, back)}`;
  return {
    values,
    intervalMs,
    comesAt: SPARE * intervalMs,
    activeAt: (SPARE + missing - 1) * intervalMs,
    goneAt: (SPARE + missing + back - 1) * intervalMs,
  };
}

/** Always counted: a word that ends like a count would else be taken for one. */
function repeated(value: number | boolean | string, count: number): string {
  return `${typeof value === 'number' ? decimal(value) : String(value)}x${count - 1}`;
}

/** Without the dust of binary fractions, and without an exponent: as the notation of series has it. */
function decimal(value: number): string {
  const clean = Number(value.toPrecision(12));
  const text = String(clean);
  return text.includes('e') ? clean.toFixed(20).replace(/\.?0+$/, '') : text;
}
