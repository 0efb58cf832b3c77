// The life of a command, from the transition that asks for it to the plant's own proof (rule language, section 5).
// One command per action, target and episode; its correlation id says so, and makes a resend harmless.

import type { CommandEnvelope, CommandReply, CommandStatus } from '#domain/command.ts';
import { type DeviceName, topics } from '#domain/topic.ts';
import type { CommandAction } from '../language/compile-action.ts';
import { walk } from '../language/expression.ts';
import { RATE_LIMIT_COMMANDS_MAX } from '../language/rule-schema.ts';
import { blockedBecause, sentTo, unpermittedBecause } from './command-permit.ts';
import type { Instance } from './instance.ts';
import { type DeviceState, isSelected } from './plant.ts';
import type { CommandState } from './state.ts';

export type CommandEvents = {
  /** The engine's clock, ms since the epoch. Commands live by it: an episode may be decided on samples that came late. */
  readonly now: number;
  /** Devices of the instance's group, in its scope or not. */
  readonly members: (instance: Instance) => Iterable<DeviceState>;
  /** Devices of the instance's area; of its site where its rule spans that. */
  readonly around: (instance: Instance) => Iterable<DeviceState>;
  readonly device: (name: DeviceName) => DeviceState | undefined;
  /** Alarms that may have commands for the device. */
  readonly holders: (device: DeviceName) => Iterable<Instance>;
  /** The same for another alarm. */
  readonly of: (instance: Instance) => CommandEvents;
  /** A command changed its state; `reason` says why where there is a why. */
  readonly onStatus: (command: {
    readonly cid: string;
    readonly status: CommandStatus;
    readonly reason?: string;
  }) => void;
  readonly onSend: (device: DeviceState, envelope: CommandEnvelope) => void;
  /** It did not do what it was sent for. */
  readonly onFailure: (action: CommandAction, command: CommandState) => void;
};

type Moving = { readonly instance: Instance; readonly command: CommandState; readonly action: CommandAction };

/** Asks for the commands of an action, once per episode. */
export function requestCommands(instance: Instance, action: CommandAction, events: CommandEvents): void {
  const { state, rule } = instance;
  const cid = `${rule.id}/${instance.name}/${state.episode}/${action.id}`;
  if (state.commands.some((each) => each.cid === cid || each.cid.startsWith(`${cid}/`))) return;
  const targets = targetsOf(instance, action, events);
  if (targets.length === 0)
    events.onStatus({ cid, status: 'BLOCKED', reason: 'no device of this group is the target' });
  for (const target of targets)
    request(instance, { action, target, cid: targets.length === 1 ? cid : `${cid}/${target.name.device}` }, events);
}

type Request = { readonly action: CommandAction; readonly target: DeviceState; readonly cid: string };

function request(instance: Instance, { action, target, cid }: Request, events: CommandEvents): void {
  const { state } = instance;
  const command: CommandState = {
    ...{ cid, action: action.id, command: action.command, ...target.name },
    status: 'BLOCKED',
    sentAt: events.now,
    // From the event time: what was decided on old samples must not move anything now.
    expiresAt: state.evaluatedAt + action.expiresAfterMs,
    retriesLeft: action.retries,
    verifyUntil: null,
  };
  state.commands = [...state.commands, command];
  const blocked = blockedBecause(instance, { action, target }, events.now);
  if (blocked !== undefined) events.onStatus({ cid, status: 'BLOCKED', reason: blocked });
  else if (events.now >= command.expiresAt)
    move({ instance, command, action }, 'EXPIRED', events, 'the samples that asked for it came too late');
  else if (action.needsApproval) move({ instance, command, action }, 'AWAITING_APPROVAL', events);
  else queue({ instance, command, action }, target, events);
}

/** Sends at once, or waits for a device that is known to be away. A newer command to it replaces one that waits. */
function queue(moving: Moving, target: DeviceState, events: CommandEvents): void {
  for (const other of events.holders(target.name)) {
    for (const older of other.state.commands) {
      if (older === moving.command || older.status !== 'QUEUED') continue;
      if (!isCommandOf(older, target.name, older.cid) || older.command !== moving.command.command) continue;
      older.status = 'EXPIRED';
      const reason = `replaced by ${moving.command.cid}`;
      events.of(other).onStatus({ cid: older.cid, status: 'EXPIRED', reason });
    }
  }
  if (target.online === false) move(moving, 'QUEUED', events, 'the device is offline');
  else send(moving, target, events);
}

