// A command that a person sent, and what has become of it: the topics `command-op/v1/…` (what is wanted) and `command/v1/…`
// (how it stands). Commands of rules are told with their alarm (alarm.ts); both kinds live one life.

import type { CommandEnvelope, CommandStatus } from './command.ts';
import type { DeviceName } from './topic.ts';

export type CommandArgs = CommandEnvelope['args'];

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
