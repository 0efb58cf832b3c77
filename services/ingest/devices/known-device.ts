// One device as ingest knows it: what files and births say, when it was heard, and a seat for each of its metrics, where what a
// value must be like is looked up once and not with every sample.

import { type DeviceEntry, type DeviceView, UNHEARD } from '#domain/device.ts';
import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import type { Series } from '#domain/series.ts';
import { isOfPipeline } from '#domain/service.ts';
import { deviceKey } from '#domain/topic.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { linePrefix } from '../lines/point-line.ts';
import { ClockSkew } from './clock-skew.ts';
import { MessageRate } from './message-rate.ts';
import type { Declared, MetricKnowledge } from './metric-knowledge.ts';

/** A metric's place: its series, how its values are checked, and the newest that is safe. */
export type Seat = {
  readonly series: Series;
  /** See lines/point-line.ts. */
  readonly linePrefix: Uint8Array;
  /** null: no model and no birth says anything of it, so nothing is checked. */
  readonly knowledge: MetricKnowledge | null;
  /** The newest point that the broker has: the same once more is a repeat. */
  readonly sure: { at: number; value: Value | null; quality: Quality };
  /** The time that was given to the newest of its points that had none. */
  readonly given: { at: number };
};

/** What every message changes of a view. */
type Heard = Pick<DeviceView, 'firstSeen' | 'lastSeen' | 'clockSkewMs' | 'messagesPerMinute'>;

/** What a seat is made of. */
export type SeatPlan = Pick<Seat, 'series' | 'knowledge'>;

const NOTHING: Declared = new Map();

export class KnownDevice {
  /** What a file of rules/devices says of it. */
  readonly file: DeviceEntry | undefined;
  /** `site/area/device`. */
  readonly key: string;
  readonly skew = new ClockSkew();
  readonly rate = new MessageRate();
  /** All but what every message changes. */
  about: Omit<DeviceView, keyof Heard>;
  /** When the first and the newest of its messages came, ms since the epoch. */
  firstSeen: number | null = null;
  lastSeen: number | null = null;
  /** When the view was last told, ms. */
  toldAt = 0;
  /** It has given its place to another: whoever holds it must ask for it anew. */
  isForgotten = false;
  /** Whether Home Assistant is told of it: not of one that has come from there or is there already, nor of our own services. */
  isAnnounced: boolean;
  #model: DeviceModel | null = null;
  #declared = NOTHING;
  #seats = new Map<string, Seat>();
  /** By place in a record: devices send the same metrics in the same order all day. */
  #usual: (Seat | undefined)[] = [];
  /** Seats from before the device was known as what it is now. */
  #old: ReadonlyMap<string, Seat> = new Map();

  constructor(entry: DeviceEntry, file: DeviceEntry | undefined) {
    this.key = deviceKey(entry);
    this.about = { ...entry, ...UNHEARD };
    this.file = file;
    this.isAnnounced = !isOfPipeline(entry);
  }

  /** Its view as it is told at this moment. */
  viewAt(now: number): DeviceView {
    const { about, firstSeen, lastSeen, skew, rate } = this;
    return { ...about, firstSeen, lastSeen, clockSkewMs: skew.ms, messagesPerMinute: rate.perMinute(now) };
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
    this.#usual = [];
  }

  /** The seat of the metric that stands at that place of a record; undefined where it has none yet. */
  seatOf(metric: string, place: number): Seat | undefined {
    const usual = this.#usual[place];
    if (usual !== undefined && usual.series.metric === metric) return usual;
    const seat = this.#seats.get(metric);
    if (seat !== undefined) this.#usual[place] = seat;
    return seat;
  }

  sit(metric: string, seat: SeatPlan): Seat {
    const {
      sure = { at: Number.NEGATIVE_INFINITY, value: null, quality: 'bad' },
      given = { at: Number.NEGATIVE_INFINITY },
    } = this.#old.get(metric) ?? {};
    const made: Seat = { ...seat, linePrefix: linePrefix(seat.series), sure, given };
    this.#seats.set(metric, made);
    return made;
  }
}
