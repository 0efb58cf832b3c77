// Whether a command may go: it is one that its device knows, its rule permits it, no interlock of the device holds it back, and not
// too many have gone.

import { commandNamed, interlockedBecause, misfitsOf } from '../language/command-fit.ts';
import type { CommandAction } from '../language/compile-action.ts';
import { isUnknown } from '../language/operand.ts';
import type { Instance } from './instance.ts';
import type { DeviceState } from './plant.ts';

/** What is to go to whom. */
export type Sending = { readonly action: CommandAction; readonly target: DeviceState };

/** Why the command may not go now; undefined where it may. */
export function blockedBecause(instance: Instance, { action, target }: Sending, now: number): string | undefined {
  const unpermitted = misfitBecause(target, action) ?? unpermittedBecause(instance, { action, target });
  if (unpermitted !== undefined || action.rateLimit === undefined) return unpermitted;
  const { max, perMs } = action.rateLimit;
  const sent = sentTo(target, action).filter((at) => at > now - perMs);
  return sent.length >= max
    ? `${target.name.device} had ${sent.length} of ${max} such commands in this time`
    : undefined;
}

/** A device does not get what its model does not know. */
function misfitBecause({ model }: DeviceState, action: CommandAction): string | undefined {
  return model === null ? undefined : misfitsOf(action, model.model, model.commands)[0]?.message;
}

/** Asked whenever it is about to be sent: what was permitted a minute ago may be a danger now. */
export function unpermittedBecause(instance: Instance, { action, target }: Sending): string | undefined {
  const permit = action.permitWhen?.evaluate(instance.lookAt(instance.state.evaluatedAt)) ?? true;
  if (isUnknown(permit)) return 'whether it is permitted is not known';
  if (permit !== true) return 'it is not permitted now';
  const described = commandNamed(action.command, target.model?.commands);
  return described && interlockedBecause(described, (name) => target.area.plantStates.get(name));
}

/** When commands of this name went to the device, ms since the epoch. */
export function sentTo({ commandsSentAt }: DeviceState, { command }: CommandAction): readonly number[] {
  return Object.hasOwn(commandsSentAt, command) ? (commandsSentAt[command] ?? []) : [];
}
