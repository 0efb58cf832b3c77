// JSON from any device. One object, its keys the metrics: {"temperature": 21.4, "running": true}, with these keys apart:
//   ts, time, timestamp   when it was measured (see timestamp.ts), or the member that the source names
//   q, quality            of the whole object: 0, 1, 2 or good, uncertain, bad
//   hist                  true: history, to be stored and never alarmed on
// Objects and lists inside are flattened (metrics.ts). Where the topic names the metric, the object holds it as `value`:
// {"ts": …, "value": 21.4}; without that, its members are metrics below it: {"t": 21} of `climate` is climate.t.
// Our own envelope is told apart by its `v` and `r`.

import { isPlainObject } from '#domain/plain-object.ts';
import { decodeQuality, QUALITIES, type Quality } from '#domain/quality.ts';
import type { Refusal } from '#domain/rejected.ts';
import { type Decoded, type Format, type FormatOptions, NO_OPTIONS, type RawMetric, refused } from '../record.ts';
import { decodeEnvelope, isEnvelope } from './envelope.ts';
import { FlatJson } from './flat-json.ts';
import { HISTORY_KEY, QUALITY_KEYS, TIME_KEYS } from './json-keys.ts';
import { describeValue, parseJsonText } from './json-text.ts';
import { memberAt } from './member.ts';
import { readMetrics } from './metrics.ts';
import { readTimestamp, TIMESTAMP_HINT } from './timestamp.ts';

const NO_QUALITIES: ReadonlyMap<string, Quality> = new Map();

const flatJson = new FlatJson();

type Members = Readonly<Record<string, unknown>>;

export const jsonFormat: Format = {
  decode(payload, { metric, options }) {
    const flat = metric === null && options === NO_OPTIONS ? flatJson.read(payload) : undefined;
    if (flat !== undefined) return { records: [flat], refusals: [] };
    const parsed = parseJsonText(payload);
    if (!('value' in parsed)) return { records: [], refusals: [parsed] };
    const { value } = parsed;
    if (isEnvelope(value)) return decodeEnvelope(value);
    if (!isPlainObject(value)) {
      if (metric !== null) return decodeMembers({}, { [metric]: value }, options);
      return refused(
        'shape',
        `the payload is ${describeValue(value)}, which names no metric; send an object such as {"temperature": 21.4}`,
      );
    }
    if (metric === null) return decodeMembers(value, value, options);
    if (Object.hasOwn(value, 'value')) return decodeMembers(value, { [metric]: value.value }, options);
    return decodeMembers(value, { [metric]: withoutAside(value, options) }, options);
  },
};

/** The keys of an object that are no metrics: the first that says its time, the first that says its quality, and `hist`. */
type Aside = {
  readonly timeKey: string | undefined;
  readonly qualityKey: string | undefined;
  readonly keys: readonly string[];
};

function asideOf(object: Members, { timeMember, senderFields }: FormatOptions): Aside {
  const first = (keys: readonly string[]) => keys.find((key) => Object.hasOwn(object, key));
  const timeKey = timeMember === null ? undefined : (timeMember ?? first(TIME_KEYS));
  const qualityKey = first(QUALITY_KEYS);
  const keys = [HISTORY_KEY, ...senderFields, ...(timeMember === null ? TIME_KEYS : [])];
  if (timeKey !== undefined) keys.push(timeKey);
  if (qualityKey !== undefined) keys.push(qualityKey);
  return { timeKey, qualityKey, keys };
}

function withoutAside(object: Members, options: FormatOptions): Members {
  const { keys } = asideOf(object, options);
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/**
 * `said` tells time, quality and history of `members`; they are the same object where its members are the metrics, and apart
 * where the topic names one, which may then be called `quality` or `time`.
 */
function decodeMembers(said: Members, members: Members, options: FormatOptions): Decoded {
  const { timeKey, qualityKey, keys } = asideOf(said, options);
  const time = timeKey === undefined ? undefined : memberAt(said, timeKey);
  const measuredAt = time === undefined ? null : readTimestamp(time);
  if (measuredAt === undefined)
    return refused('time', `'${timeKey}' is ${describeValue(time)}; ${TIMESTAMP_HINT}`, timeKey);
  const quality = qualityKey === undefined ? 'good' : readQuality(said[qualityKey]);
  if (quality === undefined) {
    return refused(
      'shape',
      `'${qualityKey}' is ${describeValue(said[qualityKey ?? ''])}; quality is 0, 1, 2 or ${QUALITIES.join(', ')}`,
      qualityKey,
    );
  }
  const metrics: RawMetric[] = [];
  const refusals: Refusal[] = [];
  readMetrics(members, { place: '', qualities: NO_QUALITIES, metrics, refusals }, members === said ? keys : []);
  if (metrics.length === 0 && refusals.length === 0) return refused('shape', 'the object holds no metric');
  const rated =
    quality === 'good' ? metrics : metrics.map((each) => ({ ...each, quality: each.value === null ? 'bad' : quality }));
  const isWhole = refusals.length === 0;
  const isHistory = said[HISTORY_KEY] === true;
  const where = members === said ? { where: '', isMembers: true } : {};
  const record = { measuredAt, sequence: null, isHistory, isWhole, metrics: rated, ...where };
  const { senderFields } = options;
  return {
    records: [senderFields.length === 0 ? record : { ...record, sender: senderOf(said, senderFields) }],
    refusals,
  };
}

function readQuality(value: unknown): Quality | undefined {
  return typeof value === 'number' ? decodeQuality(value) : QUALITIES.find((each) => each === value);
}

/** What the payload says of its sender: the fields that it has, and that can be a name. */
function senderOf(object: Members, fields: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const field of fields) {
    const value = memberAt(object, field);
    if (typeof value === 'string' || typeof value === 'number') found.set(field, String(value));
  }
  return found;
}
