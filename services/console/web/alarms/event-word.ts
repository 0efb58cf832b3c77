// What a journal entry tells, in words.

import type { CommandStatus } from '#domain/command.ts';
import type { JournalEvent } from '#domain/journal.ts';
import { COMMAND_WORDS, EVENT_WORDS } from '../texts.ts';

/** A command's entry says its status with the event; of a newer release's event its code is told. */
export function eventWord(event: string): string {
  const [name = '', status] = event.split(':');
  const word = EVENT_WORDS[name as JournalEvent] ?? name;
  return status === undefined ? word : `${word} ${COMMAND_WORDS[status as CommandStatus] ?? status}`;
}