function send({ instance, command, action }: Moving, target: DeviceState, events: CommandEvents): void {
  const isFirst = command.status !== 'SENT' && command.status !== 'DELIVERED';
  command.status = 'SENT';
  command.sentAt = events.now;
  if (isFirst) {
    if (action.verify !== undefined) command.verifyUntil = events.now + action.verify.withinMs;
    noteSent(target, action, events.now);
  }
  events.onStatus({ cid: command.cid, status: 'SENT' });
  events.onSend(target, {
    cid: command.cid,
    cmd: action.command,
    args: action.args,
    exp: command.expiresAt,
    reply: topics.device(target.name, 'ack'),
    rev: instance.rule.rev,
  });
}

/** So many as any limit of any rule may ask for. */
function noteSent(target: DeviceState, action: CommandAction, now: number): void {
  const sent = [...sentTo(target, action), now].slice(-RATE_LIMIT_COMMANDS_MAX);
  target.commandsSentAt = { ...target.commandsSentAt, [action.command]: sent };
}

const FAILURES: ReadonlySet<CommandStatus> = new Set<CommandStatus>([
  'REJECTED',
  'FAILED',
  'TIMEOUT',
  'EXPIRED',
  'UNVERIFIED',
]);

function move({ command, action }: Moving, status: CommandStatus, events: CommandEvents, reason?: string): void {
  const failedBefore = FAILURES.has(command.status);
  command.status = status;
  events.onStatus({ cid: command.cid, status, ...(reason === undefined ? {} : { reason }) });
  if (FAILURES.has(status) && !failedBefore) events.onFailure(action, command);
}

/** What has not left yet is not wanted any more: its reason is gone, or a new episode asks anew. */
export function withdrawCommands(instance: Instance, events: CommandEvents, reason: string): void {
  for (const command of instance.state.commands) {
    if (command.status !== 'QUEUED' && command.status !== 'AWAITING_APPROVAL') continue;
    command.status = 'EXPIRED';
    events.onStatus({ cid: command.cid, status: 'EXPIRED', reason });
  }
}

const END_OF: { readonly [status in CommandStatus]?: CommandStatus } = {
  SENT: 'TIMEOUT',
  DELIVERED: 'TIMEOUT',
  ACCEPTED: 'TIMEOUT',
  SUCCEEDED: 'UNVERIFIED',
};

/** Ends every command that has no end yet. Nothing failed: what was wanted of it is wanted of another one, or not any more. */
export function endCommands(instance: Instance, events: CommandEvents, reason: string): void {
  withdrawCommands(instance, events, reason);
  for (const command of instance.state.commands) {
    const end = END_OF[command.status];
    const isProved = command.status === 'SUCCEEDED' && command.verifyUntil === null;
    if (end === undefined || isProved) continue;
    command.status = end;
    events.onStatus({ cid: command.cid, status: end, reason });
  }
}

/** Devices of the instance's group that the action names. */
function targetsOf(instance: Instance, { target }: CommandAction, { members, around }: CommandEvents): DeviceState[] {
  const { device, select } = target;
  if (device !== undefined) return [...around(instance)].filter((each) => each.name.device === device);
  if (select === undefined) return [];
  // A group of one device cannot hold its own actuator, so a selection then looks at the whole area.
  const isAlone = instance.rule.groupBy.includes('device');
  const candidates = isAlone ? areaMates(instance, around(instance)) : members(instance);
  return [...candidates].filter((each) => isSelected(each, select));
}

