// A command to a device and the device's answer. The correlation id names rule, instance, episode and action, so that a
// resend is harmless: firmware keeps the last 16 and answers a repeat with the stored reply.

import { isPlainObject } from './plain-object.ts';

/** Payload (JSON) of `plant/v1/{site}/{area}/{device}/cmd`. Never retained. */
export type CommandEnvelope = {
  readonly cid: string;
  readonly cmd: string;
  readonly args: { readonly [name: string]: number | boolean | string };
  /** Not to be carried out after this moment, ms since the epoch. */
  readonly exp: number;
  /** Topic for the answer: the device's own `ack`. */
  readonly reply: string;
  /** Revision of the rule that sent it; empty where a person did. */
  readonly rev: string;
};

/** A command's args hold as many; a device has fewer that can be set at once. */
export const ARGS_MAX = 64;
/** Why a command is where it is: a sentence or two, of a device also where it sends a log. */
export const REASON_CHARS_MAX = 500;

/** The command in a payload, or a sentence that says what is wrong with it. */
export function parseCommand(payload: unknown): CommandEnvelope | string {
  if (!isPlainObject(payload)) return 'a command is a JSON object';
  const { cid, cmd, args, exp, reply, rev } = payload;
  if (typeof cid !== 'string' || cid === '' || cid.length > 512) return "'cid' must be the command's correlation id";
  if (typeof cmd !== 'string') return "'cmd' must be the name of the command";
  const wrong = argsProblem(args);
  if (wrong !== undefined) return wrong;
  if (!Number.isSafeInteger(exp)) return "'exp' must be a moment in ms since the epoch";
  return {
    ...{ cid, cmd, args: args as CommandEnvelope['args'], exp: exp as number },
    reply: typeof reply === 'string' ? reply : '',
    rev: typeof rev === 'string' ? rev : '',
  };
}

/** What is wrong with the arguments of a command, in words. */
export function argsProblem(args: unknown): string | undefined {
  if (!isPlainObject(args)) return "'args' must be an object";
  const entries = Object.entries(args);
  if (entries.length > ARGS_MAX) return `'args' has ${entries.length} members; at most ${ARGS_MAX} are taken`;
  const wrong = entries.find(([, value]) => !['boolean', 'string'].includes(typeof value) && !Number.isFinite(value));
  return wrong && `'args' must hold numbers, booleans and texts; ${wrong[0].slice(0, 64)} is none`;
}

/** Whether a payload is a command that must not be carried out any more. What is no command of ours does not expire. */
export function isExpiredCommand(payload: string, at: number): boolean {
  try {
    const envelope: unknown = JSON.parse(payload);
    return isPlainObject(envelope) && typeof envelope.exp === 'number' && envelope.exp <= at;
  } catch {
    return false;
  }
}

export const REPLY_STATUSES = ['ACCEPTED', 'REJECTED', 'SUCCEEDED', 'FAILED', 'EXPIRED'] as const;
export type ReplyStatus = (typeof REPLY_STATUSES)[number];

/** Every state of a command's life, in the order it is lived. */
export const COMMAND_STATUSES = [
  'BLOCKED',
  'AWAITING_APPROVAL',
  'QUEUED',
  'SENT',
  'DELIVERED',
  'ACCEPTED',
  'REJECTED',
  'SUCCEEDED',
  'FAILED',
  'VERIFIED',
  'UNVERIFIED',
  'TIMEOUT',
  'EXPIRED',
] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

/** Payload (JSON) of `plant/v1/{site}/{area}/{device}/ack`. */
export type CommandReply = {
  readonly cid: string;
  readonly status: ReplyStatus;
  readonly ts: number;
  readonly reason?: string;
};

/** The reply in a payload, or a sentence that says what is wrong with it. */
export function parseCommandReply(payload: unknown): CommandReply | string {
  if (!isPlainObject(payload)) return 'a reply is a JSON object';
  const { cid, status, ts, reason } = payload;
  if (typeof cid !== 'string' || cid === '') return "'cid' must be the command's correlation id";
  const known = REPLY_STATUSES.find((each) => each === status);
  if (known === undefined) return `'status' must be one of ${REPLY_STATUSES.join(', ')}`;
  if (!Number.isSafeInteger(ts)) return "'ts' must be a moment in ms since the epoch";
  return {
    cid,
    status: known,
    ts: ts as number,
    ...(typeof reason === 'string' ? { reason: reason.slice(0, REASON_CHARS_MAX) } : {}),
  };
}
