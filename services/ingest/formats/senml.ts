// SenML (RFC 8428): a list of records whose base fields hold for those after them. The same rules for JSON and CBOR; each
// format names the fields in its own way and gives them here by their JSON labels.
// A metric's name is the record's `n`; of `urn:dev:…` names (RFC 9039) what follows the device's id, and without either the
// metric of the topic. Values of one moment become one record. What is before the metric's name is the sender, which a source
// may ask for as `bn`; else a message is of one device, and what would put two into one series is refused.

import { isPlainObject } from '#domain/plain-object.ts';
import type { Refusal } from '#domain/rejected.ts';
import {
  type Decoded,
  type FormatContext,
  type RawMetric,
  type RawRecord,
  RECORDS_MAX,
  refused,
  TEXT_CHARS_MAX,
} from '../record.ts';
import { describeValue } from './json-text.ts';
import { senmlUnit } from './senml-unit.ts';

/** Version of the format that this release reads [RFC 8428, 4.4]. */
const VERSION = 10;
/** Seconds below this are relative to now [RFC 8428, 4.5.3]. */
const ABSOLUTE_FROM = 2 ** 28;
const DEVICE_URN = /^urn:dev:[^:]+:([^:/_]+)(?:[:/_](.*))?$/;
/** The field that tells who measured, where it is asked for. */
const SENDER_FIELD = 'bn';

type Base = { name: string; time: number; unit: string | undefined; value: number; sum: number };
type Problem = Omit<Refusal, 'place'>;

const KNOWN = new Set(['bn', 'bt', 'bu', 'bv', 'bs', 'bver', 'n', 'u', 'v', 'vs', 'vb', 'vd', 's', 't', 'ut']);

export function decodeSenml(pack: unknown, { metric, now, options }: FormatContext): Decoded {
  if (!Array.isArray(pack))
    return refused('shape', `the payload is ${describeValue(pack)}; SenML is a list of records`);
  if (pack.length > RECORDS_MAX) {
    return refused('size', `the payload holds ${pack.length} records; at most ${RECORDS_MAX} fit`);
  }
  const base: Base = { name: '', time: 0, unit: undefined, value: 0, sum: 0 };
  const hasSender = options.senderFields.includes(SENDER_FIELD);
  const parts = new Map<string, Part>();
  const fullNames = new Map<string, string>();
  const refusals: Refusal[] = [];
  for (const [i, record] of pack.entries()) {
    const read = readRecord(record, base, { metric, now });
    if (read === undefined) continue;
    const taken = 'reason' in read || hasSender ? read : ofOneDevice(read, fullNames);
    if ('reason' in taken) {
      refusals.push({ ...taken, message: `record ${i}: ${taken.message}`, place: `record ${i}` });
      // What a record that cannot be understood changes for the others is not known.
      if (taken.reason === 'shape') break;
      continue;
    }
    const { measuredAt, sender, metrics } = taken;
    const key = hasSender ? `${measuredAt} ${sender}` : `${measuredAt}`;
    const known = parts.get(key);
    if (known === undefined) parts.set(key, { measuredAt, sender, metrics: [...metrics] });
    else known.metrics.push(...metrics);
  }
  const isWhole = refusals.length === 0;
  const records = Array.from(parts.values(), ({ measuredAt, metrics, sender }): RawRecord => {
    const said = hasSender && sender !== '' ? { sender: new Map([[SENDER_FIELD, sender]]) } : {};
    return { measuredAt, sequence: null, isHistory: false, isWhole, metrics, ...said };
  });
  if (records.length === 0 && isWhole) return refused('shape', 'the payload holds no value');
  return { records, refusals };
}

type Read = {
  readonly measuredAt: number | null;
  readonly metrics: readonly RawMetric[];
  readonly name: string;
  readonly fullName: string;
  readonly sender: string;
};
type Part = { readonly measuredAt: number | null; readonly metrics: RawMetric[]; readonly sender: string };

/** The record, or why it cannot be taken: another device has a metric of that name in the same message. */
function ofOneDevice(read: Read, fullNames: Map<string, string>): Read | Problem {
  const { name, fullName } = read;
  const before = fullNames.get(name) ?? fullName;
  fullNames.set(name, before);
  if (before === fullName) return read;
  const [here, there] = [fullName, before].map((full) => `'${full.slice(0, 64)}'`);
  const wayOut = 'send those of each on a topic of its own, or map the topic in a source whose device is {payload.bn}';
  return { reason: 'metric', message: `'${name.slice(0, 64)}' is ${here} here and ${there} before; ${wayOut}` };
}

