// A command that a person sent, and what has become of it: the topics `command-op/v1/…` (what is wanted) and `command/v1/…`
// (how it stands). Commands of rules are told with their alarm (alarm.ts); both kinds live one life.

import { argsProblem, type CommandEnvelope, type CommandStatus } from './command.ts';
import { isName, NAME_HINT } from './name.ts';
import { isPlainObject } from './plain-object.ts';
import { type DeviceName, deviceKey } from './topic.ts';

export type CommandArgs = CommandEnvelope['args'];

/** Payload (JSON) of `command-op/v1/{site}/{area}/{device}`. Never retained. */
export type CommandOperation = {
  readonly op: 'send';
  /** A name of the sender's choice, new for each order: what comes twice under one is carried out once. */
  readonly id: string;
  readonly command: string;
  readonly args: CommandArgs;
  readonly by: string;
  readonly comment?: string;
  /** Not to be sent, nor carried out, after this moment. */
  readonly exp: number;
};

/** For so long an order may wait for a device that is offline. */
export const COMMAND_WAIT_MS_MAX = 86_400_000;

/** So many commands of people are kept, of all devices; as many devices have some at most. */
export const ALL_KEPT_MAX = 2_000;

/** Of one argument, and of all as JSON: what is refused is kept too, and told. */
export const ARG_CHARS_MAX = 256;
export const ARGS_CHARS_MAX = 4_000;

/** What a sender may call an order, and what a command can be called. */
export const ORDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The order in a payload, or a sentence that says what is wrong with it. */
export function parseCommandOperation(payload: unknown): CommandOperation | string {
  if (!isPlainObject(payload)) return 'an order is a JSON object';
  const { op, id, command, args, by, comment, exp } = payload;
  if (op !== 'send') return "'op' must be 'send'";
  if (typeof id !== 'string' || !ORDER_NAME.test(id)) return "'id' must be a new name for each order, such as a UUID";
  if (typeof command !== 'string' || !ORDER_NAME.test(command)) return "'command' must be the name of a command";
  const wrong = argsProblem(args) ?? sizeProblem(args as CommandArgs);
  if (wrong !== undefined) return wrong;
  if (typeof by !== 'string' || by.trim() === '' || by.length > 128)
    return "'by' must name who sends it (1 to 128 characters)";
  if (comment !== undefined && (typeof comment !== 'string' || comment.length > 2_000))
    return "'comment' must be a text of at most 2,000 characters";
  if (!Number.isSafeInteger(exp)) return "'exp' must be a moment in ms since the epoch";
  return {
    ...{ op, id, command, args: args as CommandArgs, by, exp: exp as number },
    ...(typeof comment === 'string' ? { comment } : {}),
  };
}

function sizeProblem(args: CommandArgs): string | undefined {
  for (const [name, value] of Object.entries(args)) {
    if (!isName(name)) return `'args' has '${name.slice(0, 64)}'; the name of an argument is ${NAME_HINT}`;
    if (typeof value === 'string' && value.length > ARG_CHARS_MAX)
      return `'${name}' has ${value.length} characters; at most ${ARG_CHARS_MAX} are taken`;
  }
  const chars = JSON.stringify(args).length;
  return chars > ARGS_CHARS_MAX ? `'args' has ${chars} characters; at most ${ARGS_CHARS_MAX} are taken` : undefined;
}

/** By which the device answers. */
export function personCid(device: DeviceName, id: string): string {
  return `operator/${deviceKey(device)}/${id}`;
}

/** One step of a life. All moments are ms since the epoch. */
export type CommandStep = {
  readonly status: CommandStatus;
  readonly at: number;
  /** Why, where there is a why: an interlock, the device's own words. */
  readonly reason?: string;
};

export type CommandLife = {
  /** `operator/{site}/{area}/{device}/{id}`; the device answers by it. */
  readonly cid: string;
  readonly command: string;
  readonly args: CommandArgs;
  readonly by: string;
  readonly comment: string | null;
  readonly status: CommandStatus;
  /** When it was asked for. */
  readonly askedAt: number;
  /** It is not sent, and not carried out, after this moment. */
  readonly expiresAt: number;
  /** Whether values of the plant must show it done: then it ends VERIFIED or UNVERIFIED, else SUCCEEDED is its end. */
  readonly verifies: boolean;
  /** When it counts as UNVERIFIED; null before it was sent, and where nothing verifies it. */
  readonly verifyUntil: number | null;
  /** Oldest first, the last one is `status`; repeats of SENT come to one step each. */
  readonly steps: readonly CommandStep[];
};

/** Payload (JSON) of the retained `command/v1/{site}/{area}/{device}`: its newest commands of people, newest first. */
export type DeviceCommands = DeviceName & { readonly commands: readonly CommandLife[] };

/** Whether nothing is waited for any more. A late answer of the device may still say better of one that timed out. */
export function isOver({ status, verifies }: Pick<CommandLife, 'status' | 'verifies'>): boolean {
  switch (status) {
    case 'AWAITING_APPROVAL':
    case 'QUEUED':
    case 'SENT':
    case 'DELIVERED':
    case 'ACCEPTED':
      return false;
    case 'SUCCEEDED':
    case 'TIMEOUT':
      return !verifies;
    default:
      return true;
  }
}
