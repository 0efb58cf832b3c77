// The life of one command from its leaving to the plant's own proof (rule language, section 5), whoever asked for it: an alarm
// (commands.ts) or a person (people-commands.ts). They say when it may leave and who is told; what follows upon what is said here.

import type { CommandEnvelope, CommandReply, CommandStatus } from '#domain/command.ts';
import { topics } from '#domain/topic.ts';
import type { DeviceState } from './plant.ts';
import type { LivedCommand } from './state.ts';

/** What is sent, and how long each answer is waited for. */
export type SentOrder = {
  readonly command: string;
  readonly args: CommandEnvelope['args'];
  readonly acceptMs: number;
  readonly completeMs: number;
  /** How long the plant may take to show it done, from when it was sent; undefined: nothing shows it. */
  readonly verifyMs: number | undefined;
  readonly rev: string;
};

/** A command with all that its life turns on. Made anew for each step of it. */
export type Living = {
  readonly command: LivedCommand;
  readonly order: SentOrder;
  /** The engine's clock, ms since the epoch. */
  readonly now: number;
  /** undefined: it is not there any more. */
  readonly target: DeviceState | undefined;
  /** Why it may not leave now; asked when it is about to leave for the first time. */
  readonly blockedBecause: (target: DeviceState) => string | undefined;
  /** The same of one that is sent again: what was permitted a minute ago may be a danger now. */
  readonly unpermittedBecause: (target: DeviceState) => string | undefined;
  /** Whether the plant shows it done, by samples that were measured after it was sent. */
  readonly isProved: () => boolean;
  /** Other commands to the device, of whatever sender. */
  readonly rivals: () => Iterable<Rival>;
  readonly onSend: (target: DeviceState, envelope: CommandEnvelope) => void;
  /** It has left for the first time. */
  readonly onLeft: (target: DeviceState) => void;
  readonly onStatus: (status: CommandStatus, reason: string | undefined) => void;
  /** It did not do what it was sent for. */
  readonly onFailure: () => void;
};

/** One that a newer command may replace. */
export type Rival = { readonly command: LivedCommand; readonly onStatus: Living['onStatus'] };

const FAILURES: ReadonlySet<CommandStatus> = new Set<CommandStatus>([
  'REJECTED',
  'FAILED',
  'TIMEOUT',
  'EXPIRED',
  'UNVERIFIED',
]);

export function move(living: Living, status: CommandStatus, reason?: string): void {
  const { command } = living;
  const failedBefore = FAILURES.has(command.status);
  command.status = status;
  living.onStatus(status, reason);
  if (FAILURES.has(status) && !failedBefore) living.onFailure();
}

/** Sends at once, or waits for a device that is known to be away. A newer command to it replaces one that waits. */
export function queue(living: Living, target: DeviceState): void {
  const { command, order, rivals } = living;
  for (const { command: older, onStatus } of rivals()) {
    if (older === command || older.status !== 'QUEUED' || older.command !== order.command) continue;
    older.status = 'EXPIRED';
    onStatus('EXPIRED', `replaced by ${command.cid}`);
  }
  if (target.online === false) move(living, 'QUEUED', 'the device is offline');
  else send(living, target);
}

function send(living: Living, target: DeviceState): void {
  const { command, order, now } = living;
  const isFirst = command.status !== 'SENT' && command.status !== 'DELIVERED';
  command.status = 'SENT';
  command.sentAt = now;
  if (isFirst) {
    if (order.verifyMs !== undefined) command.verifyUntil = now + order.verifyMs;
    living.onLeft(target);
  }
  living.onStatus('SENT', undefined);
  living.onSend(target, {
    cid: command.cid,
    cmd: order.command,
    args: order.args,
    exp: command.expiresAt,
    reply: topics.device(target.name, 'ack'),
    rev: order.rev,
  });
}

/** What a reply may still change: the end of a command is its end, but an answer after our patience ran out is news. */
const OPEN_FOR: { readonly [status in CommandStatus]?: readonly CommandStatus[] } = {
  DELIVERED: ['SENT'],
  ACCEPTED: ['SENT', 'DELIVERED', 'TIMEOUT'],
  REJECTED: ['SENT', 'DELIVERED', 'ACCEPTED', 'TIMEOUT'],
  SUCCEEDED: ['SENT', 'DELIVERED', 'ACCEPTED', 'TIMEOUT'],
  FAILED: ['SENT', 'DELIVERED', 'ACCEPTED', 'TIMEOUT'],
  EXPIRED: ['SENT', 'DELIVERED', 'TIMEOUT'],
};

