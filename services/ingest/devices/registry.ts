// The devices of the plant as they are known right now: what files say, what births say, when each was last heard.
// Pure bookkeeping; open-ingest.ts publishes the changes. Bounded: past so many devices that no file names, and past so many
// metrics, a new one is refused until one that has long been silent is forgotten.

import { type DeviceEntry, type DeviceView, UNHEARD } from '#domain/device.ts';
import type { Refusal } from '#domain/rejected.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { PlantFiles } from '#runtime/plant-files.ts';
import type { Birth } from './birth.ts';
import { KnownDevice, type Seat } from './known-device.ts';
import { contradictionsOf } from './metric-knowledge.ts';

/** A device's "last seen" is published at most this often; everything else at once. */
const SEEN_EVERY_MS = 10_000;
/** A device that no file names gives its place to another after so much silence. */
const SILENT_MS = 7 * 86_400_000;

export type RegistryLimits = {
  /** Devices besides those of the files. */
  readonly devices: number;
  /** Metrics of all devices together. */
  readonly metrics: number;
};

/** When devices were first seen, over restarts. */
export type FirstSeen = {
  readonly of: (key: string) => number | undefined;
  readonly add: (key: string, at: number) => void;
};

export class DeviceRegistry {
  readonly #files: PlantFiles;
  readonly #limits: RegistryLimits;
  readonly #firstSeen: FirstSeen;
  /** Devices of the files: never forgotten. */
  readonly #named = new Map<string, KnownDevice>();
  /** All others, the longest silent one first. */
  readonly #others = new Map<string, KnownDevice>();
  readonly #changed = new Set<KnownDevice>();
  #metrics = 0;
  #refused = { devices: 0, metrics: 0 };

  constructor(files: PlantFiles, limits: RegistryLimits, firstSeen: FirstSeen) {
    this.#files = files;
    this.#limits = limits;
    this.#firstSeen = firstSeen;
    for (const device of files.devices.values()) this.#changed.add(this.#make(deviceKey(device), device, device));
  }

  get size(): number {
    return this.#named.size + this.#others.size;
  }

  get metrics(): number {
    return this.#metrics;
  }

  /** How many messages and metrics were refused since it was last asked, for want of room. */
  takeRefused(): { readonly devices: number; readonly metrics: number } {
    const refused = this.#refused;
    this.#refused = { devices: 0, metrics: 0 };
    return refused;
  }

  /** The device of that name, or why there is no room for one more. */
  device(name: DeviceName, now: number): KnownDevice | Refusal {
    const key = deviceKey(name);
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const other = this.#others.get(key);
    if (other !== undefined) {
      // Re-inserting keeps the map in order of last use.
      this.#others.delete(key);
      this.#others.set(key, other);
      return other;
    }
    if (this.#others.size >= this.#limits.devices && !this.#forgetSilent(now)) {
      this.#refused.devices++;
      const message = `there are ${this.#others.size} devices already that no file names (ingest.devicesMax), so '${key}' is not taken; name it in rules/devices`;
      return { reason: 'cardinality', message };
    }
    return this.#make(key, { ...name, model: null, role: null, labels: {} }, undefined);
  }

  /** A device that is there already; undefined where it is not. */
  known(name: DeviceName): KnownDevice | undefined {
    const key = deviceKey(name);
    return this.#named.get(key) ?? this.#others.get(key);
  }

  /** A seat for one more metric of the device, or why there is no room. */
  sit(device: KnownDevice, metric: string, seat: Pick<Seat, 'series' | 'knowledge'>): Seat | Refusal {
    // Of a device that a file names with its model there is always room: its metrics are counted by the model.
    const isWritten = device.file !== undefined && device.model?.metrics.has(metric) === true;
    if (!isWritten && this.#metrics >= this.#limits.metrics) {
      this.#refused.metrics++;
      const message = `there are ${this.#metrics} metrics already (ingest.metricsMax), so '${metric.slice(0, 64)}' is not taken; say in a model which metrics there are`;
      return { reason: 'cardinality', message };
    }
    this.#metrics++;
    return device.sit(metric, seat);
  }

