// How often the journal of devices tells what merely goes on: every five minutes (services/ingest/devices/device-journal.ts). What is
// news, such as a connection that ends, it tells at once.

/** A longer silence of a device's journal is a gap, ms: it has left out an entry. */
export const JOURNAL_GAP_MS = 6 * 60_000;

/** For descriptions of what a device was last heard by. */
export const HEARD_LATE = 'is told every 5 minutes, or when something else changes: it may be up to 5 minutes old';
