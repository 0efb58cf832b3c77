// The commands that rules would have sent over a range: how many per rule, the first of them in full, and those that a permit
// or a limit held back.

import type { CommandEnvelope } from '#domain/command.ts';
import type { JournalEntry } from '#domain/journal.ts';
import type { DeviceName } from '#domain/topic.ts';

const LISTED_MAX = 1_000;

export type SentCommand = {
  readonly at: number;
  readonly rule: string;
  /** `site/area/device` */
  readonly device: string;
  readonly cmd: string;
  readonly args: CommandEnvelope['args'];
  readonly cid: string;
};

export class CommandCount {
  readonly #from: number;
  readonly sent: SentCommand[] = [];
  readonly sentByRule = new Map<string, number>();
  /** Why commands were not sent, and how often. */
  readonly heldBack = new Map<string, number>();
  total = 0;

  constructor(from: number) {
    this.#from = from;
  }

  take({ site, area, device }: DeviceName, { cid, cmd, args }: CommandEnvelope, at: number): void {
    if (at < this.#from) return;
    const rule = cid.slice(0, cid.indexOf('/'));
    this.total++;
    this.sentByRule.set(rule, (this.sentByRule.get(rule) ?? 0) + 1);
    if (this.sent.length < LISTED_MAX)
      this.sent.push({ at, rule, device: `${site}/${area}/${device}`, cmd, args, cid });
  }

  takeEntry({ command, journalTime, rule }: JournalEntry): void {
    if (command === undefined || journalTime < this.#from) return;
    if (command.status !== 'BLOCKED' && command.status !== 'AWAITING_APPROVAL' && command.status !== 'EXPIRED') return;
    const why = `${rule}: ${command.status}${command.reason === undefined ? '' : ` (${command.reason})`}`;
    this.heldBack.set(why, (this.heldBack.get(why) ?? 0) + 1);
  }

  toJSON() {
    return { total: this.total, sent: this.sent, heldBack: Object.fromEntries(this.heldBack) };
  }
}
