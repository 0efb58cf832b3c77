// The devices of the plant as they are known right now: what files say, what births say, when each was last heard.
// Pure bookkeeping; open-ingest.ts publishes the changes. Bounded: past so many devices that no file names, and past so many
// metrics, a new one is refused until one that has long been silent is forgotten.

import type { DeviceEntry, DeviceView } from '#domain/device.ts';
import type { Refusal } from '#domain/rejected.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { PlantFiles } from '#runtime/plant-files.ts';
import type { Birth } from './birth.ts';
import { KnownDevice, type Seat, type SeatPlan } from './known-device.ts';
import { contradictionsOf } from './metric-knowledge.ts';

/** A device's "last seen" is published at most this often; everything else at once. */
const SEEN_EVERY_MS = 10_000;
/** All are looked through for such, so not for every stranger. */
const LOOK_EVERY_MS = 60_000;
/** What is silent is told again so often, for those who keep a history of devices. */
const RETOLD_MS = 60 * 60_000;
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
  /** All others, in the order they came. */
  readonly #others = new Map<string, KnownDevice>();
  readonly #changed = new Set<KnownDevice>();
  #metrics = 0;
  #lookedAt = 0;
  #retoldAt = 0;
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
    if (other !== undefined) return other;
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
  sit(device: KnownDevice, metric: string, seat: SeatPlan): Seat | Refusal {
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
    device.rate.take(now);
    // The distance, not the difference: after a clock that stepped back, "last seen" must not stand still until it caught up.
    if (device.lastSeen === null || Math.abs(now - device.toldAt) >= SEEN_EVERY_MS) this.#changed.add(device);
    device.lastSeen = now;
    device.firstSeen ??= this.#firstSeenAt(device.key, now);
  }

  /** The device said what it is, or whether it is there. Files win over births. */
  born(device: KnownDevice, birth: Birth): void {
    const { file, about } = device;
    const model = file?.model ?? birth.model ?? about.model;
    this.#learn(device, model, birth);
    const isOtherModel = file?.model != null && birth.model !== undefined && birth.model !== file.model;
    const saysNothing = birth.metrics === undefined && birth.model === undefined;
    device.about = {
      ...about,
      model,
      role: file?.role ?? birth.role ?? about.role,
      labels: birth.labels === undefined ? about.labels : { ...birth.labels, ...device.model?.labels, ...file?.labels },
      firmware: birth.firmware ?? about.firmware,
      rssi: birth.rssi ?? about.rssi,
      resetCause: birth.resetCause ?? about.resetCause,
      online: birth.online ?? about.online,
      contradictions: saysNothing
        ? about.contradictions
        : [
            ...(isOtherModel ? [`it says that it is a ${birth.model}; its file says ${file.model}`] : []),
            ...contradictionsOf(device.model, device.declared),
          ],
    };
    this.#changed.add(device);
  }

  /** A source says of which model its devices are; files and births go before. */
  suppose(device: KnownDevice, model: string): void {
    const { about } = device;
    if (about.model !== null) return;
    this.#learn(device, model, {});
    device.about = { ...about, model, labels: { ...device.model?.labels, ...about.labels } };
    this.#changed.add(device);
  }

  refused(device: KnownDevice, { reason, message }: Refusal, now: number): void {
    device.about = { ...device.about, lastError: { at: now, reason, message } };
    this.#changed.add(device);
  }

  /** Every device that has changed since the last call. */
  takeChanges(now: number): DeviceView[] {
    this.#retell(now);
    const views: DeviceView[] = [];
    for (const device of this.#changed) {
      device.toldAt = now;
      views.push(device.viewAt(now));
    }
    this.#changed.clear();
    return views;
  }

  #retell(now: number): void {
    if (Math.abs(now - this.#retoldAt) < LOOK_EVERY_MS) return;
    this.#retoldAt = now;
    for (const devices of [this.#named, this.#others]) {
      for (const device of devices.values()) if (Math.abs(now - device.toldAt) >= RETOLD_MS) this.#changed.add(device);
    }
  }

  #learn(device: KnownDevice, model: string | null, { metrics }: Birth): void {
    const written = model === null ? null : (this.#files.models.get(model) ?? null);
    const before = device.seats.size;
    device.learn(written, metrics);
    this.#metrics -= before - device.seats.size;
  }

  #make(key: string, entry: DeviceEntry, file: DeviceEntry | undefined): KnownDevice {
    const device = new KnownDevice(entry, file);
    this.#learn(device, entry.model, {});
    (file === undefined ? this.#others : this.#named).set(key, device);
    return device;
  }

  #firstSeenAt(key: string, now: number): number {
    const known = this.#firstSeen.of(key);
    if (known === undefined) this.#firstSeen.add(key, now);
    return known ?? now;
  }

  /** Whether those that have been silent for long have given their places; looked for at most every so often. */
  #forgetSilent(now: number): boolean {
    if (Math.abs(now - this.#lookedAt) < LOOK_EVERY_MS) return false;
    this.#lookedAt = now;
    const before = this.#others.size;
    for (const [key, device] of this.#others) {
      // What was never heard (a birth that the broker had kept) goes too.
      if (device.lastSeen !== null && now - device.lastSeen < SILENT_MS) continue;
      device.isForgotten = true;
      this.#others.delete(key);
      this.#changed.delete(device);
      this.#metrics -= device.seats.size;
    }
    return this.#others.size < before;
  }
}
