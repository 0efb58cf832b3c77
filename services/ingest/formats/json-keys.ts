// The members of a JSON object that are no metrics, but say something of it.

/** When it was measured; of several the first of these. */
export const TIME_KEYS: readonly string[] = ['ts', 'time', 'timestamp'];
/** How good all of it is. */
export const QUALITY_KEYS: readonly string[] = ['q', 'quality'];
/** true: to be stored and never alarmed on. */
export const HISTORY_KEY = 'hist';
