// What a device says of itself on `status` and `meta`, checked before the registry believes it.

import { isName } from '#domain/name.ts';
import { isPlainObject } from '#domain/plain-object.ts';
import type { Refusal } from '#domain/rejected.ts';
import type { DeviceChannel } from '#domain/topic.ts';

/** What a birth (`meta`, `status`) may say of its device. */
export type Birth = {
  readonly model?: string;
  readonly role?: string;
  readonly labels?: { readonly [name: string]: string };
  readonly firmware?: string;
  readonly online?: boolean;
};

/** `{"s":"online","fw":"1.4.0"}` of status, `{"model":…,"role":…,"labels":{…}}` of meta. */
export function readBirth(value: unknown, channel: DeviceChannel): Birth | Refusal {
  if (!isPlainObject(value)) return { reason: 'shape', message: `${channel} must be a JSON object` };
  const { s, fw, model, role, labels } = value;
  if (channel === 'status') {
    if (s !== 'online' && s !== 'offline')
      return { reason: 'shape', message: `'s' of status must be "online" or "offline"` };
    return { online: s === 'online', ...(typeof fw === 'string' ? { firmware: fw.slice(0, 64) } : {}) };
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
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof role === 'string' ? { role } : {}),
    ...(labels === undefined ? {} : { labels: labels as Record<string, string> }),
    ...(typeof fw === 'string' ? { firmware: fw.slice(0, 64) } : {}),
  };
}

function isLabelText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 128;
}
