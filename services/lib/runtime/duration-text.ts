// Durations in files that people write.

import { z } from 'zod';
import { parseDuration } from '#domain/duration.ts';

const DURATION_HINT = 'must be a duration with one unit, such as "500ms", "20s", "5m", "8h" or "7d"';
/** A year: what is longer is a slip of the pen, and waits for ever. */
const DURATION_MS_MAX = 366 * 86_400_000;

export const durationText = z
  .string({ error: DURATION_HINT })
  .superRefine((text, context) => {
    const ms = parseDuration(text);
    // What is too long to be counted at all is one all the same.
    const isDuration = ms !== undefined || /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/.test(text);
    if (!isDuration) context.addIssue({ code: 'custom', message: DURATION_HINT });
    else if (ms === undefined || ms > DURATION_MS_MAX)
      context.addIssue({ code: 'custom', message: 'is too long: at most 366d' });
  })
  .meta({ id: 'duration' });

/** Where no time at all would mean that it never is. */
export const positiveDuration = durationText.refine((text) => parseDuration(text) !== 0, {
  error: 'must be longer than 0s',
});
