// A moment as a person writes it: `now`, `now-90m`, `2026-10-01`, `2026-10-01T08:30`, with or without an offset. Without one it
// is UTC, as everything that is stored: a local hour comes twice in the night when clocks go back.

import { parseDuration } from '#domain/duration.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:?\d{2})?$/;

/** ms since the epoch; undefined where the text is no moment. */
export function parseMoment(text: string, now: number): number | undefined {
  const relative = /^now(?:([+-])(\S+))?$/.exec(text);
  if (relative !== null) {
    const [, sign, duration] = relative;
    const ms = duration === undefined ? 0 : parseDuration(duration);
    return ms === undefined ? undefined : sign === '-' ? now - ms : now + ms;
  }
  if (DATE.test(text)) return existing(`${text}T00:00:00Z`, text);
  const [, date = '', time = '', zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  return date === '' ? undefined : existing(`${date}T${time}${zone}`, date);
}

export const MOMENT_HINT = 'a moment such as 2026-10-01, 2026-10-01T08:30, 2026-10-01T08:30+02:00, now or now-1h';

/** Date.parse takes 31 February for 3 March. */
function existing(text: string, date: string): number | undefined {
  const at = Date.parse(text);
  const day = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at) || Number.isNaN(day)) return undefined;
  return new Date(day).toISOString().slice(0, 10) === date ? at : undefined;
}
