// How often the journal of devices tells what merely goes on: every five minutes (services/ingest/devices/device-journal.ts). What is
// news, such as a connection that ends, it tells at once.

/** A longer silence of a device's journal is a gap, ms: it has left out an entry. */
export const JOURNAL_GAP_MS = 6 * 60_000;
