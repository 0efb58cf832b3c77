// What a simulated device puts on the wire: births, readings in the three formats, and the frames that come out broken.

import { topics } from '#domain/topic.ts';
import type { Readings, SimulatedDevice } from './devices.ts';

export type Outgoing = { readonly topic: string; readonly payload: string; readonly retain: boolean };

const FIRMWARE = 'sim-1.0';

/** Retained `status`; `offline` is also the last will. */
export function statusMessage(device: SimulatedDevice, status: 'online' | 'offline'): Outgoing {
  const topic = topics.device(device, 'status');
  const start = status === 'online' ? { rssi: -58, reset: 'power-on' } : {};
  return { topic, payload: JSON.stringify({ s: status, fw: FIRMWARE, ...start }), retain: true };
}

export function metaMessage(device: SimulatedDevice): Outgoing {
  const metrics = Object.fromEntries(
    Object.entries(device.units).map(([metric, unit]) => [metric, { unit, interval: `${device.intervalS}s` }]),
  );
  const meta = { model: device.model, fw: FIRMWARE, metrics };
  return { topic: topics.device(device, 'meta'), payload: JSON.stringify(meta), retain: true };
}

export type Stamp = {
  /** Which start of the device this is, and which record since then: receivers drop repeats by the two. */
  readonly boot: number;
  readonly sequence: number;
  readonly measuredAt: number;
};

export function readingMessages(device: SimulatedDevice, readings: Readings, stamp: Stamp): Outgoing[] {
  const topic = topics.device(device, 'tele');
  switch (device.format) {
    case 'envelope': {
      const record = { n: stamp.sequence, ts: stamp.measuredAt, m: readings };
      return [{ topic, payload: JSON.stringify({ v: 1, b: stamp.boot, r: [record] }), retain: false }];
    }
    case 'flat':
      return [{ topic, payload: JSON.stringify(readings), retain: false }];
    case 'bare':
      return Object.entries(readings).map(([metric, value]) => ({
        topic: `${device.site}/${device.area}/${metric}`,
        payload: String(value),
        retain: false,
      }));
  }
}

/** A frame as a worn serial converter delivers it: cut off, or with the display's text in place of the number. */
export function brokenMessage(device: SimulatedDevice, readings: Readings, kind: 'cut' | 'text'): Outgoing {
  const whole = JSON.stringify(readings);
  const payload =
    kind === 'cut'
      ? whole.slice(0, -2)
      : JSON.stringify(
          Object.fromEntries(Object.entries(readings).map(([metric, value]) => [metric, `${value} m3/h`])),
        );
  return { topic: topics.device(device, 'tele'), payload, retain: false };
}
