// One device as Home Assistant is told of it: what the broker shall hold of it, held against what it holds.

import type { Point } from '#domain/point.ts';
import { type DeviceName, deviceKey, topics } from '#domain/topic.ts';
import type { KnownDevice } from '../devices/known-device.ts';
import { agesOf, announcedMetrics, mayHave } from './announced-metrics.ts';
import { type DeviceConfig, deviceConfig, withRemoved } from './device-config.ts';
import { DeviceValues, type Taken } from './device-values.ts';
import { digestOf, type HeldConfig } from './held-config.ts';

const METRICS_MAX = 200;

/** To be retained; an empty payload takes away what was. */
export type Announcement = { readonly kind: 'config' | 'values'; readonly topic: string; readonly payload: string };

export type AnnouncedDeviceParts = {
  /** Below which Home Assistant listens. */
  readonly prefix: string;
  /** Our own. */
  readonly version: string;
  readonly known: (name: DeviceName) => KnownDevice | undefined;
  /** How long a message may be. */
  readonly bytesMax: () => number;
  /** Something of a device has no room; said once of each device and reason. */
  readonly onNoRoom?: (what: string) => void;
};

export class AnnouncedDevice {
  readonly name: DeviceName;
  /** `site/area/device`. */
  readonly key: string;
  readonly #parts: AnnouncedDeviceParts;
  readonly #values = new DeviceValues(METRICS_MAX);
  /** undefined where it is only known by what the broker holds of it. */
  #device: KnownDevice | undefined;
  /** What the config was made of: it is made anew when any of it is another. */
  #basis: readonly unknown[] = [];
  #config: DeviceConfig | null = null;
  #held: HeldConfig | null = null;
  #hasHeldValues = false;
  /** Values came for which there was no room. */
  #isCut = false;

  constructor({ site, area, device }: DeviceName, parts: AnnouncedDeviceParts) {
    this.name = { site, area, device };
    this.key = deviceKey(this.name);
    this.#parts = parts;
  }

  get isAnnounced(): boolean {
    return this.#config !== null;
  }

  /** What there was no room for: metrics, and one for values that were too many or too long. */
  get leftOut(): number {
    return (this.#config?.leftOut ?? 0) + (this.#isCut ? 1 : 0);
  }

  get newestAt(): number {
    return this.#values.newestAt;
  }

  /** Looks for it where it is not known; whether it is found. */
  find(): boolean {
    if (this.#device !== undefined && !this.#device.isForgotten) return false;
    this.look();
    return this.#device !== undefined;
  }

  /** The registry may know another by the name now. */
  look(): void {
    this.#device = this.#parts.known(this.name);
  }

  /** undefined where Home Assistant is not told of the device. */
  take(metric: string, point: Pick<Point, 'value' | 'quality' | 'measuredAt'>, now: number): Taken | undefined {
    if (this.#device?.isAnnounced === false) return undefined;
    const taken = this.#values.take(metric, point, now);
    if (taken === 'no room') this.#cut(metric);
    if (taken === 'first') this.#basis = [];
    return taken;
  }

  /** What the broker holds is being read anew. */
  forgetHeld(): void {
    this.#held = null;
    this.#hasHeldValues = false;
  }

  holdsConfig(held: HeldConfig): void {
    this.#held = held;
  }

  holdsValues(payload: Buffer, now: number): void {
    this.#hasHeldValues = true;
    this.#values.restore(payload, now);
    this.#basis = [];
  }

  /** 'later' where something would be taken away that may not be yet. */
  configMessages(mayTakeAway: boolean): readonly Announcement[] | 'later' {
    const device = this.#device;
    if (device === undefined || device.isForgotten) return [];
    this.#describe(device);
    const [config, held] = [this.#config, this.#held];
    const gone = Array.from(held?.components ?? []).filter(([id]) => config?.components.has(id) !== true);
    if (!mayTakeAway && gone.length > 0) return 'later';
    if (config === null) return this.takeAway();
    const digest = digestOf(config.payload);
    if (held?.digest === digest) return [];
    this.#held = { digest, components: config.components };
    // Home Assistant removes what it is told to remove, and forgets it with the next message.
    const removing = gone.length === 0 ? [] : [withRemoved(config.payload, new Map(gone))];
    return [...removing, config.payload].map((payload) => this.#configMessage(payload));
  }

  valueMessages(now: number): readonly Announcement[] {
    const values = this.#values;
    if (this.#config === null) return [];
    values.expire(now);
    if (values.size === 0 || (this.#hasHeldValues && !values.hasNews)) return [];
    const payload = values.tell();
    this.#hasHeldValues = true;
    if (Buffer.byteLength(payload) <= this.#parts.bytesMax()) return [this.#valuesMessage(payload)];
    this.#cut('its values');
    return [];
  }

  takeAway(): readonly Announcement[] {
    const messages = [
      ...(this.#held === null ? [] : [this.#configMessage('')]),
      ...(this.#hasHeldValues ? [this.#valuesMessage('')] : []),
    ];
    this.forgetHeld();
    return messages;
  }

  #describe(device: KnownDevice): void {
    const { model, declared, isAnnounced, about } = device;
    const basis = [model, declared, isAnnounced, about.model, about.firmware];
    if (this.#basis.length > 0 && basis.every((each, i) => each === this.#basis[i])) return;
    this.#basis = basis;
    const metrics = announcedMetrics(device, this.#values.types);
    this.#values.learn(agesOf(metrics), (metric) => mayHave(device, metric));
    const described = { ...this.name, model: about.model, firmware: about.firmware, metrics };
    const { version, bytesMax, onNoRoom } = this.#parts;
    const bounds = { components: METRICS_MAX, bytes: bytesMax() };
    this.#config = isAnnounced ? deviceConfig(described, version, bounds) : null;
    const { leftOut = 0 } = this.#config ?? {};
    if (leftOut > 0) onNoRoom?.(`${leftOut} metrics of ${this.key}`);
  }

  #cut(what: string): void {
    if (!this.#isCut) this.#parts.onNoRoom?.(`${what} of ${this.key}`);
    this.#isCut = true;
  }

  #configMessage(payload: string): Announcement {
    return { kind: 'config', topic: topics.announcement(this.#parts.prefix, this.name), payload };
  }

  #valuesMessage(payload: string): Announcement {
    return { kind: 'values', topic: topics.latest(this.name), payload };
  }
}
