// The state of one alarm instance: plain data, so that it can be written down and read back. Facts are independent; the
// state code is derived from them (#domain/alarm.ts).

import type { CommandStatus } from '#domain/command.ts';
import type { AlarmName } from '#domain/topic.ts';
import type { Truth } from '../language/operand.ts';

export type CommandState = {
  readonly cid: string;
  readonly action: string;
  readonly site: string;
  readonly area: string;
  readonly device: string;
  status: CommandStatus;
  sentAt: number;
  readonly expiresAt: number;
  retriesLeft: number;
};

export type InstanceState = {
  active: boolean;
  unacked: boolean;
  latched: boolean;
  /** On-delay evidence is being gathered, or held while the condition is unknown. */
  pending: boolean;
  episode: number;
  /** Grows with every transition, over all episodes. */
  seq: number;
  /** Time for which the condition (while inactive) or the clear condition (while active) has been known to hold, ms. */
  evidenceMs: number;
  /** What was true since `evaluatedAt` of the condition that counts now. */
  truth: Truth;
  evaluatedAt: number;
  activeSince: number;
  clearedAt: number | null;
  changedAt: number;
  ackedBy: string | null;
  ackComment: string | null;
  /** Texts of the running episode, made of the values that raised it. */
  summary: string;
  reason: string;
  commands: CommandState[];
  /** By input: the newest sample that counted. After a restart it tells a sample that comes again from a new one. */
  seen: { [input: string]: SeenSample };
};

export type SeenSample = { readonly device: string; readonly at: number };

/** Under which an instance is kept and written down: rule first, as episodes and correlation ids have it. */
export function instanceKey({ rule, site, area, instance }: AlarmName): string {
  return `${rule}/${site}/${area}/${instance}`;
}

export function newInstanceState(at: number): InstanceState {
  return {
    active: false,
    unacked: false,
    latched: false,
    pending: false,
    episode: 0,
    seq: 0,
    evidenceMs: 0,
    truth: 'unknown',
    evaluatedAt: at,
    activeSince: 0,
    clearedAt: null,
    changedAt: at,
    ackedBy: null,
    ackComment: null,
    summary: '',
    reason: '',
    commands: [],
    seen: {},
  };
}
