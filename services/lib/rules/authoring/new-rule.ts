// A rule made of what somebody wants to be alarmed of. Its test is made by new-rule-test.ts. Pure, and without a package: the
// console's page makes rules with it too.

import { formatDuration, parseDuration } from '#domain/duration.ts';
import { formatUnit } from '#domain/unit.ts';
import type { RuleWish } from './rule-wish.ts';

/** Where no model says how often a metric comes. */
const INTERVAL_MS_DEFAULT = 10_000;
const INTERVALS_MISSED = 3;
/** Of a limit of speed, where no deadband is asked for: a slope is noisy by nature. */
const SLOPE_DEADBAND_SHARE = 0.2;

export const msOf = (text: string): number => parseDuration(text) ?? 0;

export function intervalMsOf({ interval }: RuleWish): number {
  return interval === undefined ? INTERVAL_MS_DEFAULT : Math.max(1, msOf(interval));
}

/** For how long a value stands for the plant in the rule that is made. */
export function maxAgeMsOf(wish: RuleWish): number {
  return INTERVALS_MISSED * intervalMsOf(wish);
}

/** The deadband of the rule that is made; undefined where it has none. */
export function deadbandOf({ wanted, deadband }: RuleWish): number | undefined {
  if (wanted.kind !== 'rising' && wanted.kind !== 'falling') return deadband;
  return deadband ?? Number((wanted.limit * SLOPE_DEADBAND_SHARE).toPrecision(2));
}

/** The content of `<id>.json`. */
export function newRule(wish: RuleWish): object {
  const { id, model, priority, onDelay, offDelay, cause, consequence, response, timeToRespond } = wish;
  const rationalisation = { cause, consequence, response, timeToRespond };
  const isRational = Object.values(rationalisation).some((each) => each !== undefined);
  return {
    $schema: './schemas/rule.schema.json',
    id,
    name: wish.name ?? nameOf(wish),
    ...(model === undefined ? {} : { scope: { model } }),
    ...logicOf(wish),
    onDelay,
    offDelay,
    priority,
    ...(isRational ? { rationalisation } : {}),
    annotations: { summary: summaryOf(wish) },
  };
}

function logicOf(wish: RuleWish): object {
  const { metric, unit, wanted } = wish;
  const value = { metric, ...(unit === undefined ? {} : { unit }), maxAge: formatDuration(maxAgeMsOf(wish)) };
  const band = deadbandOf(wish) === undefined ? {} : { deadband: deadbandOf(wish) };
  switch (wanted.kind) {
    case 'above':
    case 'below':
      return {
        inputs: { value },
        params: { limit: { default: wanted.limit, ...(unit === undefined ? {} : { unit }) } },
        condition: { [wanted.kind === 'above' ? '>' : '<']: [{ var: 'value' }, { param: 'limit' }] },
        ...band,
      };
    case 'rising':
    case 'falling': {
      const { window, per } = wanted;
      const limit = wanted.kind === 'rising' ? wanted.limit : -wanted.limit;
      return {
        inputs: { speed: { ...value, fn: 'slope', window, per, minSamples: 3 } },
        condition: { [wanted.kind === 'rising' ? '>' : '<']: [{ var: 'speed' }, limit] },
        ...band,
      };
    }
    case 'silent':
      return {
        inputs: { value: metric },
        condition: {
          or: [{ '>': [{ age: ['value'] }, msOf(wanted.after) / 1_000] }, { '==': [{ online: ['value'] }, false] }],
        },
      };
    case 'equals':
      return { inputs: { value }, condition: { '==': [{ var: 'value' }, wanted.value] } };
  }
}

function nameOf({ metric, wanted }: RuleWish): string {
  const words = metric.replaceAll(/[-_./]/g, ' ');
  const title = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  switch (wanted.kind) {
    case 'above':
      return `${title} high`;
    case 'below':
      return `${title} low`;
    case 'rising':
    case 'falling':
      return `${title} ${wanted.kind} fast`;
    case 'silent':
      return `${title} silent`;
    case 'equals':
      return `${title} is ${wanted.value}`;
  }
}

function summaryOf({ metric, unit, wanted }: RuleWish): string {
  const sign = unit === undefined ? '' : ` ${formatUnit(unit)}`.trimEnd();
  switch (wanted.kind) {
    case 'above':
    case 'below':
      return `{{device}}: ${metric} {{value}}${sign}, limit {{limit}}${sign}`;
    case 'rising':
    case 'falling':
      return `{{device}}: ${metric} ${wanted.kind} by {{speed}}${sign} per ${wanted.per}`;
    case 'silent':
      return `{{device}}: no ${metric} for {{age.value}}`;
    case 'equals':
      return `{{device}}: ${metric} is {{value}}`;
  }
}
