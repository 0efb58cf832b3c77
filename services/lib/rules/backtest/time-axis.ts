// Ticks of a time axis: moments that people name, as many as there is room for. In UTC, as everything that is stored.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7].map((n) => n * DAY),
];
const MONTHS = [1, 2, 3, 6, 12];
const DAYS_PER_MONTH = 30.4;
const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export type Tick = { readonly at: number; readonly label: string };

/** At most about `count` ticks in [from, to]. */
export function timeTicks({ from, to }: { readonly from: number; readonly to: number }, count: number): Tick[] {
  const wanted = (to - from) / Math.max(1, count);
  const step = STEPS_MS.find((each) => each >= wanted);
  return step === undefined ? monthTicks(from, to, wanted / (DAYS_PER_MONTH * DAY)) : evenTicks(from, to, step);
}

function evenTicks(from: number, to: number, step: number): Tick[] {
  const ticks: Tick[] = [];
  // Weeks begin on Monday; the epoch was a Thursday.
  const offset = step === 7 * DAY ? 4 * DAY : 0;
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step)
    ticks.push({ at, label: labelOf(at, step) });
  return ticks;
}

function monthTicks(from: number, to: number, wanted: number): Tick[] {
  const ticks: Tick[] = [];
  const step = MONTHS.find((each) => each >= wanted) ?? Math.ceil(wanted / 12) * 12;
  const first = new Date(from);
  const start = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  for (let month = start; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12);
    if (at > to) return ticks;
    const year = Math.floor(month / 12);
    if (at >= from)
      ticks.push({ at, label: month % 12 === 0 ? String(year) : `${MONTH_NAMES[month % 12]} ${year % 100}` });
  }
}

function labelOf(at: number, step: number): string {
  const date = new Date(at);
  const day = `${date.getUTCDate()} ${MONTH_NAMES[date.getUTCMonth()]}`;
  if (step >= DAY) return day;
  const time = date.toISOString().slice(11, step >= MINUTE ? 16 : 19);
  return at % DAY === 0 ? day : time;
}
