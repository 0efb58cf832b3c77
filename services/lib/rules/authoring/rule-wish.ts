// What somebody wants to be alarmed of, before it is a rule: the answers of the wizard, or the flags of `rules new`. Checked
// here, all at once, with the names of the flags.

import type { Priority } from '#domain/alarm.ts';
import { parseDuration } from '#domain/duration.ts';
import { isMetricName, isName, METRIC_HINT, NAME_HINT } from '#domain/name.ts';

export const WISH_KINDS = ['above', 'below', 'rising', 'falling', 'silent', 'equals'] as const;
export type WishKind = (typeof WISH_KINDS)[number];

/** What each kind compares with: a number, a time without samples, or a value. */
export type RuleWish = {
  readonly id: string;
  readonly name?: string | undefined;
  readonly metric: string;
  readonly model?: string | undefined;
  /** UCUM code of the limit. */
  readonly unit?: string | undefined;
  /** How often the device reports. */
  readonly interval?: string | undefined;
  readonly wanted:
    | { readonly kind: 'above' | 'below'; readonly limit: number }
    | { readonly kind: 'rising' | 'falling'; readonly limit: number; readonly window: string; readonly per: string }
    | { readonly kind: 'silent'; readonly after: string }
    | { readonly kind: 'equals'; readonly value: number | boolean | string };
  readonly deadband?: number | undefined;
  readonly onDelay: string;
  readonly offDelay: string;
  readonly priority: Priority;
  readonly cause?: string | undefined;
  readonly consequence?: string | undefined;
  readonly response?: string | undefined;
  readonly timeToRespond?: string | undefined;
};

const WORD = /^[A-Za-z][A-Za-z0-9._-]*$/;

/** Sentences on what is wrong; empty where it can be made a rule. */
export function problemsOfWish(wish: RuleWish): string[] {
  const { id, metric, model, wanted, deadband, priority, response, timeToRespond } = wish;
  const problems: string[] = [];
  const require = (holds: boolean, sentence: string) => {
    if (!holds) problems.push(sentence);
  };
  require(isName(id) && !id.includes('..') && !id.endsWith('.no-data'), `--id must be ${NAME_HINT}`);
  require(isMetricName(metric), `--metric must be ${METRIC_HINT}`);
  require(model === undefined || isName(model), `--model must be ${NAME_HINT}`);
  for (const [flag, text] of durationsOf(wish))
    require(text === undefined ||
      parseDuration(text) !== undefined, `${flag} must be a duration such as 20s, not '${text}'`);
  if ('limit' in wanted) {
    require(Number.isFinite(wanted.limit), `--${wanted.kind} must be a number`);
    if (wanted.kind === 'rising' || wanted.kind === 'falling')
      require(wanted.limit > 0, `--${wanted.kind} is a speed and must be above 0`);
  }
  if (wanted.kind === 'equals' && typeof wanted.value === 'string')
    require(WORD.test(wanted.value), `--equals is a number, true, false or a word, not '${wanted.value}'`);
  require(deadband === undefined || deadband > 0, '--deadband must be a number above 0');
  require(deadband === undefined || 'limit' in wanted, '--deadband means nothing without a limit');
  if (priority === 'high' || priority === 'critical') {
    require(response !== undefined && response !== '', `priority ${priority} needs --response: what the operator does`);
    require(timeToRespond !== undefined, `priority ${priority} needs --time-to-respond, such as 10m`);
  }
  return problems;
}

function durationsOf({ wanted, interval, onDelay, offDelay, timeToRespond }: RuleWish): [string, string | undefined][] {
  return [
    ['--on-delay', onDelay],
    ['--off-delay', offDelay],
    ['--time-to-respond', timeToRespond],
    ['--interval', interval],
    ...(wanted.kind === 'silent' ? ([['--silent', wanted.after]] as [string, string][]) : []),
    ...('window' in wanted
      ? ([
          ['--window', wanted.window],
          ['--per', wanted.per],
        ] as [string, string][])
      : []),
  ];
}
