// What services have told of themselves in the last minutes, each at so many moments. Bounded in services, numbers and moments: what
// does not fit is left out, and of a number that is not on the page nothing is kept.

import type { Point } from '#domain/point.ts';
import { SERVICES, type ServiceName } from '#domain/service.ts';
import { PIPELINE_NUMBERS } from '../api/pipeline.ts';

/** All that one process told at one moment, by the name of the metric. */
export type Telling = { readonly at: number; readonly numbers: Map<string, number> };

/** Of every service that may be one of several, as many as there are shards, and the others. */
const DEVICES_MAX = 256;
/** Ten minutes, as often as services tell by default. */
const TELLINGS_MAX = 21;
/** Far above the labels of ours. */
const NUMBERS_MAX = 200;
/** A process' clock may run this far ahead of ours; what lies farther ahead must not keep the true numbers out. */
const CLOCK_AHEAD_MS_MAX = 60_000;

const METRICS = Object.values(PIPELINE_NUMBERS).map(({ metric }) => metric);
const WHOLE: ReadonlySet<string> = new Set(METRICS);
const BEGINNINGS = METRICS.filter((metric) => metric.endsWith('/*')).map((metric) => metric.slice(0, -1));

export class Tellings {
  readonly #byDevice = new Map<string, Telling[]>();
  #revision = 0;

  /** Another one after every change. */
  get revision(): number {
    return this.#revision;
  }

  put({ series, value, measuredAt }: Point, receivedAt: number): void {
    const { device, metric } = series;
    if (typeof value !== 'number') return;
    const tellings = this.#byDevice.get(device) ?? this.#add(device);
    const telling = tellings && tellingAt(tellings, measuredAt, receivedAt);
    // Also where the number itself is not shown: that it came says that the way is open.
    if (telling === undefined) return;
    this.#revision++;
    if (isShown(metric) && telling.numbers.size < NUMBERS_MAX) telling.numbers.set(metric, value);
  }

  /** The oldest first; none of a device that has told nothing. */
  of(device: string): readonly Telling[] {
    return this.#byDevice.get(device) ?? [];
  }

  devices(): Iterable<string> {
    return this.#byDevice.keys();
  }

  #add(device: string): Telling[] | undefined {
    if (serviceOfDevice(device) === undefined || this.#byDevice.size >= DEVICES_MAX) return undefined;
    const tellings: Telling[] = [];
    this.#byDevice.set(device, tellings);
    return tellings;
  }
}

/** `writer-1` is a writer; undefined for what is none of our services. */
export function serviceOfDevice(device: string): ServiceName | undefined {
  return SERVICES.find((service) => device === service || device.startsWith(`${service}-`));
}

function isShown(metric: string): boolean {
  return WHOLE.has(metric) || BEGINNINGS.some((beginning) => metric.startsWith(beginning));
}

/** The points of one telling may come in several batches; undefined for what came too late. */
function tellingAt(tellings: Telling[], at: number, receivedAt: number): Telling | undefined {
  const last = tellings.at(-1);
  if (last?.at === at) return last;
  if (last !== undefined && last.at > at) {
    const known = tellings.find((each) => each.at === at);
    if (known !== undefined || last.at <= receivedAt + CLOCK_AHEAD_MS_MAX) return known;
    tellings.length = 0; // its clock was ahead, and has been set
  }
  const telling = { at, numbers: new Map<string, number>() };
  tellings.push(telling);
  if (tellings.length > TELLINGS_MAX) tellings.shift();
  return telling;
}
