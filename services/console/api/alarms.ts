// What an operator does to alarms, one or many by one request. All moments are ms since the epoch.

import type { AlarmOperationName } from '#domain/alarm.ts';

/** Alarms that one request may name: a flood is acknowledged in a few of them. */
export const OPERATIONS_MAX = 500;

/** `POST /api/alarms/operations`. */
export type OperationRequest = {
  readonly op: AlarmOperationName;
  readonly comment?: string | undefined;
  readonly alarms: readonly OperationTarget[];
};

export type OperationTarget = {
  /** `site/area/rule/instance`. */
  readonly id: string;
  /** The one that was seen; 0: the alarm has never come, and can be out of service all the same. */
  readonly episode: number;
  /** End of a shelving; as long as the rule allows where it is left out. */
  readonly until?: number | undefined;
};

/** `ok`: the broker has it, and the rules service answers on the alarm's topic. Else why not, in a sentence. */
export type OperationResult =
  | { readonly id: string; readonly ok: true }
  | { readonly id: string; readonly ok: false; readonly status: number; readonly detail: string };

/** In the order of the request. */
export type OperationResults = { readonly results: readonly OperationResult[] };
