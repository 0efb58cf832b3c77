// What a person can do to an alarm as its message shows it: what a page offers and an API lets through. Only what the rules
// service would certainly refuse is refused here; who may do it, and whether a latch may be reset now, it alone decides.

import { type AlarmMessage, type AlarmOperationName, isUnacknowledged } from './alarm.ts';

/** Why the operation has nothing to do on this alarm, as the end of a sentence; undefined where it has. */
export function whyNot(op: AlarmOperationName, alarm: AlarmMessage): string | undefined {
  return CHECKS[op](alarm);
}

/** Commands that leave once somebody approves; one approval lets all of them go. */
export function waitingCommands({ commands }: AlarmMessage): AlarmMessage['commands'] {
  return commands.filter(({ status }) => status === 'AWAITING_APPROVAL');
}

type Check = (alarm: AlarmMessage) => string | undefined;

const CHECKS: { readonly [op in AlarmOperationName]: Check } = {
  ack({ state, ackedBy }) {
    if (isUnacknowledged(state)) return undefined;
    return `waits for no acknowledgement: it is ${state}${ackedBy === null ? '' : ` (by ${ackedBy})`}`;
  },
  reset: ({ state }) => (state === 'LATCH' ? undefined : `waits for no reset: it is ${state}`),
  // A shelved one too: it may be shelved for longer.
  shelve: ({ shelvingMsMax }) => (shelvingMsMax === 0 ? 'may not be shelved' : undefined),
  unshelve: ({ shelvedUntil }) => (shelvedUntil === null ? 'is not shelved' : undefined),
  oos: ({ overlay }) => (overlay === 'OOSRV' ? 'is out of service already' : undefined),
  'in-service': ({ overlay }) => (overlay === 'OOSRV' ? undefined : 'is in service'),
  approve: (alarm) => (waitingCommands(alarm).length === 0 ? 'has no command that waits for an approval' : undefined),
};
