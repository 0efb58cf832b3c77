// What rules answers to a beat of the watchdog. The answer goes the way of everything that is decided, through the outbox on
// disk, so that it proves that too: a rules service that can no longer write falls silent.

import { beatOf, HEARTBEAT_TOPIC, HEARTBEAT_VALID_MS, type Heartbeat } from '#domain/heartbeat.ts';
import type { Point } from '#domain/point.ts';

export type HeartbeatMessage = { readonly topic: string; readonly payload: string; readonly retain: true };

/**
 * The answer to send once the point has been evaluated; undefined where it is no beat. Retained, so that whoever connects
 * sees at once whether rules lived a moment ago; `expiresAt` keeps an old one from being taken for life.
 * @param at now, ms since the epoch
 */
export function heartbeatMessage(point: Point, at: number): HeartbeatMessage | undefined {
  const beat = beatOf(point);
  if (beat === undefined) return undefined;
  const answer: Heartbeat = { beat, measuredAt: point.measuredAt, at, expiresAt: at + HEARTBEAT_VALID_MS };
  return { topic: HEARTBEAT_TOPIC, payload: JSON.stringify(answer), retain: true };
}
