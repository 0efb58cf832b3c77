// What a Sparkplug host says of itself [3.0, 4.3 and 5.13]: its death as the last will of each connection, and its birth with the same
// time once it reads. Edge nodes that wait for their primary host publish only while it is online. Somebody else's word that it
// is offline (the will of a connection of before, which comes late) is taken back at once.

import { sparkplugTopics } from '#domain/sparkplug-topic.ts';

export class HostState {
  readonly topic: string;
  readonly #now: () => number;
  /** The time of the will of the connection that is up. */
  #since = 0;
  #isOnline = false;

  constructor(host: string, now: () => number) {
    this.topic = sparkplugTopics.state(host);
    this.#now = now;
  }

  /** For the connection that is about to be made. */
  will(): { readonly topic: string; readonly payload: string } {
    this.#since = this.#now();
    this.#isOnline = false;
    return { topic: this.topic, payload: payloadOf('offline', this.#since) };
  }

  /** With the time of the will [tck-id-host-topic-phid-birth-payload-timestamp]. */
  online(): string {
    this.#isOnline = true;
    return payloadOf('online', this.#since);
  }

  /** With the time of now [tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean]. */
  offline(): string {
    this.#isOnline = false;
    return payloadOf('offline', this.#now());
  }

  /** What somebody said on our topic. @returns what is to be said to that */
  heard(payload: Buffer): string | undefined {
    if (!this.#isOnline) return undefined;
    try {
      const said: unknown = JSON.parse(payload.toString('utf8'));
      const isOnline = typeof said === 'object' && said !== null && 'online' in said && said.online === true;
      return isOnline ? undefined : payloadOf('online', this.#since);
    } catch {
      return payloadOf('online', this.#since);
    }
  }
}

function payloadOf(state: 'online' | 'offline', timestamp: number): string {
  return JSON.stringify({ online: state === 'online', timestamp });
}
