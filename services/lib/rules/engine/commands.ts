// The life of a command, from the activation that asks for it to the device's last word (rule language, section 5).
// One command per action, target and episode; its correlation id says so, and makes a resend harmless.

import type { CommandEnvelope, CommandReply, CommandStatus } from '#domain/command.ts';
import { type DeviceName, topics } from '#domain/topic.ts';
import type { CompiledAction } from '../language/compile-rule.ts';
import { isUnknown } from '../language/operand.ts';
import type { Instance } from './instance.ts';
import { type DeviceState, isSelected } from './plant.ts';
import type { CommandState } from './state.ts';

export type CommandEvents = {
  /** The engine's clock, ms since the epoch. Commands live by it: an episode may be decided on samples that came late. */
  readonly now: number;
  /** A command changed its state; `reason` says why where there is a why. */
  readonly onStatus: (command: {
    readonly cid: string;
    readonly status: CommandStatus;
    readonly reason?: string;
  }) => void;
  readonly onSend: (device: DeviceName, envelope: CommandEnvelope) => void;
};

/** Asks for the commands of a new episode. In shadow nothing is sent. */
export function requestCommands(instance: Instance, at: number, events: CommandEvents): void {
  if (instance.rule.isShadow) return;
  instance.state.commands = [];
  for (const action of instance.rule.actions) {
    const targets = targetsOf(instance, action);
    const cid = `${instance.rule.id}/${instance.alarm.instance}/${instance.state.episode}/${action.id}`;
    if (targets.length === 0)
      events.onStatus({ cid, status: 'BLOCKED', reason: 'no device of this group is the target' });
    for (const target of targets) {
      request(
        instance,
        { action, target, cid: targets.length === 1 ? cid : `${cid}/${target.name.device}`, at },
        events,
      );
    }
  }
}

type Request = {
  readonly action: CompiledAction;
  readonly target: DeviceState;
  readonly cid: string;
  readonly at: number;
};

function request(instance: Instance, { action, target, cid, at }: Request, events: CommandEvents): void {
  const command: CommandState = {
    cid,
    action: action.id,
    ...target.name,
    status: 'BLOCKED',
    sentAt: events.now,
    // From the event time: what was decided on old samples must not move anything now.
    expiresAt: at + action.expiresAfterMs,
    retriesLeft: action.retries,
  };
  instance.state.commands.push(command);
  const permit = action.permitWhen?.evaluate(instance.lookAt(at)) ?? true;
  if (permit !== true) {
    const reason = isUnknown(permit) ? 'whether it is permitted is not known' : 'it is not permitted now';
    events.onStatus({ cid, status: 'BLOCKED', reason });
    return;
  }
  if (events.now >= command.expiresAt) {
    command.status = 'EXPIRED';
    events.onStatus({ cid, status: 'EXPIRED', reason: 'the samples that asked for it came too late' });
    return;
  }
  send(instance, command, action, events);
}

function send({ rule }: Instance, command: CommandState, action: CompiledAction, events: CommandEvents): void {
  const device = { site: command.site, area: command.area, device: command.device };
  command.status = 'SENT';
  command.sentAt = events.now;
  events.onStatus({ cid: command.cid, status: 'SENT' });
  events.onSend(device, {
    cid: command.cid,
    cmd: action.command,
    args: action.args,
    exp: command.expiresAt,
    reply: topics.device(device, 'ack'),
    rev: rule.rev,
  });
}

/** Devices of the instance's group that the action names. */
function targetsOf({ area, group }: Instance, { target }: CompiledAction): DeviceState[] {
  const { device, select } = target;
  if (device !== undefined) return [...area.devices.values()].filter((each) => each.name.device === device);
  return [...area.devices.values()].filter((each) => {
    for (const [label, value] of group) {
      // A group of one device cannot hold its own actuator, so `device` does not narrow a selection.
      if (label !== 'device' && each.attributes.get(label) !== value) return false;
    }
    return select !== undefined && isSelected(each, select);
  });
}

/** What a reply may still change: the end of a command is its end, but an answer after our patience ran out is news. */
const OPEN_FOR: { readonly [status in CommandStatus]?: readonly CommandStatus[] } = {
  ACCEPTED: ['SENT', 'DELIVERED', 'TIMEOUT'],
  REJECTED: ['SENT', 'DELIVERED', 'ACCEPTED', 'TIMEOUT'],
  SUCCEEDED: ['SENT', 'DELIVERED', 'ACCEPTED', 'TIMEOUT'],
  FAILED: ['SENT', 'DELIVERED', 'ACCEPTED', 'TIMEOUT'],
  EXPIRED: ['SENT', 'DELIVERED', 'TIMEOUT'],
};

/** Takes a device's reply; false where it answers nothing that is open. */
export function takeReply(command: CommandState, reply: CommandReply, events: CommandEvents): boolean {
  if (OPEN_FOR[reply.status]?.includes(command.status) !== true) return false;
  command.status = reply.status;
  events.onStatus({
    cid: command.cid,
    status: reply.status,
    ...(reply.reason === undefined ? {} : { reason: reply.reason }),
  });
  return true;
}

/** Resends what was not accepted in time, gives up what was not completed. */
export function advanceCommands(instance: Instance, events: CommandEvents): void {
  for (const command of instance.state.commands) {
    const action = instance.rule.actions.find((each) => each.id === command.action);
    if (action === undefined || events.now < commandDueAt(command, action)) continue;
    const isUnanswered = command.status === 'SENT';
    if (isUnanswered && command.retriesLeft > 0 && events.now < command.expiresAt) {
      command.retriesLeft--;
      send(instance, command, action, events);
      continue;
    }
    command.status = 'TIMEOUT';
    const reason = isUnanswered ? 'the device did not answer' : 'the device accepted it and did not finish in time';
    events.onStatus({ cid: command.cid, status: 'TIMEOUT', reason });
  }
}

/** When a command of the instance must be looked at again; Infinity where none must. */
export function commandsDueAt({ rule, state }: Instance): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const command of state.commands) {
    const action = rule.actions.find((each) => each.id === command.action);
    if (action !== undefined) earliest = Math.min(earliest, commandDueAt(command, action));
  }
  return earliest;
}

function commandDueAt(command: CommandState, action: CompiledAction): number {
  if (command.status === 'SENT') return command.sentAt + action.acceptMs;
  if (command.status === 'ACCEPTED') return command.sentAt + action.completeMs;
  return Number.POSITIVE_INFINITY;
}