function readRecord(
  record: unknown,
  base: Base,
  { metric, now }: { readonly metric: string | null; readonly now: number },
): Read | Problem | undefined {
  if (!isPlainObject(record)) return shape(`it is ${describeValue(record)}; a record is an object`);
  const problem = takeBase(record, base);
  if (problem !== undefined) return problem;
  const { n = '', t = 0, u, v, vs, vb, vd, s } = record;
  if (typeof n !== 'string') return shape(`'n' is ${describeValue(n)}; a name is a text`);
  if (!isNumber(t)) return shape(`'t' is ${describeValue(t)}; a time is a number of seconds`);
  if (u !== undefined && typeof u !== 'string') return shape(`'u' is ${describeValue(u)}; a unit is a text`);
  const values = [v, vs, vb, vd].filter((each) => each !== undefined);
  if (values.length === 0 && s === undefined) return undefined; // it only sets the base
  if (values.length > 1) return shape('it has more than one of v, vs, vb and vd');
  const { said, sender } = nameOf(base.name, n);
  const name = said ?? metric;
  if (name === null) return { reason: 'metric', message: "it has no name; send 'n', or map {metric} in the source" };
  const where = `'${name.slice(0, 64)}'`;
  const unit = senmlUnit((u as string | undefined) ?? base.unit);
  const metrics: RawMetric[] = [];
  if (v !== undefined) {
    if (!isNumber(v))
      return { reason: 'type', message: `the v of ${where} is ${describeValue(v)}; it must be a finite number` };
    metrics.push({ metric: name, value: scaled(v + base.value, unit), quality: 'good', ...codeOf(unit) });
  } else if (vb !== undefined) {
    if (typeof vb !== 'boolean')
      return { reason: 'type', message: `the vb of ${where} is ${describeValue(vb)}; it must be true or false` };
    metrics.push({ metric: name, value: vb, quality: 'good' });
  } else if (vs !== undefined) {
    if (typeof vs !== 'string')
      return { reason: 'type', message: `the vs of ${where} is ${describeValue(vs)}; it must be a text` };
    if (vs.length > TEXT_CHARS_MAX) {
      return {
        reason: 'type',
        message: `${where} is a text of ${vs.length} characters; at most ${TEXT_CHARS_MAX} are kept`,
      };
    }
    metrics.push({ metric: name, value: vs, quality: 'good' });
  } else if (vd !== undefined) {
    return { reason: 'type', message: `${where} is data (vd); a metric is a number, a boolean or a text` };
  }
  if (s !== undefined) {
    if (!isNumber(s))
      return { reason: 'type', message: `the s of ${where} is ${describeValue(s)}; it must be a finite number` };
    metrics.push({ metric: `${name}.sum`, value: s + base.sum, quality: 'good' });
  }
  return { measuredAt: momentOf(base.time + t, now), metrics, name, fullName: base.name + n, sender };
}

/** What the record says for itself and those after it. */
function takeBase(record: Record<string, unknown>, base: Base): Problem | undefined {
  const { bn, bt, bu, bv, bs, bver } = record;
  // [RFC 8428, 4.4]: a label that ends in an underscore must be understood, or the whole pack is refused.
  const must = Object.keys(record).find((key) => key.endsWith('_') && !KNOWN.has(key));
  if (must !== undefined) return shape(`'${must.slice(0, 64)}' must be understood, and this release does not know it`);
  if (bver !== undefined && !(isNumber(bver) && bver <= VERSION)) {
    return shape(`the version bver is ${describeValue(bver)}; this release reads up to ${VERSION}`);
  }
  if (bn !== undefined && typeof bn !== 'string') return shape(`'bn' is ${describeValue(bn)}; a base name is a text`);
  if (bu !== undefined && typeof bu !== 'string') return shape(`'bu' is ${describeValue(bu)}; a base unit is a text`);
  for (const [key, value] of Object.entries({ bt, bv, bs })) {
    if (value !== undefined && !isNumber(value))
      return shape(`'${key}' is ${describeValue(value)}; it must be a finite number`);
  }
  if (typeof bn === 'string') base.name = bn;
  if (typeof bu === 'string') base.unit = bu;
  if (isNumber(bt)) base.time = bt;
  if (isNumber(bv)) base.value = bv;
  if (isNumber(bs)) base.sum = bs;
  return undefined;
}

/** The metric's name, null where there is none, and who measured it, '' where that is not said. */
function nameOf(base: string, name: string): { readonly said: string | null; readonly sender: string } {
  const urn = DEVICE_URN.exec(base + name);
  if (urn !== null) return { said: urn[2] || null, sender: urn[1] ?? '' };
  return { said: name || base || null, sender: name === '' ? '' : base.replace(/[^A-Za-z0-9]+$/, '') };
}

/** null: now, as near as the device can tell. */
function momentOf(seconds: number, now: number): number | null {
  if (seconds === 0) return null;
  return Math.round(seconds >= ABSOLUTE_FROM ? seconds * 1_000 : now + seconds * 1_000);
}

type SenmlUnit = ReturnType<typeof senmlUnit>;

function scaled(value: number, unit: SenmlUnit): number {
  return unit?.factor === undefined ? value : value * unit.factor;
}

function codeOf(unit: SenmlUnit): { unit?: string } {
  return unit === undefined ? {} : { unit: unit.code };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function shape(message: string): Problem {
  return { reason: 'shape', message };
}
