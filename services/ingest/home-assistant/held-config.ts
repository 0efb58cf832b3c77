// What the broker holds for Home Assistant, and whether it is ours: what others announce is never touched.

import { hash } from 'node:crypto';
import { isPlainObject } from '#domain/plain-object.ts';
import { announcedDevice, type DeviceName, parseTopic } from '#domain/topic.ts';
import { ORIGIN } from './device-config.ts';
import type { Platform } from './entity.ts';

/** What of a discovery message must be known to change it. */
export type HeldConfig = {
  /** Of its payload. */
  readonly digest: string;
  readonly components: ReadonlyMap<string, Platform>;
};

export type HeldMessage =
  | { readonly kind: 'config'; readonly prefix: string; readonly name: DeviceName; readonly held: HeldConfig }
  | { readonly kind: 'values'; readonly name: DeviceName };

export function digestOf(payload: string | Buffer): string {
  return hash('sha256', payload, 'base64');
}

/** undefined where it is not ours. */
export function heldMessage(topic: string, payload: Buffer): HeldMessage | undefined {
  const values = parseTopic(topic);
  if (values?.kind === 'latest') return { kind: 'values', name: values };
  const name = announcedDevice(topic);
  const held = name === undefined ? undefined : heldConfig(payload);
  if (name === undefined || held === undefined) return undefined;
  return { kind: 'config', prefix: topic.slice(0, topic.indexOf('/')), name, held };
}

function heldConfig(payload: Buffer): HeldConfig | undefined {
  const config = parsed(payload);
  if (!isPlainObject(config) || !isPlainObject(config.origin) || config.origin.name !== ORIGIN) return undefined;
  const components = new Map<string, Platform>();
  for (const [id, component] of Object.entries(isPlainObject(config.components) ? config.components : {})) {
    const platform = isPlainObject(component) ? component.platform : undefined;
    if (platform === 'sensor' || platform === 'binary_sensor') components.set(id, platform);
  }
  return { digest: digestOf(payload), components };
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
