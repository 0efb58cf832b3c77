// The devices of the plant as they are known right now: what files say, what births say, when each was last heard.
// Pure bookkeeping; main.ts publishes the changes. Bounded: a flood of invented device ids forgets the longest silent one.

import type { DeviceEntry, DeviceView } from '#domain/device.ts';
import type { Refusal } from '#domain/rejected.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { DeviceModel, PlantFiles } from '#runtime/plant-files.ts';
import type { Birth } from './birth.ts';

/** A device's "last seen" is published at most this often; everything else at once. */
const SEEN_EVERY_MS = 10_000;
const DEVICES_MAX = 100_000;

type Entry = {
  view: DeviceView;
  model: DeviceModel | null;
  readonly file: DeviceEntry | undefined;
  publishedSeenAt: number;
};

export class DeviceRegistry {
  readonly #files: PlantFiles;
  readonly #limit: number;
  /** Devices of the files: never forgotten. */
  readonly #named = new Map<string, Entry>();
  /** All others, the longest silent one first. */
  readonly #others = new Map<string, Entry>();
  readonly #changed = new Set<Entry>();

  /** @param limit devices remembered besides those of the files */
  constructor(files: PlantFiles, limit = DEVICES_MAX) {
    this.#files = files;
    this.#limit = limit;
    for (const device of files.devices.values()) this.#changed.add(this.#entry(device));
  }

  get size(): number {
    return this.#named.size + this.#others.size;
  }

  /** The model that checks the device's metrics; null where none is known. */
  modelOf(name: DeviceName): DeviceModel | null {
    return this.#entry(name).model;
  }

  /** A message of the device arrived. */
  seen(name: DeviceName, now: number): void {
    const entry = this.#entry(name);
    const isNew = entry.view.lastSeen === null;
    entry.view = { ...entry.view, lastSeen: now };
    // The distance, not the difference: after a clock that stepped back, "last seen" must not stand still until it caught up.
    if (isNew || Math.abs(now - entry.publishedSeenAt) >= SEEN_EVERY_MS) this.#changed.add(entry);
  }

  /** The device said what it is, or whether it is there. Files win over births. */
  born(name: DeviceName, birth: Birth): void {
    const entry = this.#entry(name);
    const { file, view } = entry;
    const model = file?.model ?? birth.model ?? view.model;
    entry.model = model === null ? null : (this.#files.models.get(model) ?? null);
    entry.view = {
      ...view,
      model,
      role: file?.role ?? birth.role ?? view.role,
      labels: birth.labels === undefined ? view.labels : { ...birth.labels, ...file?.labels },
      firmware: birth.firmware ?? view.firmware,
      online: birth.online ?? view.online,
    };
    this.#changed.add(entry);
  }

  refused(name: DeviceName, refusal: Refusal, now: number): void {
    const entry = this.#entry(name);
    entry.view = { ...entry.view, lastError: { at: now, reason: refusal.reason, message: refusal.message } };
    this.#changed.add(entry);
  }

  /** Every device that has changed since the last call. */
  takeChanges(now: number): DeviceView[] {
    const views: DeviceView[] = [];
    for (const entry of this.#changed) {
      entry.publishedSeenAt = now;
      views.push(entry.view);
    }
    this.#changed.clear();
    return views;
  }

  #entry(name: DeviceName): Entry {
    const id = deviceKey(name);
    const named = this.#named.get(id);
    if (named !== undefined) return named;
    const known = this.#others.get(id);
    if (known !== undefined) {
      // Re-inserting keeps the map in order of last use.
      this.#others.delete(id);
      this.#others.set(id, known);
      return known;
    }
    const { site, area, device } = name;
    const file = this.#files.devices.get(id);
    const model = file?.model ?? null;
    const entry: Entry = {
      view: {
        site,
        area,
        device,
        model,
        role: file?.role ?? null,
        labels: file?.labels ?? {},
        online: null,
        lastSeen: null,
        firmware: null,
        lastError: null,
      },
      model: model === null ? null : (this.#files.models.get(model) ?? null),
      file,
      publishedSeenAt: 0,
    };
    if (file === undefined) this.#others.set(id, entry);
    else this.#named.set(id, entry);
    if (this.#others.size > this.#limit) this.#forgetOne();
    return entry;
  }

  #forgetOne(): void {
    const [oldest] = this.#others;
    if (oldest === undefined) return;
    this.#others.delete(oldest[0]);
    this.#changed.delete(oldest[1]);
  }
}
