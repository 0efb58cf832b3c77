// Where a message comes from, by its topic: a device of ours, a foreign one that a source maps, or nobody. Devices speak on the
// same topics all day, so what a topic means is found out once and remembered; bounded, since topics can be invented.

import type { Refusal } from '#domain/rejected.ts';
import { type DeviceName, parseTopic } from '#domain/topic.ts';
import type { KnownDevice } from './devices/known-device.ts';
import type { Match, Source } from './sources/source.ts';

/** The device of a topic, and what is known of it since it was first asked for. */
export type OneDevice = { readonly device: DeviceName; known: KnownDevice | null };

export type Origin =
  | (OneDevice & { readonly kind: 'own' })
  | (OneDevice & { readonly kind: 'birth'; readonly channel: 'status' | 'meta' })
  | (OneDevice & Match & { readonly kind: 'source' })
  /** A source's, whose payload says which device it is. */
  | ({ readonly kind: 'gateway' } & Match)
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
const NOTHING_SAID: ReadonlyMap<string, string> = new Map();
const TOPICS_MAX = 200_000;

export class Origins {
  readonly #sources: readonly Source[];
  readonly #limit: number;
  readonly #known = new Map<string, Origin>();

  constructor(sources: readonly Source[], limit = TOPICS_MAX) {
    this.#sources = sources;
    this.#limit = limit;
  }

  of(topic: string): Origin {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const origin = originOf(topic, this.#sources);
    if (this.#known.size >= this.#limit) this.#known.clear();
    this.#known.set(topic, origin);
    return origin;
  }
}

function originOf(topic: string, sources: readonly Source[]): Origin {
  const parsed = parseTopic(topic);
  if (parsed === undefined) return foreignOrigin(topic, sources);
  if (parsed.kind !== 'device') return { kind: 'not-ours-to-take' };
  const { site, area, device, channel } = parsed;
  const name = { site, area, device };
  if (channel === 'tele' || channel === 'event') return { kind: 'own', device: name, known: null };
  if (channel === 'status' || channel === 'meta') return { kind: 'birth', device: name, channel, known: null };
  return { kind: 'not-ours-to-take' };
}

function foreignOrigin(topic: string, sources: readonly Source[]): Origin {
  for (const source of sources) {
    const match = source.match(topic);
    if (match === undefined) continue;
    if (source.isDeviceInPayload) return { kind: 'gateway', ...match };
    const device = match.deviceOf(NOTHING_SAID);
    return 'reason' in device ? { kind: 'nobody', refusal: device } : { kind: 'source', ...match, device, known: null };
  }
  return NOBODY;
}
