// What services say of themselves, on its way to the engine. Of each the latest word counts, and goes in at most once a second,
// so that a service which says something else all the time costs no more than that. Words are not kept on disk before they
// are acknowledged: they are retained, and the broker says them all again at the next connection.

import { isDeepStrictEqual } from 'node:util';
import { parseServiceStatus, SERVICES } from '#domain/service.ts';
import { parseTopic, topics } from '#domain/topic.ts';
import type { EngineInput } from '#rules/engine/inputs.ts';
import type { Delivery } from '#runtime/bus.ts';

type ServiceInput = Extract<EngineInput, { kind: 'service' }>;
type Word = Omit<ServiceInput, 'at'>;

export type ServiceStatusesParts = {
  readonly put: (input: ServiceInput) => void;
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly nowMs: () => number;
  readonly onUnreadable: (topic: string, reason: string) => void;
};

/** Thirty-two problems of 500 characters, each as many bytes as JSON can make of it. */
const PAYLOAD_BYTES_MAX = 128 * 1024;
/** Seven kinds of service, a few replicas of each. What is beyond is counted. */
const SERVICES_MAX = 256;
const PUT_MS = 1_000;

export class ServiceStatuses {
  /** Statuses that could not be read, or found no room. */
  refused = 0;
  readonly #parts: ServiceStatusesParts;
  /** As the engine has it, by topic. */
  readonly #told = new Map<string, Word>();
  readonly #news = new Map<string, Word>();
  #putMs = Number.NEGATIVE_INFINITY;

  constructor(parts: ServiceStatusesParts) {
    this.#parts = parts;
  }

  take({ topic, payload, ack }: Delivery): void {
    ack();
    // The set of rules says itself on a topic of that form.
    if (topic === topics.service('rules', 'files')) return;
    const word = readWord(topic, payload);
    if (typeof word === 'string') this.#refuse(topic, word);
    else if (this.#hasRoomFor(topic, word)) this.#news.set(topic, word);
    else this.#refuse(topic, `there are more than ${SERVICES_MAX} services`);
  }

  /** A service under its own name always has it: whoever invents ids takes no place of those that run on one machine. */
  #hasRoomFor(topic: string, { service, id }: Word): boolean {
    if (service === id || this.#told.has(topic) || this.#news.has(topic)) return true;
    return this.#told.size + this.#news.size < SERVICES_MAX;
  }

  tick(): void {
    const { put, now, nowMs } = this.#parts;
    if (this.#news.size === 0 || nowMs() - this.#putMs < PUT_MS) return;
    this.#putMs = nowMs();
    for (const [topic, word] of this.#news) {
      if (!isDeepStrictEqual(this.#told.get(topic), word)) put({ ...word, at: now() });
      this.#told.set(topic, word);
      // There is no such service any more, and another one may have its place.
      if (word.status === 'gone') this.#told.delete(topic);
    }
    this.#news.clear();
  }

  #refuse(topic: string, reason: string): void {
    this.refused++;
    this.#parts.onUnreadable(topic, reason);
  }
}

function readWord(topic: string, payload: Buffer): Word | string {
  const parsed = parseTopic(topic);
  if (parsed?.kind !== 'service') return 'the topic is none of a service';
  const { id } = parsed;
  const service = SERVICES.find((each) => each === parsed.service);
  if (service === undefined) return `there is no service '${parsed.service}'`;
  if (payload.length === 0) return { kind: 'service', service, id, status: 'gone' };
  if (payload.length > PAYLOAD_BYTES_MAX)
    return `a status has at most ${PAYLOAD_BYTES_MAX} bytes, not ${payload.length}`;
  const status = parseServiceStatus(parseJson(payload));
  if (typeof status === 'string') return status;
  if (status.service !== service || status.id !== id) return 'the status names another service than its topic';
  const { problems } = status;
  return { kind: 'service', service, id, status: status.status, ...(problems === undefined ? {} : { problems }) };
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
