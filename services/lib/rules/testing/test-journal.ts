// What the journal of a test says so far: events of an instance, and where its commands stand. A command that found no
// device, or was not permitted, stands in the journal only.

import type { CommandStatus } from '#domain/command.ts';
import type { JournalEntry, JournalEvent } from '#domain/journal.ts';
import type { CompiledRule } from '../language/compile-rule.ts';

export type ToldCommand = { readonly command: string; readonly status: CommandStatus };

export class TestJournal {
  readonly #entries: JournalEntry[] = [];

  add(entry: JournalEntry): void {
    this.#entries.push(entry);
  }

  eventsOf(rule: string, instance: string): JournalEvent[] {
    return this.#entriesOf(rule, instance).map(({ event }) => event);
  }

  /** Commands of the running episode, in the order in which they were asked for. */
  commandsOf(rule: CompiledRule, instance: string, episode: number): ToldCommand[] {
    const statuses = new Map<string, CommandStatus>();
    for (const { command, episode: of } of this.#entriesOf(rule.id, instance))
      if (command !== undefined && of === episode) statuses.set(command.cid, command.status);
    return [...statuses].map(([cid, status]) => ({ command: commandOf(rule, cid), status }));
  }

  #entriesOf(rule: string, instance: string): JournalEntry[] {
    return this.#entries.filter((entry) => entry.rule === rule && entry.instance === instance);
  }
}

/** The id of the action in a correlation id `rule/instance/episode/action`, behind which a device may stand. */
export function actionIn(cid: string): string {
  return cid.split('/')[3] ?? '';
}

function commandOf({ actions }: CompiledRule, cid: string): string {
  const id = actionIn(cid);
  const action = actions.find((each) => each.id === id);
  return action?.type === 'command' ? action.command : id;
}
