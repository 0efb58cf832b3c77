// What a payload of ours is, by its topic: said along with it where MQTT can (content type and a user property of MQTT 5), so
// that a foreign subscriber need not guess.

import { rootOf } from './topic.ts';

export type PayloadKind = {
  readonly contentType: string;
  /** Name and version of its schema; it names the tree and, where a tree holds more than one kind, the channel. */
  readonly schema: string;
};

const JSON_TYPE = 'application/json';
/** As InfluxDB is sent it; line protocol has no type of its own. */
const LINES_TYPE = 'text/plain; charset=utf-8';
const LINES = new Set(['points', 'journal']);
/** Levels before the channel: plant/v1/{site}/{area}/{device}/{channel}. */
const DEVICE_LEVELS = 5;

/** undefined for a topic that is not ours. */
export function payloadKindOf(topic: string): PayloadKind | undefined {
  const root = rootOf(topic);
  if (root === undefined || root === 'spBv1.0' || root === 'replay') return undefined;
  const channel = root === 'plant' || root === 'device' ? topic.split('/').slice(DEVICE_LEVELS) : [];
  const schema = [root, 'v1', ...channel].join('/');
  return { contentType: LINES.has(root) ? LINES_TYPE : JSON_TYPE, schema };
}
