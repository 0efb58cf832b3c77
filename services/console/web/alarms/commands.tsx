// The commands of an episode in words. Those that a person must know of stand in the row itself.

import type { AlarmCommand } from '#domain/alarm.ts';
import type { CommandStatus } from '#domain/command.ts';
import type { AlarmView } from '../../api/live.ts';
import { COMMAND_WORDS, texts } from '../texts.ts';

/** A person has to approve it, or has to do by hand what it did not do. */
const NEEDS_A_PERSON: ReadonlySet<CommandStatus> = new Set<CommandStatus>([
  ...(['BLOCKED', 'AWAITING_APPROVAL', 'REJECTED', 'FAILED', 'UNVERIFIED', 'TIMEOUT', 'EXPIRED'] as const),
]);

export function describeCommand({ command, device, status }: AlarmCommand): string {
  return `${texts.alarms.commandTo(command, device)}: ${COMMAND_WORDS[status]}`;
}

export function CommandNotes({ alarm }: { readonly alarm: AlarmView }) {
  const notes = alarm.commands.filter(({ status }) => NEEDS_A_PERSON.has(status)).map(describeCommand);
  if (notes.length === 0) return null;
  return (
    <p class="command-notes clamp" dir="auto" data-testid="command-notes">
      {notes.join('\n')}
    </p>
  );
}
