// What a board says of values that come from the journal of devices, which tells some of them once in a while.

import { DEVICE_STATE_EVERY_MS } from '#domain/device-journal.ts';

const MINUTE_MS = 60_000;
const EVERY_MINUTES = DEVICE_STATE_EVERY_MS / MINUTE_MS;

/** A longer silence of a device's journal is a gap, ms: it has left out an entry. */
export const JOURNAL_GAP_MS = DEVICE_STATE_EVERY_MS + MINUTE_MS;

/** For descriptions of what a device was last heard by. */
export const HEARD_LATE = `is told every ${EVERY_MINUTES} minutes, or when something else changes: it may be up to ${EVERY_MINUTES} minutes old`;
