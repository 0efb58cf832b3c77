// The journal of commands that people send: one entry for every step of a life, as measurement `command_event` of the store, and
// one for what was refused. Who sent what, when, and what came of it. Identity is (device, seq): a repeat overwrites itself.

import type { CommandStatus } from './command.ts';
import type { CommandArgs } from './command-life.ts';
import { EVENTS_PER_MS } from './journal.ts';
import { encodeLine, type FieldValue } from './line-protocol.ts';
import type { DeviceName } from './topic.ts';

const COMMAND_EVENT = 'command_event';

export type CommandEntry = DeviceName & {
  /** Grows with every entry of the device. */
  readonly seq: number;
  readonly at: number;
  /** REFUSED: it never became a command, because nobody with that right asked for it, or it could not be read. */
  readonly status: CommandStatus | 'REFUSED';
  /** What follows is absent where it could not be read. */
  readonly cid?: string;
  readonly command?: string;
  readonly args?: CommandArgs;
  readonly actor?: string;
  readonly comment?: string | null;
  readonly reason?: string;
};

/** Texts of a line are no documents. */
const ARGS_SHOWN_MAX = 2_000;

/**
 * The entry as one line, timestamp in ms. What a sender may choose is in fields, so that no name that somebody invents makes
 * a series; `n`, a few bits of `seq`, tells entries of one moment apart.
 */
export function encodeCommandEntry(entry: CommandEntry): string {
  const { site, area, device, status, seq, at, cid, command, args, actor, comment, reason } = entry;
  const fields: [string, FieldValue][] = [['seq', { type: 'integer', value: BigInt(seq) }]];
  const texts = { cid, command, args: args && JSON.stringify(args).slice(0, ARGS_SHOWN_MAX), actor, comment, reason };
  for (const [name, value] of Object.entries(texts))
    if (typeof value === 'string') fields.push([name, { type: 'string', value: value.toWellFormed() }]);
  const tags: [string, string][] = Object.entries({ area, device, n: String(seq % EVENTS_PER_MS), site, status });
  return encodeLine({ measurement: COMMAND_EVENT, tags, fields, time: BigInt(at) });
}