  /** A message of the device arrived. */
  seen(device: KnownDevice, now: number): void {
    const { view } = device;
    device.rate.take(now);
    const firstSeen = view.firstSeen ?? this.#firstSeenAt(view, now);
    const isNew = view.lastSeen === null;
    device.view = { ...view, firstSeen, lastSeen: now };
    // The distance, not the difference: after a clock that stepped back, "last seen" must not stand still until it caught up.
    if (isNew || Math.abs(now - device.toldAt) >= SEEN_EVERY_MS) this.#changed.add(device);
  }

  /** The device said what it is, or whether it is there. Files win over births. */
  born(device: KnownDevice, birth: Birth): void {
    const { file, view } = device;
    const model = file?.model ?? birth.model ?? view.model;
    this.#learn(device, model, birth);
    const isOtherModel = file?.model != null && birth.model !== undefined && birth.model !== file.model;
    const said = birth.metrics === undefined && birth.model === undefined;
    device.view = {
      ...view,
      model,
      role: file?.role ?? birth.role ?? view.role,
      labels: birth.labels === undefined ? view.labels : { ...birth.labels, ...device.model?.labels, ...file?.labels },
      firmware: birth.firmware ?? view.firmware,
      online: birth.online ?? view.online,
      contradictions: said
        ? view.contradictions
        : [
            ...(isOtherModel ? [`it says that it is a ${birth.model}; its file says ${file.model}`] : []),
            ...contradictionsOf(device.model, device.declared),
          ],
    };
    this.#changed.add(device);
  }

  /** A source says of which model its devices are; files and births go before. */
  suppose(device: KnownDevice, model: string): void {
    if (device.view.model !== null) return;
    this.#learn(device, model, {});
    device.view = { ...device.view, model, labels: { ...device.model?.labels, ...device.view.labels } };
    this.#changed.add(device);
  }

  refused(device: KnownDevice, refusal: Refusal, now: number): void {
    device.view = { ...device.view, lastError: { at: now, reason: refusal.reason, message: refusal.message } };
    this.#changed.add(device);
  }

  /** Every device that has changed since the last call. */
  takeChanges(now: number): DeviceView[] {
    const views: DeviceView[] = [];
    for (const device of this.#changed) {
      device.toldAt = now;
      device.view = { ...device.view, clockSkewMs: device.skew.ms, messagesPerMinute: device.rate.perMinute(now) };
      views.push(device.view);
    }
    this.#changed.clear();
    return views;
  }

  #learn(device: KnownDevice, model: string | null, { metrics }: Birth): void {
    const written = model === null ? null : (this.#files.models.get(model) ?? null);
    const before = device.seats.size;
    device.learn(written, metrics);
    this.#metrics -= before - device.seats.size;
  }

  #make(key: string, entry: DeviceEntry, file: DeviceEntry | undefined): KnownDevice {
    const device = new KnownDevice({ ...entry, ...UNHEARD }, file);
    this.#learn(device, entry.model, {});
    (file === undefined ? this.#others : this.#named).set(key, device);
    return device;
  }

  #firstSeenAt(view: DeviceView, now: number): number {
    const key = deviceKey(view);
    const known = this.#firstSeen.of(key);
    if (known === undefined) this.#firstSeen.add(key, now);
    return known ?? now;
  }

  /** Whether one that has been silent for long has given its place. */
  #forgetSilent(now: number): boolean {
    const [oldest] = this.#others;
    if (oldest === undefined) return false;
    const [key, device] = oldest;
    // What was never heard (a birth that the broker had kept) is the first to go.
    if (device.view.lastSeen !== null && now - device.view.lastSeen < SILENT_MS) return false;
    this.#others.delete(key);
    this.#changed.delete(device);
    this.#metrics -= device.seats.size;
    return true;
  }
}
