// What was refused, told together: one mistake in a model refuses a message a second, and a person wants to read of it once. A
// group is a reason, a device (or a topic without its numbers, where no device is known) and a sentence without its numbers.
// Bounded: past so many groups a new kind is only counted, by its reason.

import { createHash } from 'node:crypto';
import type { Refusal, RejectReason } from '#domain/rejected.ts';

export type RejectedGroup = {
  /** The same for as long as messages of its kind come, also after a restart; null where it stands for many kinds. */
  readonly id: string | null;
  readonly reason: RejectReason;
  /** `site/area/device`; null where the topic does not say it. */
  readonly device: string | null;
  /** A topic, or a filter for topics that differ in their numbers. */
  readonly topic: string;
  /** The newest of its sentences. */
  readonly message: string;
  /** Where in the payload, of the newest. */
  readonly place: string | null;
  /** Messages, or lines that the store refused. */
  readonly count: number;
  /** Those that have not been sent again. */
  readonly waiting: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The id of its newest. */
  readonly exampleId: string;
};

/** What a group is made of; `device` as deviceOf() has it. */
export type Grouped = {
  readonly id: string;
  readonly topic: string;
  readonly device: string | undefined;
  readonly receivedAt: number;
  readonly replayedAt: number | undefined;
  readonly refusals: readonly Refusal[];
};

type Who = Pick<Grouped, 'topic' | 'device'>;
type Group = { -readonly [key in keyof RejectedGroup]: RejectedGroup[key] };

/** Far above the mistakes that a plant makes, and a few hundred kilobytes. */
const GROUPS_MAX = 1_000;

export class RejectedGroups {
  readonly #max: number;
  readonly #groups = new Map<string, Group>();
  /** Kinds that found no room, by their reason. */
  readonly #others = new Map<RejectReason, Group>();

  constructor(max = GROUPS_MAX) {
    this.#max = max;
  }

  take(rejection: Grouped): void {
    const taken = new Set<Group>();
    for (const refusal of rejection.refusals) {
      const group = this.#groupOf(refusal, rejection);
      if (taken.has(group)) continue; // a message counts once, however often it makes the same mistake
      taken.add(group);
      group.count++;
      if (rejection.replayedAt === undefined) group.waiting++;
      group.firstAt = Math.min(group.firstAt, rejection.receivedAt);
      if (rejection.receivedAt < group.lastAt) continue;
      group.lastAt = rejection.receivedAt;
      group.exampleId = rejection.id;
      if (group.id === null) continue;
      group.message = refusal.message;
      group.place = refusal.place ?? null;
    }
  }

  /** The one that was met last first. */
  all(): RejectedGroup[] {
    return [...this.#groups.values(), ...this.#others.values()].sort((a, b) => b.lastAt - a.lastAt);
  }

  #groupOf(refusal: Refusal, rejection: Grouped): Group {
    const key = keyOf(refusal, rejection);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const { reason } = refusal;
    if (this.#groups.size >= this.#max) {
      const other: Group = this.#others.get(reason) ?? { ...begun(refusal, rejection), ...OTHERS };
      this.#others.set(reason, other);
      return other;
    }
    const group: Group = { ...begun(refusal, rejection), id: hashed(key) };
    this.#groups.set(key, group);
    return group;
  }
}

const OTHERS = { id: null, device: null, topic: '#', message: 'further kinds, too many to be told apart', place: null };

function begun({ reason, message, place }: Refusal, { id, topic, device, receivedAt }: Grouped): Group {
  return {
    id: '',
    reason,
    device: device ?? null,
    topic: device === undefined ? topicPattern(topic) : topic,
    message,
    place: place ?? null,
    count: 0,
    waiting: 0,
    firstAt: receivedAt,
    lastAt: receivedAt,
    exampleId: id,
  };
}

export function groupIdOf(refusal: Refusal, who: Who): string {
  return hashed(keyOf(refusal, who));
}

function keyOf({ reason, message }: Refusal, { topic, device }: Who): string {
  return `${reason}\n${device ?? topicPattern(topic)}\n${sentencePattern(message)}`;
}

function hashed(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}

/** Numbers, and what is written in hexadecimal. */
const NUMBERS = /(?:(?<!\w)[+-])?\b(?=[\da-f]*\d)[\da-f]+(?:\.\d+)?(?:e[+-]?\d+)?…?/gi;

/** The sentence without its numbers, which differ from message to message. */
export function sentencePattern(message: string): string {
  return message.replace(NUMBERS, '#');
}

/** `home/room-12/t` as `home/+/t`: an MQTT filter. Versions stay. */
export function topicPattern(topic: string): string {
  return topic
    .split('/')
    .map((level) => (/\d/.test(level) && !/v\d+(?:\.\d+)?$/i.test(level) ? '+' : level))
    .join('/');
}
