// The state of children that are not there to state it themselves, on their own retained status topic, so that the
// console shows "restarting" with the reason in place of the bare "down" that a child's last will leaves.
// The will and our message race to the broker; whichever comes last, ours is said again when the bare one is seen.

import type { ServiceStatus } from '#domain/service.ts';
import { filters, parseTopic, topics } from '#domain/topic.ts';
import type { Bus } from '#runtime/bus.ts';
import type { ChildEvent } from './child.ts';

export type AnnouncerOptions = {
  readonly bus: Bus;
  /** The services that have a status topic. */
  readonly names: readonly string[];
  readonly version: string;
  readonly clientId: string;
  readonly now: () => number;
};

export class Announcer implements AsyncDisposable {
  readonly #options: AnnouncerOptions;
  readonly #absent = new Map<string, ServiceStatus>();
  readonly #consumer: AsyncDisposable;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#consumer = options.bus.consume({
      clientId: options.clientId,
      filters: [filters.services],
      cleanSession: true,
      onDelivery: ({ topic, payload, ack }) => {
        ack();
        this.#see(topic, payload.toString());
      },
    });
  }

  take(event: ChildEvent): void {
    const { name, kind } = event;
    if (!this.#options.names.includes(name)) return;
    // A ready child has announced itself.
    if (kind === 'ready') {
      this.#absent.delete(name);
      return;
    }
    const { version, now } = this.#options;
    const status = kind === 'ended' ? 'restarting' : 'down';
    this.#absent.set(name, { service: name, id: name, status, since: now(), version, detail: event.detail });
    this.#say(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consumer[Symbol.asyncDispose]();
  }

  #see(topic: string, payload: string): void {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'service' || parsed.id !== parsed.service || !this.#absent.has(parsed.service)) return;
    if (isBareDown(payload)) this.#say(parsed.service);
  }

  #say(name: string): void {
    const { bus } = this.#options;
    const status = this.#absent.get(name);
    // Without a broker nothing is queued: by the time it is back, what is queued now would be wrong.
    if (status === undefined || bus.problem() !== undefined) return;
    bus.publish(topics.service(name, name), JSON.stringify(status), { retain: true }).catch(() => {}); // closing
  }
}

function isBareDown(payload: string): boolean {
  try {
    const { status, detail } = JSON.parse(payload) as Partial<ServiceStatus>;
    return status === 'down' && detail === undefined;
  } catch {
    return false;
  }
}
