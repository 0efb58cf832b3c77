// What stands at the ticks of the time axis, in the viewer's zone: the time, and the date where another day begins.

const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options);
const SECONDS = part({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const MINUTES = part({ hour: '2-digit', minute: '2-digit' });
const DAY = part({ day: '2-digit', month: 'short' });
const MONTH = part({ month: 'short', year: 'numeric' });

const DAY_S = 86_400;

/** Of ticks in seconds since the epoch. */
export function tickTexts(ticks: readonly number[]): string[] {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  if (step > 27 * DAY_S) return ticks.map((tick) => MONTH.format(tick * 1_000));
  if (step >= DAY_S * 0.9) return ticks.map((tick) => DAY.format(tick * 1_000));
  const time = step < 60 ? SECONDS : MINUTES;
  return ticks.map((tick, i) => {
    const text = time.format(tick * 1_000);
    const before = ticks[i - 1];
    const isNewDay = before !== undefined && DAY.format(before * 1_000) !== DAY.format(tick * 1_000);
    return isNewDay ? `${text}\n${DAY.format(tick * 1_000)}` : text;
  });
}
