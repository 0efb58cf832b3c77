// A valve's side of the command protocol (domain/command.ts). Pure: what comes in, and what is to be answered and moved.
// It keeps the last 16 correlation ids with their latest reply and answers a repeat with that, so that a command that is
// sent twice is carried out once. A retained, expired or unreadable command is never carried out.

import type { CommandReply, ReplyStatus } from '#domain/command.ts';
import { isPlainObject } from '#domain/plain-object.ts';

export const REPLIES_KEPT = 16;

export type ValveProtocol = {
  /** Latest reply per correlation id, oldest first. */
  readonly replies: readonly CommandReply[];
  /** The command that the actuator is carrying out. */
  readonly moving: { readonly cid: string; readonly targetPct: number } | null;
};

export const IDLE_VALVE: ValveProtocol = { replies: [], moving: null };

export type ValveStep = {
  readonly state: ValveProtocol;
  readonly replies: readonly CommandReply[];
  /** Where to send the actuator now; undefined leaves it as it is. */
  readonly targetPct?: number;
};

export type ReceivedCommand = { readonly payload: string; readonly isRetained: boolean };

/** Takes what arrived on `cmd`. Without a correlation id there is nobody to answer, and nothing happens. */
export function receiveCommand(state: ValveProtocol, received: ReceivedCommand, now: number): ValveStep {
  const command = parseObject(received.payload);
  const cid = command?.cid;
  if (command === undefined || typeof cid !== 'string' || cid === '') return { state, replies: [] };
  const known = state.replies.find((reply) => reply.cid === cid);
  if (known !== undefined) return { state, replies: [known] };
  const refusal = refusalOf(command, received, now);
  if (refusal !== undefined) return answered(state, { cid, ts: now, ...refusal });
  const targetPct = (command.args as { position: number }).position;
  const interrupted = state.moving === null ? [] : [superseded(state.moving.cid, now)];
  const accepted: CommandReply = { cid, status: 'ACCEPTED', ts: now };
  const replies = [...interrupted, accepted];
  return { state: { replies: remember(state.replies, replies), moving: { cid, targetPct } }, replies, targetPct };
}

/** Takes where the actuator stands now; says SUCCEEDED once it is where it was sent. */
export function valveMoved(state: ValveProtocol, positionPct: number, now: number): ValveStep {
  if (state.moving === null || Math.abs(positionPct - state.moving.targetPct) > 0.5) return { state, replies: [] };
  return answered({ ...state, moving: null }, { cid: state.moving.cid, status: 'SUCCEEDED', ts: now });
}

function refusalOf(
  command: Readonly<Record<string, unknown>>,
  received: ReceivedCommand,
  now: number,
): { status: ReplyStatus; reason: string } | undefined {
  const rejected = (reason: string) => ({ status: 'REJECTED' as const, reason });
  if (received.isRetained) return rejected('a retained command is never carried out');
  if (!Number.isSafeInteger(command.exp)) return rejected("'exp' must be a moment in ms since the epoch");
  if ((command.exp as number) <= now) return { status: 'EXPIRED', reason: 'the command arrived after its end' };
  if (command.cmd !== 'valve.set') return rejected(`this device knows 'valve.set', not '${String(command.cmd)}'`);
  const position = (command.args as { position?: unknown } | null | undefined)?.position;
  if (typeof position !== 'number' || !(position >= 0 && position <= 100)) {
    return rejected("'args.position' must be a number from 0 to 100");
  }
  return undefined;
}

function superseded(cid: string, now: number): CommandReply {
  return { cid, status: 'FAILED', ts: now, reason: 'superseded by a newer command' };
}

function answered(state: ValveProtocol, reply: CommandReply): ValveStep {
  return { state: { ...state, replies: remember(state.replies, [reply]) }, replies: [reply] };
}

function remember(kept: readonly CommandReply[], replies: readonly CommandReply[]): CommandReply[] {
  const cids = new Set(replies.map((reply) => reply.cid));
  return [...kept.filter((reply) => !cids.has(reply.cid)), ...replies].slice(-REPLIES_KEPT);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
