import { expect, it } from 'vitest';
import { HEARTBEAT_TOPIC, parseHeartbeat, WATCHDOG_DEVICE } from '#domain/heartbeat.ts';
import type { Point } from '#domain/point.ts';
import { makeSeries } from '#domain/series.ts';
import { heartbeatMessage } from './heartbeat.ts';

const beat = (metric: string): Point => ({
  series: makeSeries({ ...WATCHDOG_DEVICE, metric }),
  value: 41,
  quality: 'good',
  measuredAt: 1_000,
  late: false,
});

it('heartbeatMessage() answers a beat with its number, and says until when the answer proves anything', () => {
  const message = heartbeatMessage(beat('beat'), 5_000);
  expect(message).toMatchObject({ topic: HEARTBEAT_TOPIC, retain: true });
  expect(parseHeartbeat(message?.payload ?? '')).toEqual({ beat: 41, measuredAt: 1_000, at: 5_000, expiresAt: 35_000 });
});

it('heartbeatMessage() is silent about every other point', () => {
  expect(heartbeatMessage(beat('uptime'), 5_000)).toBeUndefined();
});
