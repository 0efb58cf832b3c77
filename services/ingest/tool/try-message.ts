// What ingest would make of one message, found out by ingest itself: a copy of it that has no broker and no disk.

import { type DeviceView, UNHEARD } from '#domain/device.ts';
import type { Refusal } from '#domain/rejected.ts';
import type { PlantFiles } from '#runtime/plant-files.ts';
import { loneIngest } from '../lone-ingest.ts';
import { Origins } from '../origins.ts';
import type { Source } from '../sources/source.ts';
import type { PlaceOf } from '../sparkplug/place.ts';

export type Message = { readonly topic: string; readonly payload: Buffer };

export type Trial = {
  /** Whose topic it is: `own` of a device of ours, `birth` for what that says of itself, else what the source's file is. */
  readonly origin: 'own' | 'birth' | 'sparkplug' | 'nobody' | 'not taken' | { readonly source: string };
  /** Devices that it says something of, as they are known then. */
  readonly devices: readonly DeviceView[];
  /** Line protocol. */
  readonly points: readonly string[];
  readonly refusals: readonly Refusal[];
};

export type Trying = {
  readonly plant: PlantFiles;
  readonly sources: readonly Source[];
  readonly placeOf: PlaceOf;
  readonly now: number;
  readonly payloadBytesMax: number;
};

export async function tryMessage({ topic, payload }: Message, trying: Trying): Promise<Trial> {
  const { now } = trying;
  const points: string[] = [];
  const refusals: Refusal[] = [];
  const { ingest, registry } = loneIngest({
    ...{ ...trying, now: () => now },
    onLines: (lines) => points.push(...lines.toString().split('\n')),
    onRefusal: (refusal) => refusals.push(refusal),
  });
  registry.takeChanges(now); // what files say of all the others
  const { promise: acknowledged, resolve } = Promise.withResolvers<void>();
  ingest.take({ topic, payload, qos: 1, retained: false, ack: resolve });
  await acknowledged;
  return { origin: originOf(topic, trying), devices: registry.takeChanges(now), points, refusals };
}

function originOf(topic: string, { sources, placeOf }: Trying): Trial['origin'] {
  const origin = new Origins(sources, placeOf).of(topic);
  switch (origin.kind) {
    case 'source':
    case 'gateway':
      return { source: origin.source.file };
    case 'nobody': {
      const source = sources.find((each) => each.match(topic) !== undefined);
      return source === undefined ? 'nobody' : { source: source.file };
    }
    case 'command':
    case 'not-ours-to-take':
      return 'not taken';
    default:
      return origin.kind;
  }
}

const LABELS = {
  own: "a device's own topic",
  birth: 'what a device says of itself',
  sparkplug: "a Sparkplug edge node's topic; no birth of before is known here",
  nobody: 'nobody',
  'not taken': 'a topic that ingest does not read',
};

/** For people. */
export function trialText({ origin, devices, points, refusals }: Trial): string {
  const from = typeof origin === 'string' ? LABELS[origin] : `source ${origin.source}`;
  const rows = [`from     ${from}`];
  for (const view of devices) rows.push(`device   ${deviceText(view)}`);
  for (const point of points) rows.push(`point    ${point}`);
  for (const { reason, message, place } of refusals) {
    const at = place === undefined || place === '' || message.includes(place) ? '' : ` (at ${place})`;
    rows.push(`refused  ${reason}: ${message}${at}`);
  }
  if (points.length === 0 && refusals.length === 0)
    rows.push(`nothing  ${devices.length > 0 ? 'is measured by it' : 'comes of it'}`);
  return `${rows.join('\n')}\n`;
}

function deviceText({ site, area, device, model, online, firmware, contradictions }: DeviceView): string {
  const said = [
    model === null ? 'no model' : `model ${model}`,
    ...(online === UNHEARD.online ? [] : [online ? 'online' : 'offline']),
    ...(firmware === null ? [] : [`firmware ${firmware}`]),
    ...contradictions,
  ];
  return `${site}/${area}/${device}: ${said.join('; ')}`;
}
