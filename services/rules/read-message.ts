// A message to the inputs that the engine takes of it, or to a sentence that says why it takes none. The same bytes at the
// same moment give the same inputs, so that what was written down can be read again.

import { parseAlarmOperation, type Role } from '#domain/alarm.ts';
import { decodeBatch, type SeriesTable } from '#domain/batch.ts';
import { parseCommandReply } from '#domain/command.ts';
import { parseCommandOperation } from '#domain/command-life.ts';
import { parseDeviceView } from '#domain/device.ts';
import { isPlainObject } from '#domain/plain-object.ts';
import { parsePlantState } from '#domain/plant-state.ts';
import type { Value } from '#domain/point.ts';
import { type DeviceName, type ParsedTopic, parseTopic, topics } from '#domain/topic.ts';
import type { EngineInput } from '#rules/engine/inputs.ts';
import { readSignature } from '#runtime/signed-operation.ts';

export type Message = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
  /** When it came, ms since the epoch. */
  readonly at: number;
};

export type Reading = {
  readonly table: SeriesTable;
  /** What operations are signed with. */
  readonly operationsKey: string;
  /** What an operation may do that nobody signed; undefined: nothing. */
  readonly unsignedRole: Role | undefined;
  readonly onUnreadable: (reason: string) => void;
};

/** Of who wanted something that was refused. */
const NAME_MAX = 128;

const decoder = new TextDecoder();

export function readMessage({ topic, payload, retained, at }: Message, reading: Reading): EngineInput[] {
  const parsed = parseTopic(topic);
  const text = decoder.decode(payload);
  const unreadable = (reason: string): EngineInput[] => {
    reading.onUnreadable(reason);
    return [];
  };
  if (parsed === undefined) return unreadable('the topic is none of the plant');
  if (parsed.kind === 'points') return readPoints(text, at, reading);
  if (text === '') return readCleared(parsed, at);
  if (parsed.kind === 'state') {
    const { site, area, name } = parsed;
    const value = parsePlantState(text);
    // What is retained now is what whoever starts now would read: an earlier state must not live on and suppress.
    if (value === undefined)
      reading.onUnreadable(
        'a plant state is a bare word, or a number, a boolean or a text as JSON; it counts as unknown until there is one',
      );
    return [{ kind: 'plant-state', site, area, name, value: value ?? null, at }];
  }
  const json = parseJson(text);
  if (parsed.kind === 'command-op') return [readOrder(parsed, json, { topic, retained, at, ...reading })];
  if (parsed.kind === 'alarm-op') return [readOperation(parsed, json, { topic, retained, at, ...reading })];
  if (json === undefined) return unreadable('not valid JSON');
  const input = readJson(parsed, json, { topic, retained, at, ...reading });
  return typeof input === 'string' ? unreadable(input) : input === undefined ? [] : [input];
}

function readPoints(text: string, receivedAt: number, { table, onUnreadable }: Reading): EngineInput[] {
  const inputs: EngineInput[] = [];
  decodeBatch(
    text,
    table,
    (point) => inputs.push({ kind: 'point', point, receivedAt }),
    ({ reason, line }) => onUnreadable(`${reason}: ${line.slice(0, 200)}`),
  );
  return inputs;
}

/** A retained message was cleared: nobody says it any more. */
function readCleared(parsed: ParsedTopic, at: number): EngineInput[] {
  if (parsed.kind === 'state') {
    const { site, area, name } = parsed;
    return [{ kind: 'plant-state', site, area, name, value: null, at }];
  }
  if (parsed.kind === 'registry') return [{ kind: 'device-gone', device: parsed, at }];
  if (parsed.kind === 'device' && parsed.channel === 'cfg/reported')
    return [{ kind: 'config', device: parsed, config: {}, at }];
  return [];
}

type Json = Reading & Pick<Message, 'topic' | 'retained' | 'at'>;

function readJson(parsed: ParsedTopic, json: unknown, context: Json): EngineInput | string | undefined {
  const { at } = context;
  if (parsed.kind === 'registry') {
    const device = parseDeviceView(json);
    if (typeof device === 'string') return device;
    if (topics.registry(device) !== topics.registry(parsed)) return 'the topic names another device than the payload';
    return { kind: 'device', device, at };
  }
  if (parsed.kind !== 'device') return undefined;
  if (parsed.channel === 'ack') {
    const reply = parseCommandReply(json);
    return typeof reply === 'string' ? reply : { kind: 'reply', device: parsed, reply, at };
  }
  if (parsed.channel !== 'cfg/reported') return undefined;
  if (!isPlainObject(json)) return 'a reported configuration is a JSON object';
  const values = Object.entries(json).filter(([, value]) => ['number', 'boolean', 'string'].includes(typeof value));
  return { kind: 'config', device: parsed, config: Object.fromEntries(values) as { [key: string]: Value }, at };
}

function readOperation(
  alarm: Extract<ParsedTopic, { kind: 'alarm-op' | 'alarm' }>,
  json: unknown,
  { topic, retained, at, operationsKey, unsignedRole }: Json,
): EngineInput {
  const refused = (why: string): EngineInput => ({ kind: 'operation-refused', alarm, why, by: nameIn(json), at });
  if (retained) return refused('an operation must not be retained');
  const operation = parseAlarmOperation(json);
  if (typeof operation === 'string') return refused(operation);
  const signature = readSignature(topic, json, operationsKey);
  if (signature.isSigned === 'wrong') return refused('the signature of the operation is wrong');
  const role = signature.isSigned ? signature.role : unsignedRole;
  if (role === undefined) return refused('an operation must be signed by the console, and this one is not');
  return { kind: 'operation', alarm, operation, role, isSigned: signature.isSigned, at };
}

function readOrder(
  { site, area, device: id }: DeviceName,
  json: unknown,
  { topic, retained, at, operationsKey, unsignedRole }: Json,
): EngineInput {
  const device = { site, area, device: id };
  const refused = (why: string): EngineInput => ({ kind: 'command-refused', device, why, by: nameIn(json), at });
  if (retained) return refused('an order must not be retained: it would be carried out again');
  const operation = parseCommandOperation(json);
  if (typeof operation === 'string') return refused(operation);
  const signature = readSignature(topic, json, operationsKey);
  if (signature.isSigned === 'wrong') return refused('the signature of the order is wrong');
  const role = signature.isSigned ? signature.role : unsignedRole;
  if (role === undefined) return refused('an order must be signed by the console, and this one is not');
  return { kind: 'command-operation', device, operation, role, at };
}

/** Of who wanted something, as far as he said it. */
function nameIn(json: unknown): string | undefined {
  return isPlainObject(json) && typeof json.by === 'string' ? json.by.slice(0, NAME_MAX) : undefined;
}

/** undefined where the text is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
