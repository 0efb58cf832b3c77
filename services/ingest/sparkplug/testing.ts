// For tests of edge nodes: messages as they would come, and everything that is said of them, in order.

import { crc32 } from 'node:zlib';
import { parseSparkplugTopic, type SparkplugMessage, sparkplugTopics } from '#domain/sparkplug-topic.ts';
import type { DeviceName } from '#domain/topic.ts';
import { DATATYPES, type Scalar } from './datatype.ts';
import type { Findings, Heard } from './heard.ts';
import type { Metric, PayloadParts } from './payload.ts';
import { decodePayload } from './payload-decoder.ts';
import { encodePayload } from './payload-encoder.ts';
import { placeByName } from './place.ts';

export const EDGE = { group: 'lyon', edge: 'line-3' } as const;

/** A metric of a datatype by its name; without one it says none, and is a Double. */
export function metricOf(parts: Partial<Metric>, value: Scalar | null, type?: string): Partial<Metric> {
  const datatype = DATATYPES.find(({ name }) => name === (type ?? 'Double'));
  if (datatype === undefined) throw new Error(`there is no datatype ${type}`);
  const written = value === null ? undefined : datatype.write(value);
  if (value !== null && written === undefined) throw new Error(`${value} is no ${type}`);
  return {
    ...(type === undefined ? {} : { datatype: datatype.code }),
    ...(written === undefined ? { isNull: true } : { value: written }),
    ...parts,
  };
}

export function bdSeqOf(value: number): Partial<Metric> {
  return metricOf({ name: 'bdSeq' }, value, 'Int64');
}

const place = placeByName();
/** Its own words are its origin. */
export function heardOf(
  type: SparkplugMessage,
  device: string | null,
  parts: PayloadParts,
  { now = 0, qos = 0 as 0 | 1, origin = '' } = {},
): Heard<string> {
  const bytes = encodePayload(parts);
  const topic = parseSparkplugTopic(sparkplugTopics.message(type, { ...EDGE, device }));
  const payload = decodePayload(bytes);
  if (topic === undefined || 'problem' in payload) throw new Error('no message');
  const name = place(topic);
  if ('reason' in name) throw new Error(name.message);
  return { topic, device: name, payload, bytes, mark: crc32(bytes), qos, now, origin };
}

/** Writes down in words whatever is found. */
export function spokenFindings(said: string[]): Findings<string> {
  const shown = (device: DeviceName | null) => (device === null ? '' : `${device.device} `);
  return {
    onRecords: (_, device, records) => {
      for (const { measuredAt, isHistory, metrics } of records) {
        for (const { metric, value, quality, unit } of metrics) {
          const more = `${quality === 'good' ? '' : ` ${quality}`}${unit === undefined ? '' : ` ${unit}`}`;
          said.push(`${shown(device)}${metric}=${value}${more} @${measuredAt}${isHistory ? ' history' : ''}`);
        }
      }
    },
    onRefusals: (_, device, refusals) => {
      for (const { reason, message } of refusals) said.push(`${shown(device)}refused ${reason}: ${message}`);
    },
    onBirth: (_, device, { online, firmware, metrics }) => {
      const names = metrics === undefined ? '' : ` ${[...metrics.keys()].join(',')}`;
      said.push(`${shown(device)}${online ? 'online' : 'offline'}${names}${firmware ? ` fw ${firmware}` : ''}`);
    },
    onChange: (_, { kind, address }) => {
      said.push(`keep ${address.device ?? address.edge} ${kind}`);
    },
    onDone: (origin) => {
      if (origin !== '') said.push(`done ${origin}`);
    },
  };
}
