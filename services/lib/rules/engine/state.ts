// The state of one alarm instance: plain data, so that it can be written down and read back. Facts are independent; the
// state code and the overlay are derived from them (#domain/alarm.ts).

import type { Priority } from '#domain/alarm.ts';
import type { CommandStatus } from '#domain/command.ts';
import type { CommandArgs, CommandStep } from '#domain/command-life.ts';
import type { Value } from '#domain/point.ts';
import type { AlarmName } from '#domain/topic.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { Truth } from '../language/operand.ts';

/** Evidence for one limit: of its condition while it is off, of its clear condition while it is on. */
export type LevelState = { on: boolean; truth: Truth; evidenceMs: number };

/** Evidence of one `for`. */
export type TimerState = { truth: Truth; evidenceMs: number };

/** A command that is lived, whoever asked for it. */
export type LivedCommand = {
  readonly cid: string;
  readonly command: string;
  readonly site: string;
  readonly area: string;
  readonly device: string;
  status: CommandStatus;
  /** When it was last sent; when it was asked for while it has not been. */
  sentAt: number;
  readonly expiresAt: number;
  retriesLeft: number;
  /** When it counts as UNVERIFIED; null before it was sent, and where nothing verifies it. */
  verifyUntil: number | null;
};

/** Of an alarm's action. */
export type CommandState = LivedCommand & { readonly action: string };

/** Of a person; kept with its device. */
export type PersonCommand = LivedCommand & {
  readonly args: CommandArgs;
  readonly by: string;
  readonly comment: string | null;
  readonly askedAt: number;
  /** As the model of the device had it when the command was asked for; null: nothing verifies it. */
  readonly proof: Proof | null;
  /** Replaced, never changed. */
  steps: readonly CommandStep[];
};

/** What a sample of the device must show. */
export type Proof = {
  readonly metric: string;
  readonly value: Value;
  readonly tolerance: number;
  readonly withinMs: number;
};

/** What is told of an episode. */
export type Story = {
  /** The highest level that held last. */
  level: number;
  activeSince: number;
  clearedAt: number | null;
  ackedBy: string | null;
  ackComment: string | null;
  /** Texts made of the values that raised it. */
  summary: string;
  reason: string;
  limit: number | null;
  isFirstOut: boolean;
  /** An operator was told of it: under an overlay nobody is. */
  isTold: boolean;
  toldAt: number;
  reAlarms: number;
};

/** What every sample asks for comes first: it lies together in memory. */
export type InstanceState = {
  evaluatedAt: number;
  levels: LevelState[];
  timers: TimerState[];
  active: boolean;
  story: Story | null;
  shelvedUntil: number | null;
  commands: CommandState[];
  /** Why another alarm raised this one; null where none does. */
  raisedBecause: string | null;
  /** How urgent that is, where it was said; of a state that an older release wrote it is not there. */
  raisedAs?: Priority | null;
  unacked: boolean;
  latched: boolean;
  outOfService: boolean;
  /** By design: enableWhen, suppressWhen or inhibitedBy. */
  suppressed: boolean;
  /** Grows with everything that is told, over all episodes. */
  seq: number;
  /** Which activation of this instance is the last one, from 1. */
  episode: number;
  changedAt: number;
  /** The moment of the last journal entry, and how many there were of it: entries of one moment must not coincide. */
  entryAt: number;
  entriesThen: number;
  /** The newest backfilled sample that it was asked of, and whether that one would have raised it. */
  historicalAt: number;
  historicallyTrue: boolean;
};

/** Shared by all that have none: replaced where one is added, never changed. */
const NONE: never[] = [];

/** Under which an instance is kept and written down: rule first, as episodes and correlation ids have it. */
export function instanceKey({ rule, site, area, instance }: AlarmName): string {
  return `${rule}/${site}/${area}/${instance}`;
}

export function newInstanceState({ levels, timers }: CompiledRule, at: number): InstanceState {
  return {
    evaluatedAt: at,
    levels: levels.map(() => ({ on: false, truth: 'unknown', evidenceMs: 0 })),
    timers: timers.length === 0 ? NONE : timers.map(() => ({ truth: 'unknown', evidenceMs: 0 })),
    active: false,
    story: null,
    shelvedUntil: null,
    commands: NONE,
    raisedBecause: null,
    raisedAs: null,
    unacked: false,
    latched: false,
    outOfService: false,
    suppressed: false,
    seq: 0,
    episode: 0,
    changedAt: at,
    entryAt: 0,
    entriesThen: 0,
    historicalAt: 0,
    historicallyTrue: false,
  };
}

/** On-delay evidence is being gathered, or held while the condition is unknown. */
export function isPending({ active, levels }: InstanceState): boolean {
  return !active && levels.some(({ on, truth, evidenceMs }) => !on && (evidenceMs > 0 || truth === 'true'));
}

/** The same state under a rule whose logic has changed: what is active stays so, gathered evidence is void. */
export function withoutEvidence(state: InstanceState, rule: CompiledRule): InstanceState {
  const fresh = newInstanceState(rule, state.evaluatedAt);
  const highest = state.active ? Math.min(state.story?.level ?? 0, fresh.levels.length - 1) : -1;
  const levels = fresh.levels.map((each, i) => ({ ...each, on: i <= highest }));
  const story = state.story === null ? null : { ...state.story, level: Math.max(0, highest) };
  return { ...state, levels, timers: fresh.timers, story };
}
