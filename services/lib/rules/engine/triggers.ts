// Which transitions the actions of a rule answer to.

import type { JournalEvent } from '#domain/journal.ts';
import type { ActionTrigger } from '../language/rule-schema.ts';

const TRIGGERS: { readonly [event in JournalEvent]?: ActionTrigger } = {
  ACTIVE: 'active',
  LEVEL: 'level',
  ACKED: 'ack',
  RETURNED: 'clear',
  RESET: 'latchReset',
  SHELVED: 'shelve',
  UNSHELVED: 'unshelve',
};

/** undefined where no action can answer to it. */
export function triggerOf(event: JournalEvent): ActionTrigger | undefined {
  return TRIGGERS[event];
}