function* areaMates({ rule, group }: Instance, devices: Iterable<DeviceState>): Iterable<DeviceState> {
  for (const device of devices) {
    if (rule.groupBy.every((label, i) => label === 'device' || device.attributes.get(label) === group[i])) yield device;
  }
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

function actionOf({ rule }: Instance, { action }: CommandState): CommandAction | undefined {
  const found = rule.actions.find((each) => each.id === action);
  return found?.type === 'command' ? found : undefined;
}

/** Takes a device's reply, or the broker's word that it has the command. */
export function takeReply(
  instance: Instance,
  { command, status, reason }: { command: CommandState; status: CommandReply['status'] | 'DELIVERED'; reason?: string },
  events: CommandEvents,
): void {
  const action = actionOf(instance, command);
  if (action === undefined || OPEN_FOR[status]?.includes(command.status) !== true) return;
  move({ instance, command, action }, status, events, reason);
}

/** An operator lets a command go that waits for it; otherwise says why not. */
export function approveCommand(instance: Instance, events: CommandEvents): string | undefined {
  const waiting = instance.state.commands.filter(({ status }) => status === 'AWAITING_APPROVAL');
  if (waiting.length === 0) return 'no command of this alarm waits for an approval';
  for (const command of waiting) {
    const action = actionOf(instance, command);
    const target = events.device(command);
    if (action === undefined || target === undefined) continue;
    const moving = { instance, command, action };
    const blocked = blockedBecause(instance, { action, target }, events.now);
    if (events.now >= command.expiresAt) move(moving, 'EXPIRED', events, 'it was approved too late');
    else if (blocked !== undefined) move(moving, 'BLOCKED', events, blocked);
    else queue(moving, target, events);
  }
  return undefined;
}

/** Resends what was not accepted in time, gives up what was not completed, looks whether the plant shows it done. */
export function advanceCommands(instance: Instance, events: CommandEvents): void {
  for (const command of instance.state.commands) {
    const action = actionOf(instance, command);
    if (action === undefined) continue;
    const moving = { instance, command, action };
    if (isVerified(moving)) move(moving, 'VERIFIED', events);
    else if (command.verifyUntil !== null && isVerifiable(command) && events.now >= command.verifyUntil)
      move(moving, 'UNVERIFIED', events, 'the plant does not show it done');
    else if (events.now >= commandDueAt(command, action)) runOut(moving, events);
    else if (command.status === 'QUEUED') {
      const target = events.device(command);
      if (target === undefined || target.online === false) continue;
      const blocked = blockedBecause(instance, { action, target }, events.now);
      if (blocked === undefined) send(moving, target, events);
      else move(moving, 'BLOCKED', events, blocked);
    }
  }
}

function runOut(moving: Moving, events: CommandEvents): void {
  const { instance, command, action } = moving;
  const target = events.device(command);
  const isUnanswered = command.status !== 'ACCEPTED';
  const canRetry = isUnanswered && command.retriesLeft > 0 && events.now < command.expiresAt;
  if (command.status === 'QUEUED') move(moving, 'EXPIRED', events, 'the device did not come back in time');
  else if (command.status === 'AWAITING_APPROVAL') move(moving, 'EXPIRED', events, 'nobody approved it in time');
  else if (canRetry && target !== undefined && unpermittedBecause(instance, { action, target }) === undefined) {
    command.retriesLeft--;
    send(moving, target, events);
  } else {
    const why = isUnanswered ? 'the device did not answer' : 'the device accepted it and did not finish in time';
    move(moving, 'TIMEOUT', events, why);
  }
}

const VERIFIABLE: ReadonlySet<CommandStatus> = new Set<CommandStatus>([
  'SENT',
  'DELIVERED',
  'ACCEPTED',
  'SUCCEEDED',
  'TIMEOUT',
]);

function isVerifiable({ status }: CommandState): boolean {
  return VERIFIABLE.has(status);
}

/** The plant shows it done, by samples that were measured after the command was sent. */
function isVerified({ instance, command, action }: Moving): boolean {
  if (action.verify === undefined || command.verifyUntil === null || !isVerifiable(command)) return false;
  const frame = instance.lookAt(instance.state.evaluatedAt);
  if (action.verify.condition.evaluate(frame) !== true) return false;
  const sentAt = command.verifyUntil - action.verify.withinMs;
  for (const { inputOf } of walk(action.verify.condition)) {
    if (inputOf !== undefined && (instance.slots[inputOf]?.at ?? 0) <= sentAt) return false;
  }
  return true;
}

/** When a command of the instance must be looked at again, by the clock; Infinity where none must. */
export function commandsDueAt(instance: Instance): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const command of instance.state.commands) {
    const action = actionOf(instance, command);
    if (action === undefined) continue;
    earliest = Math.min(earliest, commandDueAt(command, action));
    if (command.verifyUntil !== null && isVerifiable(command)) earliest = Math.min(earliest, command.verifyUntil);
  }
  return earliest;
}

function commandDueAt(command: CommandState, action: CommandAction): number {
  switch (command.status) {
    case 'SENT':
    case 'DELIVERED':
      return command.sentAt + action.acceptMs;
    case 'ACCEPTED':
      return command.sentAt + action.completeMs;
    case 'QUEUED':
    case 'AWAITING_APPROVAL':
      return command.expiresAt;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** Whether the command is the named device's own. */
export function isCommandOf(command: CommandState, { site, area, device }: DeviceName, cid: string): boolean {
  return command.cid === cid && command.device === device && command.area === area && command.site === site;
}
