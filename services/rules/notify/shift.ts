// When a shift is on duty: it starts as a cron pattern says and lasts a while, both on the clock of a time zone. The end is
// a time of that clock too, because people go home by it: a night from 22:00 for 8h ends at 06:00 also in the night that
// has one hour less or more, so that shifts which follow each other leave no gap and no overlap.

import { Cron, CronDate } from 'croner';

export type ShiftSpec = {
  readonly timeZone: string;
  /** Cron patterns of five fields. */
  readonly starts: readonly string[];
  readonly lastsMs: number;
  /** Local days (`2026-12-25`) on which it does not start. */
  readonly except: readonly string[];
};

/** Whether it is on duty at a moment (ms since the epoch). */
export type Shift = (at: number) => boolean;

/** Longer than any change of a clock; how much longer than it says a shift can last. */
const CLOCK_CHANGE_MS_MAX = 3 * 3_600_000;

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** What is wrong with a pattern; undefined where nothing is. */
export function patternProblem(pattern: string): string | undefined {
  try {
    if (cron(pattern, 'UTC').nextRun(new Date(0)) !== null) return undefined;
    return `'${pattern}' never comes`;
  } catch (error) {
    const why = (error as Error).message.replace(/^\w+: /, '');
    return `'${pattern}' is no pattern of minute, hour, day, month and weekday, such as '0 6 * * MON-FRI': ${why}`;
  }
}

/** @throws where zone or pattern are not good; see isTimeZone and patternProblem */
export function compileShift({ timeZone, starts, lastsMs, except }: ShiftSpec): Shift {
  const crons = starts.map((pattern) => cron(pattern, timeZone));
  const free = new Set(except);
  const isOn = (each: Cron, at: number): boolean => {
    // Runs before the next whole second: those at this very moment are among them.
    let [start] = each.previousRuns(1, new Date(Math.floor(at / 1_000) * 1_000 + 1_000));
    while (start !== undefined && at - start.getTime() < lastsMs + CLOCK_CHANGE_MS_MAX) {
      const local = new CronDate(start, timeZone);
      if (!free.has(dayOf(local)) && at < endOf(local, lastsMs, timeZone)) return true;
      [start] = each.previousRuns(1, start);
    }
    return false;
  };
  return latestOf((at) => crons.some((each) => isOn(each, at)));
}

/** Many notices are asked for at one moment, and a look into the calendar takes some 50 µs. */
function latestOf(shift: Shift): Shift {
  let last: { readonly at: number; readonly isOn: boolean } | undefined;
  return (at) => {
    if (last?.at !== at) last = { at, isOn: shift(at) };
    return last.isOn;
  };
}

/** no-wildcard: a start that falls into the hour that a clock leaves out comes right after it, also from a list. */
function cron(pattern: string, timezone: string): Cron {
  return new Cron(pattern, { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
}

/** The moment at which the zone's clock shows the start plus what it lasts. */
function endOf(local: CronDate, lastsMs: number, timeZone: string): number {
  const { year, month, day, hour, minute, second } = local;
  const wall = new Date(Date.UTC(year, month, day, hour, minute, second) + lastsMs);
  return new CronDate(wall.toISOString().slice(0, 19), timeZone).getDate(false).getTime();
}

function dayOf({ year, month, day }: CronDate): string {
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
}