/** A device's answer, or the broker's word that it has the command. */
export type Answer = { readonly status: CommandReply['status'] | 'DELIVERED'; readonly reason: string | undefined };

export function takeAnswer(living: Living, { status, reason }: Answer): void {
  if (status === 'ACCEPTED' && isPastAccepting(living)) return;
  if (OPEN_FOR[status]?.includes(living.command.status) === true) move(living, status, reason);
}

/** It would time out again at once, as often as the device repeats itself. */
function isPastAccepting({ command, order, now }: Living): boolean {
  return command.status === 'TIMEOUT' && now >= command.sentAt + order.completeMs;
}

const VERIFIABLE: ReadonlySet<CommandStatus> = new Set<CommandStatus>([
  'SENT',
  'DELIVERED',
  'ACCEPTED',
  'SUCCEEDED',
  'TIMEOUT',
]);

/** Whether the plant is still waited for to show it done. */
export function awaitsProof({ status, verifyUntil }: LivedCommand): boolean {
  return verifyUntil !== null && VERIFIABLE.has(status);
}

/** Resends what was not accepted in time, gives up what was not completed, looks whether the plant shows it done. */
export function advance(living: Living): void {
  const { command, order, now, target } = living;
  const awaits = awaitsProof(command);
  if (awaits && living.isProved()) move(living, 'VERIFIED');
  else if (awaits && now >= (command.verifyUntil ?? now)) move(living, 'UNVERIFIED', 'the plant does not show it done');
  else if (now >= answerDueAt(command, order)) runOut(living);
  else if (command.status === 'QUEUED' && target !== undefined && target.online !== false) {
    const blocked = living.blockedBecause(target);
    if (blocked === undefined) send(living, target);
    else move(living, 'BLOCKED', blocked);
  }
}

function runOut(living: Living): void {
  const { command, target, now } = living;
  const isUnanswered = command.status !== 'ACCEPTED';
  const canRetry = isUnanswered && command.retriesLeft > 0 && now < command.expiresAt;
  if (command.status === 'QUEUED') move(living, 'EXPIRED', 'the device did not come back in time');
  else if (command.status === 'AWAITING_APPROVAL') move(living, 'EXPIRED', 'nobody approved it in time');
  else if (canRetry && target !== undefined && living.unpermittedBecause(target) === undefined) {
    command.retriesLeft--;
    send(living, target);
  } else {
    const why = isUnanswered ? 'the device did not answer' : 'the device accepted it and did not finish in time';
    move(living, 'TIMEOUT', why);
  }
}

const END_OF: { readonly [status in CommandStatus]?: CommandStatus } = {
  QUEUED: 'EXPIRED',
  AWAITING_APPROVAL: 'EXPIRED',
  SENT: 'TIMEOUT',
  DELIVERED: 'TIMEOUT',
  ACCEPTED: 'TIMEOUT',
  SUCCEEDED: 'UNVERIFIED',
};

/** Ends what has no end yet. Nothing failed: what was wanted of it is wanted of another one, or not any more. */
export function end({ command, onStatus }: Rival, reason: string): void {
  const status = END_OF[command.status];
  const isProved = command.status === 'SUCCEEDED' && command.verifyUntil === null;
  if (status === undefined || isProved) return;
  command.status = status;
  onStatus(status, reason);
}

/** When it must be looked at again, by the clock; Infinity where it must not. */
export function dueAt(command: LivedCommand, order: Pick<SentOrder, 'acceptMs' | 'completeMs'>): number {
  const answer = answerDueAt(command, order);
  return awaitsProof(command) ? Math.min(answer, command.verifyUntil ?? answer) : answer;
}

function answerDueAt(command: LivedCommand, order: Pick<SentOrder, 'acceptMs' | 'completeMs'>): number {
  switch (command.status) {
    case 'SENT':
    case 'DELIVERED':
      return command.sentAt + order.acceptMs;
    case 'ACCEPTED':
      return command.sentAt + order.completeMs;
    case 'QUEUED':
    case 'AWAITING_APPROVAL':
      return command.expiresAt;
    default:
      return Number.POSITIVE_INFINITY;
  }
}
