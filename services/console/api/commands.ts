// Commands that people send to a device: what there is to send, the order itself, and its life. All moments are ms since the epoch.
//
// GET /api/devices/{site}/{area}/{device}/commands (viewer) answers CommandsView: what may be sent, whether an interlock holds it
// back right now, and the newest lives. 404 where no such device is known.
//
// POST to the same address (operator) takes CommandOrder and answers 202 with CommandSent: the broker has it, and the rules service
// judges it. Its life then comes on the stream. What would certainly be refused is a problem with a sentence instead:
//   400  the command or an argument does not fit the device's model (`errors` points at the argument: `/body/args/position`)
//   403  the role is below operator
//   404  no such device
//   409  an interlock holds it back (the sentence says which state, and why), or the model of the device describes no commands
//   503  the broker cannot be reached, nothing was sent
//   504  the broker has not confirmed in time; it may have been sent
// A device that is offline is no problem: the command is QUEUED until it comes back or `expiresAt` is over. Sending the same `id`
// again does nothing (the answer is the same), so a page may repeat a request whose answer was lost; another command by the id of an
// earlier one is a 409.
//
// Live: the event `snapshot` has the lives of all devices (`Snapshot.commands`, DeviceCommands[]), the event `commands` those of
// the devices whose lives changed (CommandChanges), at once; each replaces what was known of the device.
// `isOver()` of #domain/command-life.ts says whether a life still waits for something.

import type { CommandArgs, CommandLife, DeviceCommands } from '#domain/command-life.ts';
import type { Value } from '#domain/point.ts';

export type CommandOrder = {
  readonly command: string;
  readonly args: CommandArgs;
  readonly comment?: string;
  /** A name of the sender's choice, new for each order (a UUID); made by the console where it is left out. */
  readonly id?: string;
  /** For how long it may wait for a device that is offline, and be carried out at all; default 60 s, at most a day. */
  readonly waitMs?: number;
};

/** 202 */
export type CommandSent = {
  /** Under which its life is told. */
  readonly cid: string;
  readonly expiresAt: number;
};

export type CommandsView = {
  /** What may be sent; none where the device's model describes no commands. */
  readonly offers: readonly CommandOffer[];
  /** Newest first. */
  readonly recent: readonly CommandLife[];
};

export type CommandOffer = {
  readonly command: string;
  readonly description: string | null;
  readonly args: readonly ArgumentOffer[];
  readonly interlocks: readonly InterlockOffer[];
  /** A sentence where an interlock holds it back now; null where none does. */
  readonly blocked: string | null;
  /** The metric that shows it done, and how long that may take; null: nothing does, and SUCCEEDED is the end of its life. */
  readonly verify: { readonly metric: string; readonly withinMs: number } | null;
};

export type ArgumentOffer = {
  readonly name: string;
  readonly type: 'number' | 'boolean' | 'text';
  /** UCUM code. */
  readonly unit: string | null;
  readonly min: number | null;
  readonly max: number | null;
  /** All that may be sent; null: anything of its type and range. */
  readonly values: readonly Value[] | null;
  readonly isOptional: boolean;
  readonly description: string | null;
};

export type InterlockOffer = {
  /** The named plant state of the device's area. */
  readonly state: string;
  /** The command is blocked while the state is one of these, and while nobody has said it. */
  readonly is: readonly Value[];
  readonly because: string | null;
  /** As it is now; null: nobody has said it. */
  readonly now: Value | null;
  readonly blocks: boolean;
};

/** Event `commands`. */
export type CommandChanges = readonly DeviceCommands[];
