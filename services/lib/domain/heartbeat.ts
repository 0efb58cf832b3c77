// The heartbeat of the pipeline: the device that the watchdog plays, and what rules answers to each of its beats. An answer
// says that one point went through broker, ingest and rules; it says nothing of the store or of the console.

import { isPlainObject } from './plain-object.ts';
import type { Point } from './point.ts';
import { serviceDevice } from './service.ts';
import { shardOf } from './shard.ts';
import { type DeviceName, topics } from './topic.ts';

export const WATCHDOG_DEVICE: DeviceName = serviceDevice('watchdog');
/** The rule of the alarm that the watchdog keeps by itself. */
export const WATCHDOG_RULE = 'pipeline-watchdog';
/** A counter: every beat has a number of its own. */
export const BEAT_METRIC = 'beat';
/** The lane that beats travel in. */
export const BEAT_SHARD: number = shardOf(WATCHDOG_DEVICE.site, WATCHDOG_DEVICE.area);

/** A level below the service's own status, so that nobody who lists services takes an answer for one. */
export const HEARTBEAT_TOPIC = `${topics.service('rules', 'rules')}/watchdog`;

/** Three beats at the slowest rate that the watchdog may be set to. */
export const HEARTBEAT_VALID_MS = 30_000;

/** Payload (JSON) of the retained answer. Past `expiresAt` it proves nothing any more. All moments are ms since the epoch. */
export type Heartbeat = {
  readonly beat: number;
  /** When the watchdog sent the beat, by its clock. */
  readonly measuredAt: number;
  /** When rules answered, by its clock. */
  readonly at: number;
  readonly expiresAt: number;
};

/** The number of the beat that a point is; undefined for any other point. */
export function beatOf({ series, value }: Point): number | undefined {
  const { site, area, device, metric } = series;
  if (metric !== BEAT_METRIC || device !== WATCHDOG_DEVICE.device) return undefined;
  if (area !== WATCHDOG_DEVICE.area || site !== WATCHDOG_DEVICE.site) return undefined;
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** The answer in a payload; undefined where it is none. */
export function parseHeartbeat(payload: string): Heartbeat | undefined {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (!isPlainObject(json)) return undefined;
  const { beat, measuredAt, at, expiresAt } = json;
  if (![beat, measuredAt, at, expiresAt].every(Number.isSafeInteger)) return undefined;
  return { beat, measuredAt, at, expiresAt } as Heartbeat;
}
