// Where a message comes from, by its topic: a device of ours, a foreign one that a source maps, or nobody. Devices speak on the
// same topics all day, so what a topic means is found out once and remembered; bounded, since topics can be invented.

import type { Refusal } from '#domain/rejected.ts';
import { isSparkplugTopic, parseSparkplugTopic, replayedTopic, type SparkplugTopic } from '#domain/sparkplug-topic.ts';
import { announcedDevice, type DeviceName, parseTopic, rootOf } from '#domain/topic.ts';
import type { KnownDevice } from './devices/known-device.ts';
import type { Match, Source } from './sources/source.ts';
import { type PlaceOf, placeByName } from './sparkplug/place.ts';

/** The device of a topic, and what is known of it since it was first asked for. */
export type OneDevice = { readonly device: DeviceName; known: KnownDevice | null };

export type Origin =
  | (OneDevice & { readonly kind: 'own' })
  | (OneDevice & { readonly kind: 'birth'; readonly channel: 'status' | 'meta' })
  | (OneDevice & Match & { readonly kind: 'source' })
  /** A source's, whose payload says which device it is. */
  | ({ readonly kind: 'gateway' } & Match)
  /** An edge node's. */
  | {
      readonly kind: 'sparkplug';
      readonly device: DeviceName;
      readonly topic: SparkplugTopic;
      /** Sent again by a person: what it says was measured long ago, and nobody is born or dies by it. */
      readonly isReplay: boolean;
    }
  /** An order to a device, which may be one of Sparkplug. */
  | { readonly kind: 'command'; readonly device: DeviceName }
  | { readonly kind: 'nobody'; readonly refusal: Refusal }
  /** Another topic of ours: a source's pattern may be wide enough for it, and reading our own output would go round for ever. */
  | { readonly kind: 'not-ours-to-take' };

const NOBODY: Origin = {
  kind: 'nobody',
  refusal: {
    reason: 'topic',
    message: 'the topic names no device: site, area and device must be valid names, or a source must map it',
  },
};
const NO_CHANNEL: Origin = {
  kind: 'nobody',
  refusal: {
    reason: 'topic',
    message:
      'the topic is none of a device: what it measures comes on plant/v1/{site}/{area}/{device}/tele, whether it is there on …/status, what it is on …/meta',
  },
};
const NOT_SPARKPLUG: Refusal = {
  reason: 'topic',
  message:
    'the topic is none of Sparkplug: spBv1.0/{group}/{type}/{edge node}, and /{device} where the type begins with D',
};
const NOTHING_SAID: ReadonlyMap<string, string> = new Map();
const TOPICS_MAX = 200_000;

export class Origins {
  readonly #sources: readonly Source[];
  readonly #placeOf: PlaceOf;
  readonly #limit: number;
  readonly #known = new Map<string, Origin>();

  constructor(sources: readonly Source[], placeOf: PlaceOf = placeByName(), limit = TOPICS_MAX) {
    this.#sources = sources;
    this.#placeOf = placeOf;
    this.#limit = limit;
  }

  of(topic: string): Origin {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const origin = sparkplugOrigin(topic, this.#placeOf) ?? originOf(topic, this.#sources);
    if (this.#known.size >= this.#limit) this.#known.clear();
    this.#known.set(topic, origin);
    return origin;
  }
}

function originOf(topic: string, sources: readonly Source[]): Origin {
  // A pattern may be as wide as that of any level.
  if (announcedDevice(topic) !== undefined) return { kind: 'not-ours-to-take' };
  const parsed = parseTopic(topic);
  if (parsed === undefined) return foreignOrigin(topic, sources);
  if (parsed.kind !== 'device') return { kind: 'not-ours-to-take' };
  const { site, area, device, channel } = parsed;
  const name = { site, area, device };
  if (channel === 'tele' || channel === 'event') return { kind: 'own', device: name, known: null };
  if (channel === 'status' || channel === 'meta') return { kind: 'birth', device: name, channel, known: null };
  if (channel === 'cmd') return { kind: 'command', device: name };
  return { kind: 'not-ours-to-take' };
}

function sparkplugOrigin(text: string, placeOf: PlaceOf): Origin | undefined {
  const replayed = replayedTopic(text);
  if (replayed === undefined && !isSparkplugTopic(text)) return undefined;
  const topic = parseSparkplugTopic(replayed ?? text);
  if (topic === undefined) return { kind: 'nobody', refusal: NOT_SPARKPLUG };
  if (topic.type === 'NCMD' || topic.type === 'DCMD') return { kind: 'not-ours-to-take' };
  const device = placeOf(topic);
  if ('reason' in device) return { kind: 'nobody', refusal: device };
  return { kind: 'sparkplug', device, topic, isReplay: replayed !== undefined };
}

function foreignOrigin(topic: string, sources: readonly Source[]): Origin {
  for (const source of sources) {
    const match = source.match(topic);
    if (match === undefined) continue;
    if (source.isDeviceInPayload) return { kind: 'gateway', ...match };
    const device = match.deviceOf(NOTHING_SAID);
    return 'reason' in device ? { kind: 'nobody', refusal: device } : { kind: 'source', ...match, device, known: null };
  }
  return rootOf(topic) === 'plant' ? NO_CHANNEL : NOBODY;
}
