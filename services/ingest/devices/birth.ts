// What a device says of itself on `status` and `meta`, checked before the registry believes it.

import { isMetricName, isName } from '#domain/name.ts';
import { isPlainObject } from '#domain/plain-object.ts';
import type { Refusal } from '#domain/rejected.ts';
import type { DeviceChannel } from '#domain/topic.ts';
import { isUcum } from '#domain/ucum.ts';
import type { Declared, DeclaredMetric } from './metric-knowledge.ts';

/** What a birth (`meta`, `status`) may say of its device. */
export type Birth = {
  readonly model?: string;
  readonly role?: string;
  readonly labels?: { readonly [name: string]: string };
  readonly firmware?: string;
  /** dBm. */
  readonly rssi?: number;
  readonly resetCause?: string;
  readonly online?: boolean;
  /** Its metrics, by name. */
  readonly metrics?: Declared;
};

/** `{"s":"online","fw":"1.4.0","rssi":-61,"reset":"power-on"}` of status, `{"model":…,"role":…,"labels":{…},"metrics":{"level":{"unit":"m"}}}` of meta. */
export function readBirth(value: unknown, channel: DeviceChannel): Birth | Refusal {
  if (!isPlainObject(value)) return { reason: 'shape', message: `${channel} must be a JSON object` };
  const { s, fw, rssi, reset, model, role, labels, metrics } = value;
  if (channel === 'status') {
    if (s !== 'online' && s !== 'offline')
      return { reason: 'shape', message: `'s' of status must be "online" or "offline"` };
    return {
      online: s === 'online',
      ...(typeof fw === 'string' ? { firmware: fw.slice(0, 64) } : {}),
      ...(typeof rssi === 'number' && Number.isFinite(rssi) ? { rssi } : {}),
      ...(typeof reset === 'string' ? { resetCause: reset.slice(0, 64) } : {}),
    };
  }
  for (const [key, name] of [
    ['model', model],
    ['role', role],
  ] as const) {
    if (name !== undefined && (typeof name !== 'string' || !isName(name))) {
      return { reason: 'shape', message: `'${key}' of ${channel} must be a valid name` };
    }
  }
  if (
    labels !== undefined &&
    (!isPlainObject(labels) || !Object.entries(labels).every(([k, v]) => isName(k) && isLabelText(v)))
  ) {
    return { reason: 'shape', message: `'labels' of ${channel} must map names to texts of at most 128 characters` };
  }
  const declared = metrics === undefined ? undefined : readDeclared(metrics, channel);
  if (declared !== undefined && 'reason' in declared) return declared;
  return {
    ...(declared === undefined ? {} : { metrics: declared }),
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof role === 'string' ? { role } : {}),
    ...(labels === undefined ? {} : { labels: labels as Record<string, string> }),
    ...(typeof fw === 'string' ? { firmware: fw.slice(0, 64) } : {}),
  };
}

function isLabelText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 128;
}

/** A birth is one message. */
const METRICS_MAX = 1_000;
const TYPES = ['number', 'boolean', 'text'] as const;

/** What it says of its metrics; members that it may have besides (a period, a description) are its own. */
function readDeclared(metrics: unknown, channel: DeviceChannel): Declared | Refusal {
  const wrong = (what: string): Refusal => ({ reason: 'shape', message: `'metrics' of ${channel} ${what}` });
  if (!isPlainObject(metrics)) return wrong('must map names to objects');
  const entries = Object.entries(metrics);
  if (entries.length > METRICS_MAX) return wrong(`holds ${entries.length} metrics; at most ${METRICS_MAX} are taken`);
  const declared = new Map<string, DeclaredMetric>();
  for (const [name, said] of entries) {
    if (!isMetricName(name) || !isPlainObject(said)) return wrong('must map names of metrics to objects');
    const { type, unit, min, max } = said;
    const known = TYPES.find((each) => each === type);
    if (type !== undefined && known === undefined)
      return wrong(`has the type of ${name} wrong: it is one of ${TYPES.join(', ')}`);
    if (unit !== undefined && (typeof unit !== 'string' || !isUcum(unit)))
      return wrong(`has the unit of ${name} wrong: it is a UCUM code`);
    for (const end of [min, max]) {
      if (end !== undefined && !Number.isFinite(end))
        return wrong(`has the range of ${name} wrong: min and max are numbers`);
    }
    declared.set(name, {
      ...(known === undefined ? {} : { type: known }),
      ...(typeof unit === 'string' ? { unit } : {}),
      ...(typeof min === 'number' ? { min } : {}),
      ...(typeof max === 'number' ? { max } : {}),
    });
  }
  return declared;
}
