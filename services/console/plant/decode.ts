// From a message on the bus to what it tells about the plant. Pure; what cannot be read is said in words, never thrown.

import type { z } from 'zod';
import type { AlarmMessage } from '#domain/alarm.ts';
import { decodeBatch, type SeriesTable } from '#domain/batch.ts';
import type { DeviceCommands } from '#domain/command-life.ts';
import type { DeviceView } from '#domain/device.ts';
import type { GapReport } from '#domain/gaps.ts';
import { type PlantStateName, parsePlantState } from '#domain/plant-state.ts';
import type { Point, Value } from '#domain/point.ts';
import type { Rejected } from '#domain/rejected.ts';
import type { RulesStatus } from '#domain/rules-status.ts';
import type { ServiceStatus } from '#domain/service.ts';
import { type AlarmName, type DeviceName, deviceKey, parseTopic, topics } from '#domain/topic.ts';
import {
  alarmMessage,
  deviceCommands,
  deviceView,
  gapReport,
  rejected,
  rulesStatus,
  serviceStatus,
} from './schemas.ts';

/** A null view: its retained message was taken away. */
export type PlantInput =
  | { readonly kind: 'points'; readonly points: readonly Point[]; readonly badLines: number }
  | { readonly kind: 'alarm'; readonly name: AlarmName; readonly message: AlarmMessage | null }
  | { readonly kind: 'device'; readonly name: DeviceName; readonly view: DeviceView | null }
  /** A null report: it lacks none any more. */
  | { readonly kind: 'gaps'; readonly name: DeviceName; readonly report: GapReport | null }
  | { readonly kind: 'service'; readonly id: string; readonly status: ServiceStatus | null }
  | { readonly kind: 'rules'; readonly status: RulesStatus | null }
  /** None: its retained message was taken away. */
  | { readonly kind: 'commands'; readonly told: DeviceCommands }
  | { readonly kind: 'plant-state'; readonly name: PlantStateName; readonly value: Value | null }
  | { readonly kind: 'rejected'; readonly rejected: Rejected };

/** An alarm with all its texts is below 10 KB; past this something else is wrong, and every open page would have to carry it. */
const JSON_BYTES_MAX = 128 * 1024;
/** It names every rule; it goes to no page as it is. */
const RULES_BYTES_MAX = 4 * 1024 * 1024;
const RULES_FILES = topics.service('rules', 'files');

export function decodePlantInput(topic: string, payload: Buffer, series: SeriesTable): PlantInput | string {
  const parsed = parseTopic(topic);
  switch (parsed?.kind) {
    case 'points':
      return decodePoints(payload, series);
    case 'alarm': {
      const message = readJson(payload, alarmMessage);
      if (typeof message === 'string') return message;
      const { site, area, rule, instance } = parsed;
      const isSame =
        message === null ||
        (message.site === site && message.area === area && message.rule === rule && message.instance === instance);
      if (!isSame) return 'the alarm names another place than its topic';
      return { kind: 'alarm', name: { site, area, rule, instance }, message };
    }
    case 'registry': {
      const view = readJson(payload, deviceView);
      if (typeof view === 'string') return view;
      const { site, area, device } = parsed;
      return {
        kind: 'device',
        name: { site, area, device },
        view: view === null ? null : { ...view, site, area, device },
      };
    }
    case 'gaps': {
      const report = readJson(payload, gapReport);
      if (typeof report === 'string') return report;
      const { site, area, device } = parsed;
      return { kind: 'gaps', name: { site, area, device }, report };
    }
    case 'service': {
      if (topic === RULES_FILES) {
        const status = readJson(payload, rulesStatus, RULES_BYTES_MAX);
        return typeof status === 'string' ? status : { kind: 'rules', status };
      }
      const status = readJson(payload, serviceStatus);
      return typeof status === 'string' ? status : { kind: 'service', id: `${parsed.service}/${parsed.id}`, status };
    }
    case 'command': {
      const told = readJson(payload, deviceCommands);
      if (typeof told === 'string') return told;
      if (told !== null && deviceKey(told) !== deviceKey(parsed))
        return 'the commands are of another device than the topic';
      const { site, area, device } = parsed;
      return { kind: 'commands', told: told ?? { site, area, device, commands: [] } };
    }
    case 'state': {
      // What cannot be read counts as unknown, as it does for the rules: it blocks what it interlocks.
      const value = parsePlantState(payload.subarray(0, JSON_BYTES_MAX).toString()) ?? null;
      const { site, area, name } = parsed;
      return { kind: 'plant-state', name: { site, area, name }, value };
    }
    case 'rejected': {
      const message = readJson(payload, rejected);
      if (message === null) return 'the payload is empty';
      return typeof message === 'string' ? message : { kind: 'rejected', rejected: message };
    }
    default:
      return 'the topic means nothing here';
  }
}

function decodePoints(payload: Buffer, series: SeriesTable): PlantInput {
  const points: Point[] = [];
  let badLines = 0;
  decodeBatch(
    payload.toString(),
    series,
    (point) => points.push(point),
    () => badLines++,
  );
  return { kind: 'points', points, badLines };
}

/** null: an empty payload, which is how a retained message is taken away [MQTT-3.3.1-10]. A text: what is wrong. */
function readJson<T>(payload: Buffer, schema: z.ZodType<T>, bytesMax = JSON_BYTES_MAX): T | null | string {
  if (payload.length === 0) return null;
  if (payload.length > bytesMax) return `the payload has ${payload.length} bytes, more than ${bytesMax}`;
  let value: unknown;
  try {
    value = JSON.parse(payload.toString());
  } catch {
    return 'the payload is not valid JSON';
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  return `${issue?.path.join('.') || 'the payload'}: ${issue?.message ?? 'has another shape'}`;
}
