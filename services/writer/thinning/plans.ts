// Which metrics of which devices are thinned: the registry says of which model a device is (by a file, its birth or its source),
// the files say which metrics of a model are thinned. What is new of that goes into the journal, so that a replay thins as before.

import { isDeepStrictEqual } from 'node:util';
import { parseDeviceView } from '#domain/device.ts';
import { type DeviceName, deviceKey, parseTopic } from '#domain/topic.ts';
import type { Delivery } from '#runtime/bus.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { thinningOf } from '#runtime/thinning-model.ts';
import type { Plan } from './thinner.ts';

type Metrics = Plan['metrics'];

export type PlansOptions = {
  readonly models: ReadonlyMap<string, DeviceModel>;
  /** What an earlier life has left. */
  readonly known: Iterable<Plan>;
  /** Series that are thinned at once; of a device for which there is no room, all points are kept. */
  readonly seriesMax: number;
  /** Called for each device of which something is new. */
  readonly tell: (plan: Plan) => void;
};

const NOTHING: Metrics = {};

export class Plans {
  readonly #options: PlansOptions;
  readonly #models: ReadonlyMap<string, Metrics>;
  readonly #told = new Map<string, Plan>();
  /** Series of devices for which there is no room. */
  readonly #refused = new Map<string, number>();
  #series = 0;

  constructor(options: PlansOptions) {
    this.#options = options;
    this.#models = new Map([...options.models].map(([name, model]) => [name, metricsOf(model)]));
    for (const plan of options.known) {
      this.#told.set(deviceKey(plan), plan);
      this.#series += sizeOf(plan.metrics);
    }
    // The files may be others than those that the earlier life has read.
    for (const plan of [...this.#told.values()]) this.#set(plan, plan.model);
  }

  /** Whether the registry matters at all. */
  get isNeeded(): boolean {
    return [...this.#models.values()].some((metrics) => metrics !== NOTHING);
  }

  get series(): number {
    return this.#series;
  }

  /** Series that models want thinned and that are not. */
  get refused(): number {
    return [...this.#refused.values()].reduce((sum, each) => sum + each, 0);
  }

  /** What the registry says of a device. */
  take({ topic, payload, ack }: Delivery): void {
    ack();
    const name = parseTopic(topic);
    if (name?.kind !== 'registry') return;
    const model = payload.length === 0 ? null : modelIn(payload);
    if (model !== undefined) this.#set(name, model);
  }

  #set(name: DeviceName, model: string | null): void {
    const key = deviceKey(name);
    const told = this.#told.get(key);
    const wanted = this.#models.get(model ?? '') ?? NOTHING;
    if (wanted === (told?.metrics ?? NOTHING)) return;
    const others = this.#series - sizeOf(told?.metrics ?? NOTHING);
    const hasRoom = wanted === NOTHING || others + sizeOf(wanted) <= this.#options.seriesMax;
    if (hasRoom) this.#refused.delete(key);
    else this.#refused.set(key, sizeOf(wanted));
    const metrics = hasRoom ? wanted : NOTHING;
    const { site, area, device } = name;
    const plan = { site, area, device, model, metrics };
    this.#series = others + sizeOf(metrics);
    if (metrics === NOTHING) this.#told.delete(key);
    else this.#told.set(key, plan);
    if (!isDeepStrictEqual(told?.metrics ?? NOTHING, metrics)) this.#options.tell(plan);
  }
}

function metricsOf({ metrics }: DeviceModel): Metrics {
  const found = [...metrics].flatMap(([name, metric]) => {
    const thinning = thinningOf(metric);
    return thinning === undefined ? [] : [[name, thinning] as const];
  });
  return found.length === 0 ? NOTHING : Object.fromEntries(found);
}

function sizeOf(metrics: Metrics): number {
  return Object.keys(metrics).length;
}

/** null: of none; undefined: the message cannot be read, and ingest, which writes it, will say it again. */
function modelIn(payload: Buffer): string | null | undefined {
  try {
    const view = parseDeviceView(JSON.parse(payload.toString('utf8')));
    return typeof view === 'string' ? undefined : view.model;
  } catch {
    return undefined;
  }
}
