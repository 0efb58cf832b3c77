// What an alarm system asks of its operators, in the numbers of ISA-18.2 and EEMUA-191: a pure fold over journal entries,
// so that a dashboard over the stored journal and a backtest say the same. Historical and shadow entries do not count: nobody
// was told of them. It judges nothing; the limits that people compare with are KPI_LIMITS.

import { type AlarmState, PRIORITIES, type Priority } from '#domain/alarm.ts';
import type { JournalEntry } from '#domain/journal.ts';
import { Chatter } from './chatter.ts';
import { DAY_MS, type Flood, HOUR_MS, TEN_MINUTES_MS, TimeBuckets } from './time-buckets.ts';

/** As secondary references cite them from ISA-18.2 and EEMUA-191: [acceptable, still manageable]. */
export const KPI_LIMITS = {
  perTenMinutes: [1, 2],
  perHour: [6, 12],
  perDay: [150, 300],
  shareOver10: 0.01,
  staleOnADay: 5,
  topTenShare: 0.05,
  priorityMix: { low: 0.8, medium: 0.15, high: 0.05 },
} as const;

/** A range below this is too short to judge an alarm system by. */
export const KPI_DAYS_PROPER = 30;
const TOP = 10;

export type Kpis = {
  /** ms since the epoch; `to` is left out. */
  readonly from: number;
  readonly to: number;
  readonly isShort: boolean;
  /** Alarms that an operator was told of: activations, rises in priority, annunciations again. */
  readonly alarms: number;
  /** null where the range is empty. */
  readonly averages: {
    readonly perTenMinutes: number;
    readonly perHour: number;
    readonly perDay: number;
  } | null;
  readonly mostInTenMinutes: number;
  /** Share of 10-minute buckets with more than 10 alarms, 0 to 1. */
  readonly shareOver10: number;
  readonly floods: readonly Flood[];
  /** Instances that were active three times within 60 s, and how often they began to. */
  readonly chattering: { readonly alarms: number; readonly bouts: number };
  /** Alarms active for over 24 h: how many in all, and on the worst day (UTC). */
  readonly stale: { readonly alarms: number; readonly mostOnADay: number };
  /** Share of the ten most frequent alarms in all; null where there was none. */
  readonly topTenShare: number | null;
  readonly top: readonly { readonly alarm: string; readonly count: number }[];
  readonly priorityMix: { readonly [priority in Priority]: number };
  readonly acknowledgement: { readonly count: number; readonly meanMs: number; readonly longestMs: number } | null;
  readonly shelved: number;
};

type Known = { priority: Priority; activeSince: number | null; unackedSince: number | null };

const ENDS: ReadonlySet<AlarmState> = new Set(['NORM', 'RTNUN', 'LATCH', 'PENDING']);

export class KpiFold {
  readonly #from: number;
  readonly #known = new Map<string, Known>();
  readonly #counts = new Map<string, number>();
  readonly #buckets = new TimeBuckets(TEN_MINUTES_MS);
  readonly #staleByDay = new TimeBuckets(DAY_MS);
  readonly #chatter = new Chatter();
  readonly #mix: { [priority in Priority]: number } = { critical: 0, high: 0, medium: 0, low: 0 };
  #alarms = 0;
  #stale = 0;
  #shelved = 0;
  #acked = 0;
  #ackMs = 0;
  #ackMsLongest = 0;

  /** Entries before `from` are taken too: they say what was active when it began, and are not counted. */
  constructor(from: number) {
    this.#from = from;
  }

  /** Entries of one alarm must come in their order. */
  take(entry: JournalEntry): void {
    if (entry.historical || entry.shadow) return;
    const alarm = `${entry.rule}/${entry.site}/${entry.area}/${entry.instance}`;
    const known = this.#known.get(alarm) ?? { priority: 'low', activeSince: null, unackedSince: null };
    this.#known.set(alarm, known);
    const isCounted = entry.journalTime >= this.#from;
    if (isAnnunciation(entry, known.priority)) this.#annunciate(alarm, entry, isCounted);
    if (isCounted && entry.event === 'SHELVED') this.#shelved++;
    this.#follow(entry, known, isCounted);
  }

