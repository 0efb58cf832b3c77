// Whether a command of a person may go to its device, and what of the plant shows that it was carried out: what the device's model
// says of it.

import { COMMAND_WAIT_MS_MAX } from '#domain/command-life.ts';
import { parseDuration } from '#domain/duration.ts';
import type { Point } from '#domain/point.ts';
import { commandNamed, interlockedBecause, type Misfit, misfitsOf } from '../language/command-fit.ts';
import type { DeviceState } from './plant.ts';
import type { PersonCommand, Proof } from './state.ts';

export function waitProblem(exp: number, now: number): string | undefined {
  return exp - now > COMMAND_WAIT_MS_MAX ? 'a command may wait for a day at most' : undefined;
}

/** A person gives no device what its model does not describe: nothing would say what must not be the case meanwhile. */
export function misfitOf({ model }: DeviceState, command: PersonCommand): Misfit | undefined {
  if (model?.commands !== undefined) return misfitsOf(command, model.model, model.commands)[0];
  const whose = model === null ? 'no model describes this device' : `model ${model.model} describes no commands`;
  return { message: `${whose}, so nobody knows what it obeys`, known: [] };
}

export function interlockOf({ model, area }: DeviceState, { command }: PersonCommand): string | undefined {
  const described = commandNamed(command, model?.commands);
  return described && interlockedBecause(described, (name) => area.plantStates.get(name));
}

type Given = Pick<PersonCommand, 'command' | 'args'>;

/** null where the model names nothing that would show it, or where that depends on an argument that was not given. */
export function proofOf({ model }: DeviceState, { command, args }: Given): Proof | null {
  const verify = commandNamed(command, model?.commands)?.verify;
  if (verify === undefined) return null;
  const { metric, equals, tolerance = 0, within } = verify;
  const value = typeof equals === 'object' ? (Object.hasOwn(args, equals.arg) ? args[equals.arg] : undefined) : equals;
  return value === undefined ? null : { metric, value, tolerance, withinMs: parseDuration(within) ?? 0 };
}

export function isShownBy(value: Point['value'], { value: wanted, tolerance }: Proof): boolean {
  if (typeof value !== 'number' || typeof wanted !== 'number') return value === wanted;
  return Math.abs(value - wanted) <= tolerance;
}
