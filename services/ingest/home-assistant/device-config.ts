// All that Home Assistant is told of one device, in one message: the device-based discovery of Home Assistant 2024.12 and later,
// https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload. Retained, so that its birth need not be awaited.

import { announcedId } from '#domain/announced-id.ts';
import { type DeviceName, deviceKey, topics } from '#domain/topic.ts';
import { maxAgeOf } from '#runtime/plant-files.ts';
import { type AnnouncedMetric, type Entity, entityOf, type Platform } from './entity.ts';

export type DescribedDevice = DeviceName & {
  readonly model: string | null;
  readonly firmware: string | null;
  readonly metrics: ReadonlyMap<string, AnnouncedMetric>;
};

export type DeviceConfig = {
  readonly payload: string;
  /** Platforms by the id of the component: what must be taken away by name when it is there no more. */
  readonly components: ReadonlyMap<string, Platform>;
  /** Metrics for which there was no room. */
  readonly leftOut: number;
};

export type ConfigBounds = { readonly components: number; readonly bytes: number };

/** Who says so; by it we know our own again. */
export const ORIGIN = 'Penstock';
/** A value waits so long at most before it is told, and is looked at so often. */
const TELLING_S = 2;

/** The device is offline where it said so itself, or its last will did; one that never says is taken to be there. */
export const AVAILABILITY_TEMPLATE =
  "{{ 'offline' if value_json is mapping and value_json.online is false else 'online' }}";

/** null where the device has nothing to show. */
export function deviceConfig(device: DescribedDevice, version: string, bounds: ConfigBounds): DeviceConfig | null {
  const key = deviceKey(device);
  const expiry = expiryOf(device.metrics);
  const frame = frameOf(device, key, version);
  const entities = new Map<string, Entity>();
  let bytes = Buffer.byteLength(JSON.stringify(frame));
  for (const [metric, known] of device.metrics) {
    const entity = { ...entityOf(key, metric, known), ...(known.interval === undefined ? {} : expiry) };
    // A metric that becomes of another type is another entity.
    const id = `${entity.platform}_${entity.unique_id}`;
    bytes += Buffer.byteLength(JSON.stringify({ [id]: entity }));
    if (entities.size >= bounds.components || bytes > bounds.bytes) break;
    entities.set(id, entity);
  }
  if (entities.size === 0) return null;
  return {
    payload: JSON.stringify({ ...frame, components: Object.fromEntries(entities) }),
    components: new Map(Array.from(entities, ([id, { platform }]) => [id, platform])),
    leftOut: device.metrics.size - entities.size,
  };
}

/** The same with the components that are gone, each by its platform alone: that is how Home Assistant is told to remove it. */
export function withRemoved(payload: string, gone: ReadonlyMap<string, Platform>): string {
  const config = JSON.parse(payload) as { components: object };
  const removed = Array.from(gone, ([id, platform]) => [id, { platform }]);
  return JSON.stringify({ ...config, components: { ...config.components, ...Object.fromEntries(removed) } });
}

function frameOf(device: DescribedDevice, key: string, version: string) {
  const { model, firmware, area } = device;
  return {
    device: {
      identifiers: [announcedId(key)],
      name: key,
      suggested_area: area,
      ...(model === null ? {} : { model }),
      ...(firmware === null ? {} : { sw_version: firmware }),
    },
    origin: { name: ORIGIN, sw_version: version },
    state_topic: topics.latest(device),
    availability: [{ topic: topics.registry(device), value_template: AVAILABILITY_TEMPLATE }],
  };
}

/**
 * Home Assistant starts this clock anew with every message of the device, whichever metric it is about, so it can only say that
 * nothing comes at all; of one metric that falls silent ingest itself says that it is bad. Hence the longest of all.
 */
function expiryOf(metrics: ReadonlyMap<string, AnnouncedMetric>) {
  const ages = [...metrics.values()].filter(({ interval }) => interval !== undefined).map((metric) => maxAgeOf(metric));
  return { expire_after: Math.ceil(Math.max(0, ...ages) / 1_000) + TELLING_S };
}
