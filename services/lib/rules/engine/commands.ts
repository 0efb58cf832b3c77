// Commands of alarms: when a rule asks for them, who lets them go, and when they are not wanted any more. How one lives once it
// is asked for, command-life.ts says. One command per action, target and episode; its correlation id says so.

import type { CommandEnvelope, CommandStatus } from '#domain/command.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { CommandAction } from '../language/compile-action.ts';
import { walk } from '../language/expression.ts';
import { RATE_LIMIT_COMMANDS_MAX } from '../language/rule-schema.ts';
import { type Answer, advance, dueAt, end, type Living, move, queue, type Rival, takeAnswer } from './command-life.ts';
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
  /** Every command to the device, of whatever sender. */
  readonly rivals: (device: DeviceName) => Iterable<Rival>;
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
  const living = livingOf(instance, { command, action }, events);
  const blocked = living.blockedBecause(target);
  if (blocked !== undefined) move(living, 'BLOCKED', blocked);
  else if (events.now >= command.expiresAt) move(living, 'EXPIRED', 'the samples that asked for it came too late');
  else if (action.needsApproval) move(living, 'AWAITING_APPROVAL');
  else queue(living, target);
}

type Asked = { readonly command: CommandState; readonly action: CommandAction };

function livingOf(instance: Instance, { command, action }: Asked, events: CommandEvents): Living {
  const { rev } = instance.rule;
  return {
    command,
    order: { ...action, verifyMs: action.verify?.withinMs, rev },
    now: events.now,
    target: events.device(command),
    blockedBecause: (target) => blockedBecause(instance, { action, target }, events.now),
    unpermittedBecause: (target) => unpermittedBecause(instance, { action, target }),
    isProved: () => isProved(instance, { command, action }),
    rivals: () => events.rivals(command),
    onSend: events.onSend,
    onLeft: (target) => noteSent(target, action, events.now),
    onStatus: rivalOf(command, events).onStatus,
    onFailure: () => events.onFailure(action, command),
  };
}

/** A command of an alarm as a newer one to the same device sees it. */
export function rivalOf(command: CommandState, events: Pick<CommandEvents, 'onStatus'>): Rival {
  return {
    command,
    onStatus: (status, reason) =>
      events.onStatus({ cid: command.cid, status, ...(reason === undefined ? {} : { reason }) }),
  };
}

/** So many as any limit of any rule may ask for. */
function noteSent(target: DeviceState, action: CommandAction, now: number): void {
  const sent = [...sentTo(target, action), now].slice(-RATE_LIMIT_COMMANDS_MAX);
  target.commandsSentAt = { ...target.commandsSentAt, [action.command]: sent };
}

/** What has not left yet is not wanted any more: its reason is gone, or a new episode asks anew. */
export function withdrawCommands(instance: Instance, events: CommandEvents, reason: string): void {
  for (const command of instance.state.commands)
    if (command.status === 'QUEUED' || command.status === 'AWAITING_APPROVAL') end(rivalOf(command, events), reason);
}

/** Ends every command that has no end yet; what has not left goes first. */
export function endCommands(instance: Instance, events: CommandEvents, reason: string): void {
  withdrawCommands(instance, events, reason);
  for (const command of instance.state.commands) end(rivalOf(command, events), reason);
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

function actionOf({ rule }: Instance, { action }: CommandState): CommandAction | undefined {
  const found = rule.actions.find((each) => each.id === action);
  return found?.type === 'command' ? found : undefined;
}

/** Takes a device's reply, or the broker's word that it has the command. */
export function takeReply(
  instance: Instance,
  { command, ...answer }: Answer & { readonly command: CommandState },
  events: CommandEvents,
): void {
  const action = actionOf(instance, command);
  if (action !== undefined) takeAnswer(livingOf(instance, { command, action }, events), answer);
}

/** An operator lets a command go that waits for it; otherwise says why not. */
export function approveCommand(instance: Instance, events: CommandEvents): string | undefined {
  const waiting = instance.state.commands.filter(({ status }) => status === 'AWAITING_APPROVAL');
  if (waiting.length === 0) return 'no command of this alarm waits for an approval';
  for (const command of waiting) {
    const action = actionOf(instance, command);
    const target = events.device(command);
    if (action === undefined || target === undefined) continue;
    const living = livingOf(instance, { command, action }, events);
    const blocked = living.blockedBecause(target);
    if (events.now >= command.expiresAt) move(living, 'EXPIRED', 'it was approved too late');
    else if (blocked !== undefined) move(living, 'BLOCKED', blocked);
    else queue(living, target);
  }
  return undefined;
}

/** What time and samples do to the commands of the instance. */
export function advanceCommands(instance: Instance, events: CommandEvents): void {
  for (const command of instance.state.commands) {
    const action = actionOf(instance, command);
    if (action !== undefined) advance(livingOf(instance, { command, action }, events));
  }
}

/** The plant shows it done, by samples that were measured after the command was sent. */
function isProved(instance: Instance, { command, action }: Asked): boolean {
  if (action.verify === undefined || command.verifyUntil === null) return false;
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
    if (action !== undefined) earliest = Math.min(earliest, dueAt(command, action));
  }
  return earliest;
}

/** Whether the command is the named device's own. */
export function isCommandOf(command: CommandState, { site, area, device }: DeviceName, cid: string): boolean {
  return command.cid === cid && command.device === device && command.area === area && command.site === site;
}
