// From a message on the bus to what it tells the watchdog. Pure; what means nothing here gives nothing.

import { parseAlarmOperation, type Role } from '#domain/alarm.ts';
import { decodeBatch, SeriesTable } from '#domain/batch.ts';
import {
  BEAT_METRIC,
  BEAT_SHARD,
  beatOf,
  HEARTBEAT_TOPIC,
  parseHeartbeat,
  WATCHDOG_DEVICE,
} from '#domain/heartbeat.ts';
import { makeSeries } from '#domain/series.ts';
import { parseServiceStatus } from '#domain/service.ts';
import { filters, parseTopic, topics } from '#domain/topic.ts';
import { readSignature } from '#runtime/signed-operation.ts';
import { OWN_ALARM } from './own-alarm.ts';
import { stateOfRetained } from './saved-state.ts';
import type { Moment, WatchdogInput } from './watchdog.ts';

export const OWN_ALARM_TOPIC: string = topics.alarm(OWN_ALARM);
export const OWN_OPERATIONS_TOPIC: string = topics.alarmOperation(OWN_ALARM);
/** What is of the moment, and worth nothing once it has passed. */
export const PASSING_FILTERS: readonly string[] = [
  HEARTBEAT_TOPIC,
  topics.points(BEAT_SHARD),
  filters.services,
  OWN_ALARM_TOPIC,
];

type Message = { readonly topic: string; readonly payload: Buffer; readonly retained: boolean };

/** Who may do what: the same for our alarm as for those of rules. */
export type Rights = {
  readonly operationsKey: string;
  /** undefined: what is not signed is refused. */
  readonly unsignedRole: Role | undefined;
};

export function inputsOf(message: Message, now: Moment, rights: Rights): WatchdogInput[] {
  const { topic, payload, retained } = message;
  if (topic === HEARTBEAT_TOPIC) return answeredBy(payload.toString(), now);
  if (topic === OWN_ALARM_TOPIC) return retained ? retainedBy(payload.toString()) : [];
  if (topic === OWN_OPERATIONS_TOPIC) return retained ? [] : operationsIn(payload.toString(), now, rights);
  const parsed = parseTopic(topic);
  if (parsed?.kind === 'points') return beatsIn(payload);
  if (parsed?.kind !== 'service') return [];
  const status = payload.length === 0 ? null : parseServiceStatus(parseJson(payload.toString()));
  return typeof status === 'string' ? [] : [{ kind: 'status', id: `${parsed.service}/${parsed.id}`, status }];
}

function answeredBy(payload: string, now: Moment): WatchdogInput[] {
  const answer = parseHeartbeat(payload);
  return answer === undefined ? [] : [{ kind: 'answered', beat: answer.beat, now }];
}

function retainedBy(payload: string): WatchdogInput[] {
  const state = stateOfRetained(payload);
  return state === undefined ? [] : [{ kind: 'retained', state }];
}

function operationsIn(payload: string, now: Moment, { operationsKey, unsignedRole }: Rights): WatchdogInput[] {
  const json = parseJson(payload);
  const operation = parseAlarmOperation(json);
  if (typeof operation === 'string') return [];
  const signature = readSignature(OWN_OPERATIONS_TOPIC, json, operationsKey);
  if (signature.isSigned === 'wrong') return [{ kind: 'operation', operation, role: undefined, now }];
  return [{ kind: 'operation', operation, role: signature.isSigned ? signature.role : unsignedRole, now }];
}

const BEAT_KEY = Buffer.from(`${makeSeries({ ...WATCHDOG_DEVICE, metric: BEAT_METRIC }).key} `);
const NEWLINE = 0x0a;

/** The beats in a batch. The lane is shared with whole areas of the plant: what is not ours is not even decoded. */
function beatsIn(batch: Buffer): WatchdogInput[] {
  const inputs: WatchdogInput[] = [];
  const table = new SeriesTable();
  for (let at = batch.indexOf(BEAT_KEY); at !== -1; at = batch.indexOf(BEAT_KEY, at + 1)) {
    const end = batch.indexOf(NEWLINE, at);
    const line = batch.toString('utf8', at, end === -1 ? batch.length : end);
    decodeBatch(
      line,
      table,
      (point) => {
        const beat = beatOf(point);
        if (beat !== undefined) inputs.push({ kind: 'seen', beat });
      },
      () => {},
    );
  }
  return inputs;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