  #annunciate(alarm: string, { event, priority, journalTime }: JournalEntry, isCounted: boolean): void {
    if (event === 'ACTIVE') this.#chatter.activate(alarm, journalTime, isCounted);
    if (!isCounted) return;
    this.#alarms++;
    this.#mix[priority]++;
    this.#buckets.add(journalTime);
    this.#counts.set(alarm, (this.#counts.get(alarm) ?? 0) + 1);
  }

  /** What holds after the entry. */
  #follow({ event, state, priority, journalTime, overlay }: JournalEntry, known: Known, isCounted: boolean): void {
    if (event === 'ACTIVE') {
      known.activeSince = journalTime;
      known.unackedSince = overlay === null ? journalTime : null;
    } else if (event === 'ACKED') {
      if (known.unackedSince !== null && isCounted) this.#acknowledge(journalTime - known.unackedSince);
      known.unackedSince = null;
    }
    known.priority = priority;
    if (known.activeSince === null || !(ENDS.has(state) || event === 'RETIRED')) return;
    this.#activeUntil(known.activeSince, journalTime);
    known.activeSince = null;
  }

  #acknowledge(afterMs: number): void {
    this.#acked++;
    this.#ackMs += afterMs;
    this.#ackMsLongest = Math.max(this.#ackMsLongest, afterMs);
  }

  #activeUntil(since: number, until: number): void {
    const staleFrom = Math.max(since + DAY_MS, this.#from);
    if (staleFrom >= until) return;
    this.#stale++;
    // No alarm is counted twice for a day: two of its stale episodes lie at least a day apart.
    this.#staleByDay.addRange(staleFrom, until);
  }

  /** Of everything until `to`; nothing of a later moment may have been taken. */
  result(to: number): Kpis {
    for (const known of this.#known.values()) {
      if (known.activeSince !== null) this.#activeUntil(known.activeSince, to);
      known.activeSince = null;
    }
    const from = this.#from;
    const rangeMs = to - from;
    const per = (ms: number) => (this.#alarms * ms) / rangeMs;
    const top = [...this.#counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, TOP);
    const topAlarms = top.reduce((sum, [, count]) => sum + count, 0);
    return {
      ...{ from, to, isShort: rangeMs < KPI_DAYS_PROPER * DAY_MS, alarms: this.#alarms },
      averages: rangeMs > 0 ? { perTenMinutes: per(TEN_MINUTES_MS), perHour: per(HOUR_MS), perDay: per(DAY_MS) } : null,
      mostInTenMinutes: this.#buckets.most(),
      shareOver10: this.#buckets.shareOver(10, { from, to }),
      floods: this.#buckets.floods({ from, to }),
      chattering: this.#chatter.result(),
      stale: { alarms: this.#stale, mostOnADay: this.#staleByDay.most() },
      topTenShare: this.#alarms === 0 ? null : topAlarms / this.#alarms,
      top: top.map(([alarm, count]) => ({ alarm, count })),
      priorityMix: sharesOf(this.#mix, this.#alarms),
      acknowledgement:
        this.#acked === 0
          ? null
          : { count: this.#acked, meanMs: this.#ackMs / this.#acked, longestMs: this.#ackMsLongest },
      shelved: this.#shelved,
    };
  }
}

/** Whether an operator was called: under an overlay nobody is, and a fall in priority calls nobody. */
function isAnnunciation({ event, state, priority, overlay }: JournalEntry, before: Priority): boolean {
  if (overlay !== null) return false;
  if (event === 'ACTIVE' || event === 'RE_ALARM') return true;
  if (event === 'LEVEL') return PRIORITIES.indexOf(priority) < PRIORITIES.indexOf(before);
  // What was active under an overlay is told when the overlay ends.
  return (event === 'UNSHELVED' || event === 'UNSUPPRESSED' || event === 'IN_SERVICE') && state === 'UNACK';
}

function sharesOf(counts: Kpis['priorityMix'], total: number): Kpis['priorityMix'] {
  const share = (count: number) => (total === 0 ? 0 : count / total);
  return {
    critical: share(counts.critical),
    high: share(counts.high),
    medium: share(counts.medium),
    low: share(counts.low),
  };
}
