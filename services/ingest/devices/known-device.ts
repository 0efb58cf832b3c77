// One device as ingest knows it: what files and births say, when it was heard, and a seat for each of its metrics, where what a
// value must be like is looked up once and not with every sample.

import type { DeviceEntry, DeviceView } from '#domain/device.ts';
import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import type { Series } from '#domain/series.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { ClockSkew } from './clock-skew.ts';
import { MessageRate } from './message-rate.ts';
import type { Declared, MetricKnowledge } from './metric-knowledge.ts';

/** A metric's place: its series, how its values are checked, and the newest that is safe. */
export type Seat = {
  readonly series: Series;
  /** null: no model and no birth says anything of it, so nothing is checked. */
  readonly knowledge: MetricKnowledge | null;
  /** The newest point that the broker has: the same once more is a repeat. */
  readonly sure: { at: number; value: Value | null; quality: Quality };
};

const NOTHING: Declared = new Map();

export class KnownDevice {
  /** What a file of rules/devices says of it. */
  readonly file: DeviceEntry | undefined;
  readonly skew = new ClockSkew();
  readonly rate = new MessageRate();
  view: DeviceView;
  /** When the view was last told, ms. */
  toldAt = 0;
  #model: DeviceModel | null = null;
  #declared = NOTHING;
  #seats = new Map<string, Seat>();
  /** Seats from before the device was known as what it is now. */
  #old: ReadonlyMap<string, Seat> = new Map();

  constructor(view: DeviceView, file: DeviceEntry | undefined) {
    this.view = view;
    this.file = file;
  }

  get model(): DeviceModel | null {
    return this.#model;
  }

  get declared(): Declared {
    return this.#declared;
  }

  get seats(): ReadonlyMap<string, Seat> {
    return this.#seats;
  }

  /** What its metrics are like from now on. Seats are made anew, and keep what is newest in them. */
  learn(model: DeviceModel | null, declared: Declared = this.#declared): void {
    if (model === this.#model && declared === this.#declared) return;
    this.#model = model;
    this.#declared = declared;
    if (this.#seats.size > 0) this.#old = this.#seats;
    this.#seats = new Map();
  }

  sit(metric: string, seat: Pick<Seat, 'series' | 'knowledge'>): Seat {
    const sure = this.#old.get(metric)?.sure ?? { at: Number.NEGATIVE_INFINITY, value: null, quality: 'bad' };
    const made: Seat = { ...seat, sure };
    this.#seats.set(metric, made);
    return made;
  }
}
