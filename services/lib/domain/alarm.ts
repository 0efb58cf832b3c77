// An alarm as everyone but the engine sees it: its state code, the retained message, what an operator may do.
// States are ISA-18.2's: the code is derived from independent facts, never stored.

import type { CommandStatus } from './command.ts';
import { isPlainObject } from './plain-object.ts';

/** Most urgent first. */
export const PRIORITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const ALARM_STATES = ['NORM', 'PENDING', 'UNACK', 'ACKED', 'RTNUN', 'LATCH'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export type AlarmFacts = {
  readonly active: boolean;
  readonly unacked: boolean;
  readonly latched: boolean;
  /** On-delay evidence is being gathered. */
  readonly pending: boolean;
};

export function alarmState(facts: AlarmFacts): AlarmState {
  if (facts.active) return facts.unacked ? 'UNACK' : 'ACKED';
  if (facts.unacked) return 'RTNUN';
  if (facts.latched) return 'LATCH';
  return facts.pending ? 'PENDING' : 'NORM';
}

/** What is shown over the code: taken out of service, shelved by a person, suppressed by design (ISA-18.2). */
export const ALARM_OVERLAYS = ['OOSRV', 'SHLVD', 'DSUPR'] as const;
export type AlarmOverlay = (typeof ALARM_OVERLAYS)[number];

export type OverlayFacts = {
  readonly outOfService: boolean;
  /** ms since the epoch; null where it is not shelved. */
  readonly shelvedUntil: number | null;
  readonly suppressed: boolean;
};

/** The overlay that is shown where several hold: what a person did counts before what the design does. */
export function alarmOverlay(facts: OverlayFacts): AlarmOverlay | null {
  if (facts.outOfService) return 'OOSRV';
  if (facts.shelvedUntil !== null) return 'SHLVD';
  return facts.suppressed ? 'DSUPR' : null;
}

/** Whether an operator has something to see: the alarm is active, waits for an acknowledgement or for a reset. */
export function isAnnunciated(state: AlarmState): boolean {
  return state !== 'NORM' && state !== 'PENDING';
}

/** Whether it waits for an operator's acknowledgement. */
export function isUnacknowledged(state: AlarmState): boolean {
  return state === 'UNACK' || state === 'RTNUN';
}

/** Why an input has no value, as rules/README.md explains it. */
export const UNKNOWN_REASONS = ['NEVER', 'STALE', 'BAD', 'INSUFFICIENT', 'UNIT'] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/** An input as it stood when something was decided. `value` is null where it was unknown. */
export type InputSnapshot = {
  readonly metric: string;
  readonly value: number | boolean | string | null;
  readonly quality: 'GOOD' | UnknownReason;
  /** Milliseconds since its newest sample; null where none was ever seen. */
  readonly ageMs: number | null;
  readonly unit?: string;
};

/** Payload (JSON) of the retained `alarm/v1/{site}/{area}/{rule}/{instance}`. All moments are ms since the epoch. */
export type AlarmMessage = {
  readonly alarmId: string;
  /** Grows with every message of an alarm; a receiver drops what is not above the last. */
  readonly seq: number;
  readonly rule: string;
  readonly rev: string;
  readonly name: string;
  readonly site: string;
  readonly area: string;
  readonly instance: string;
  readonly state: AlarmState;
  /** Shown over the state; nothing sounds and nothing is done while there is one. */
  readonly overlay: AlarmOverlay | null;
  /** End of the shelving, ms since the epoch; null where it is not shelved. */
  readonly shelvedUntil: number | null;
  /** For how long it may be shelved at most; 0: not at all. */
  readonly shelvingMsMax: number;
  /** Of the highest level that holds. */
  readonly priority: Priority;
  /** The first alarm of its group: what tripped the others. */
  readonly firstOut: boolean;
  /** Which activation of this instance this is, from 1; an acknowledgement names it. */
  readonly episode: number;
  /** GOOD, or why the condition is unknown right now; STOPPED: its rule was stopped, and nobody judges it. */
  readonly quality: 'GOOD' | 'UNKNOWN' | 'STOPPED' | UnknownReason;
  readonly activeSince: number;
  readonly clearedAt: number | null;
  readonly changedAt: number;
  readonly ackedBy: string | null;
  readonly ackComment: string | null;
  readonly inputs: { readonly [name: string]: InputSnapshot };
  /** The author's text with its values filled in; the rule's name where there is none. */
  readonly summary: string;
  /** Generated: what is violated, the value and the limit. */
  readonly reason: string;
  readonly rationalisation?: Rationalisation;
  readonly labels: { readonly [name: string]: string };
  /** Commands of the episode, with where they stand. */
  readonly commands: readonly AlarmCommand[];
  readonly shadow: boolean;
};

export type AlarmCommand = {
  readonly cid: string;
  readonly command: string;
  readonly device: string;
  readonly status: CommandStatus;
};

export type Rationalisation = {
  readonly cause?: string | undefined;
  readonly consequence?: string | undefined;
  readonly response?: string | undefined;
  readonly timeToRespond?: string | undefined;
};

/** What a person may do, from least to most. */
export const ROLES = ['viewer', 'operator', 'engineer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const ALARM_OPERATIONS = ['ack', 'shelve', 'unshelve', 'reset', 'oos', 'in-service', 'approve'] as const;
export type AlarmOperationName = (typeof ALARM_OPERATIONS)[number];

/** Payload (JSON) of `alarm-op/v1/…`. */
export type AlarmOperation = {
  readonly op: AlarmOperationName;
  readonly episode: number;
  readonly by: string;
  readonly comment?: string;
  /** End of a shelving, ms since the epoch. */
  readonly until?: number;
};

/** The operation in a payload, or a sentence that says what is wrong with it. */
export function parseAlarmOperation(payload: unknown): AlarmOperation | string {
  if (!isPlainObject(payload)) return 'an operation is a JSON object';
  const { op, episode, by, comment, until } = payload;
  const known = ALARM_OPERATIONS.find((each) => each === op);
  if (known === undefined) return `'op' must be one of ${ALARM_OPERATIONS.join(', ')}`;
  if (!Number.isSafeInteger(episode)) return "'episode' must be the whole number that the alarm's message bears";
  if (typeof by !== 'string' || by.trim() === '' || by.length > 128)
    return "'by' must name who does it (1 to 128 characters)";
  if (comment !== undefined && (typeof comment !== 'string' || comment.length > 2_000)) {
    return "'comment' must be a text of at most 2,000 characters";
  }
  if (until !== undefined && !Number.isSafeInteger(until)) return "'until' must be a moment in ms since the epoch";
  return {
    op: known,
    episode: episode as number,
    by,
    ...(comment === undefined ? {} : { comment: comment as string }),
    ...(until === undefined ? {} : { until: until as number }),
  };
}
