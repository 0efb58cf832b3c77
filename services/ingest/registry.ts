// The devices of the plant as they are known right now: what files say, what births say, when each was last heard.
// Pure bookkeeping; main.ts publishes the changes. Bounded: a flood of invented device ids forgets the longest silent one.

import type { DeviceView } from '#domain/device.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { DeviceEntry, DeviceModel, PlantFiles } from '#runtime/plant-files.ts';
import type { Refusal } from './record.ts';

/** A device's "last seen" is published at most this often; everything else at once. */
const SEEN_EVERY_MS = 10_000;
const DEVICES_MAX = 100_000;

type Entry = {
  view: DeviceView;
  model: DeviceModel | null;
  readonly file: DeviceEntry | undefined;
  isChanged: boolean;
  publishedSeenAt: number;
};

/** What a birth (`meta`, `status`) may say of its device. */
export type Birth = {
  readonly model?: string;
  readonly role?: string;
  readonly labels?: { readonly [name: string]: string };
  readonly firmware?: string;
  readonly online?: boolean;
};

export class DeviceRegistry {
  readonly #files: PlantFiles;
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new Set<Entry>();

  constructor(files: PlantFiles) {
    this.#files = files;
    for (const device of files.devices.values()) this.#mark(this.#entry(device));
  }

  get size(): number {
    return this.#entries.size;
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
    if (isNew || now - entry.publishedSeenAt >= SEEN_EVERY_MS) this.#mark(entry);
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
      labels: { ...view.labels, ...birth.labels, ...file?.labels },
      firmware: birth.firmware ?? view.firmware,
      online: birth.online ?? view.online,
    };
    this.#mark(entry);
  }

  refused(name: DeviceName, refusal: Refusal, now: number): void {
    const entry = this.#entry(name);
    entry.view = { ...entry.view, lastError: { at: now, reason: refusal.reason, message: refusal.message } };
    this.#mark(entry);
  }

  /** Every device that has changed since the last call. */
  takeChanges(now: number): DeviceView[] {
    const views: DeviceView[] = [];
    for (const entry of this.#changed) {
      entry.isChanged = false;
      entry.publishedSeenAt = now;
      views.push(entry.view);
    }
    this.#changed.clear();
    return views;
  }

  #mark(entry: Entry): void {
    if (entry.isChanged) return;
    entry.isChanged = true;
    this.#changed.add(entry);
  }

  #entry({ site, area, device }: DeviceName): Entry {
    const id = `${site}/${area}/${device}`;
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
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
      isChanged: false,
      publishedSeenAt: 0,
    };
    this.#entries.set(id, entry);
    if (this.#entries.size > DEVICES_MAX) this.#forgetOne();
    return entry;
  }

  #forgetOne(): void {
    for (const [id, entry] of this.#entries) {
      if (entry.file !== undefined || entry.isChanged) continue;
      this.#entries.delete(id);
      return;
    }
  }
}
