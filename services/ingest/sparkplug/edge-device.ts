// A device of an edge node, or the node itself: what its birth says of its metrics, and whether that is still so.

import type { DeviceName } from '#domain/topic.ts';
import type { Birth } from '../devices/birth.ts';
import type { DeclaredMetric } from '../devices/metric-knowledge.ts';
import type { RawRecord } from '../record.ts';
import type { BirthMetric, BirthMetrics } from './birth-metrics.ts';
import { datatypeOf } from './datatype.ts';

/** Where a birth stands among the messages of its node: what decides whether a message may be read by it. */
export type BirthOrder = {
  readonly count: number;
  /** Read from our own disk: it came before this life of ours. */
  readonly isRestored: boolean;
  readonly qos: 0 | 1;
  readonly sentAt: number | null;
  readonly mark: number;
};

/** awaited: its node was born anew, and it was not yet. */
export type DeviceState =
  | { readonly kind: 'born' }
  | { readonly kind: 'awaited'; readonly since: number }
  | { readonly kind: 'dead' };

/** Further ahead than this a time is none (normaliser.ts), and the one of arrival counts. */
const FUTURE_MS_MAX = 5_000;

export class EdgeDevice {
  /** null: the edge node itself. */
  readonly id: string | null;
  readonly name: DeviceName;
  state: DeviceState;
  metrics: BirthMetrics;
  order: BirthOrder;
  /** Of what it has measured, by its own clock. */
  #newestAt = Number.NEGATIVE_INFINITY;
  /** When its values were last said to be stale. */
  #staleAt: number | null = null;

  constructor(
    id: string | null,
    name: DeviceName,
    { metrics, order }: { readonly metrics: BirthMetrics; readonly order: BirthOrder },
  ) {
    this.id = id;
    this.name = name;
    this.metrics = metrics;
    this.order = order;
    this.state = { kind: 'born' };
  }

  /** For sentences. */
  get who(): string {
    const { site, area, device } = this.name;
    return `${device} of ${site}/${area}`;
  }

  born(metrics: BirthMetrics, order: BirthOrder): void {
    this.metrics = metrics;
    this.order = order;
    this.state = { kind: 'born' };
  }

  /** It was known to be dead before a restart of ours. */
  restoreDead(at: number): void {
    this.state = { kind: 'dead' };
    this.#staleAt = at;
  }

  /** What was measured is on its way. */
  note(records: readonly RawRecord[], now: number): void {
    for (const { measuredAt, isHistory } of records) {
      if (isHistory) continue;
      const at = measuredAt === null || measuredAt > now + FUTURE_MS_MAX ? now : measuredAt;
      this.#newestAt = Math.max(this.#newestAt, at);
    }
  }

  /**
   * The time of a value that a birth says. It may have been measured before the device died; that it is the value is news.
   * @param sentAt of the birth
   */
  timeInBirth(said: number | null, sentAt: number | null): number | null {
    if (this.#staleAt === null || (said !== null && said > this.#staleAt)) return said;
    return Math.max(sentAt ?? 0, this.#staleAt + 1);
  }

  /**
   * It is gone: each metric has no value from now on. @param saidAt when that was, where somebody says so who knows
   */
  die(saidAt: number | null, now: number): RawRecord {
    const isUsable = saidAt !== null && saidAt > this.#newestAt && saidAt <= now;
    // After its newest value, also where its clock is ahead of ours: an older point would not be the last word.
    const at = isUsable ? saidAt : Math.max(now, this.#newestAt + 1);
    this.state = { kind: 'dead' };
    this.#staleAt = at;
    this.#newestAt = at;
    const metrics = this.metrics.measured().map(({ name }) => ({ metric: name, value: null, quality: 'bad' }) as const);
    return { measuredAt: at, isHistory: false, sequence: null, isWhole: true, metrics };
  }

  /** What its birth says, as the registry of devices takes it. */
  said(firmware: string | null): Birth {
    return {
      online: true,
      metrics: new Map(this.metrics.measured().map((metric) => [metric.name, declared(metric)])),
      ...(firmware === null ? {} : { firmware }),
    };
  }
}

function declared({ datatype, unit, low, high }: BirthMetric): DeclaredMetric {
  const type = datatypeOf(datatype)?.kind;
  const isRange = low !== null && high !== null && low < high;
  return {
    ...(type === undefined ? {} : { type }),
    ...(unit === null ? {} : { unit }),
    ...(isRange ? { min: low, max: high } : {}),
  };
}
