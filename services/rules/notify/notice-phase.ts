// What a notice is to those who hear of it: a call, or news of something they were called for. The engine says what
// happened; whether a telephone rings is decided here, in one table.

import type { JournalEvent } from '#domain/journal.ts';
import type { Notice } from '#rules/engine/inputs.ts';

/**
 * `call`: somebody is to come. `news`: told to those who were called. `back`: an overlay ended, which calls again where the
 * alarm is active. `overlay`: somebody or the design took it off the list.
 */
const KINDS = {
  ACTIVE: 'call',
  LEVEL: 'call',
  RE_ALARM: 'call',
  COMMAND: 'call',
  RETURNED: 'news',
  ACKED: 'news',
  RESET: 'news',
  APPROVED: 'news',
  REFUSED: 'news',
  RULE_CHANGED: 'news',
  HISTORICAL: 'news',
  STOPPED: 'news',
  RESUMED: 'news',
  UNSHELVED: 'back',
  UNSUPPRESSED: 'back',
  IN_SERVICE: 'back',
  SHELVED: 'overlay',
  SUPPRESSED: 'overlay',
  OUT_OF_SERVICE: 'overlay',
  RETIRED: 'overlay',
} as const satisfies Record<JournalEvent, string>;

export function isCall({ event, state }: Pick<Notice, 'event' | 'state'>): boolean {
  const kind = KINDS[event];
  return kind === 'call' || (kind === 'back' && state === 'UNACK');
}

/** A call that must reach somebody whatever it takes. */
export function isCriticalCall(notice: Notice): boolean {
  return notice.priority === 'critical' && isCall(notice);
}

/** Where the alarm stands for those who were called; telling the same phase twice tells nothing. */
export type Phase = 'calling' | 'waiting' | 'quiet' | 'over';

/** calling: unacknowledged and active. waiting: returned, wants an ack or a reset. quiet: somebody has it, or it is overlaid. */
export function phaseOf({ event, state }: Pick<Notice, 'event' | 'state'>): Phase {
  if (event === 'RETIRED' || state === 'NORM' || state === 'PENDING') return 'over';
  if (KINDS[event] === 'overlay' || state === 'ACKED') return 'quiet';
  return state === 'UNACK' ? 'calling' : 'waiting';
}
