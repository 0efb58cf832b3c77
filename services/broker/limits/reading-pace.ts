// How fast a client is read. One that sends more messages or bytes a second than it may is read slower: TCP then holds it
// back, nothing of it is dropped, and the connection stays. Its pings are answered in their turn, a moment later than they
// would be. The allowance belongs to the device, or to the client id, and not to the connection: whoever comes again and again
// would have a new one each time.

import type { Duplex } from 'node:stream';
import type { Gate } from '../access/gate.ts';
import type { InnerClient } from '../aedes-internals.ts';
import { allowanceKey } from './allowance-key.ts';
import { TokenBucket } from './token-bucket.ts';

export type PaceOptions = {
  /** 0: any. */
  readonly messagesPerSecondMax: number;
  readonly bytesPerSecondMax: number;
  readonly gate: Pick<Gate, 'visitorOf'>;
  /** A client begins to be held back. */
  readonly onSlowed: (client: InnerClient) => void;
};

type Allowance = { readonly messages: TokenBucket; readonly bytes: TokenBucket };

/** How a connection is read; asked before each piece, and told of it. */
export type Reading = {
  mayRead(): boolean;
  hasRead(bytes: number, messages: number): void;
};

/** While a client is held back it is looked at so often, and meanwhile not taken for silent. */
const LOOK_MS_MAX = 250;

export class ReadingPace {
  readonly #options: PaceOptions;
  readonly #allowances = new Map<string, Allowance>();
  readonly #held = new Set<InnerClient>();

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Clients that are held back now. */
  get held(): number {
    return this.#held.size;
  }

  readingOf(client: InnerClient, stream: Duplex): Reading {
    // A stranger's own, until it is known whose it is.
    let allowance: Allowance | undefined = this.#full();
    let isKnown = false;
    const current = () => {
      const visitor = isKnown ? undefined : this.#options.gate.visitorOf(client);
      if (visitor === undefined) return allowance;
      isKnown = true;
      allowance = visitor.identity.kind === 'service' ? undefined : this.#allowanceOf(allowanceKey(visitor));
      return allowance;
    };
    let timer: NodeJS.Timeout | undefined;
    const letGo = () => {
      clearTimeout(timer);
      timer = undefined;
      this.#held.delete(client);
    };
    const hold = (waitMs: number) => {
      if (!this.#held.has(client)) this.#options.onSlowed(client);
      this.#held.add(client);
      timer ??= setTimeout(
        () => {
          timer = undefined;
          client._keepaliveTimer?.refresh();
          client._nextBatch();
        },
        Math.min(waitMs, LOOK_MS_MAX),
      );
    };
    stream.once('close', letGo);
    return {
      mayRead() {
        const now = performance.now();
        const each = current();
        const waitMs = each === undefined ? 0 : Math.max(each.messages.waitMs(now), each.bytes.waitMs(now));
        if (waitMs > 0 && !client.closed) hold(waitMs);
        else letGo();
        return waitMs <= 0 || client.closed;
      },
      hasRead(bytes, messages) {
        const now = performance.now();
        const each = current();
        each?.messages.take(messages, now);
        each?.bytes.take(bytes, now);
      },
    };
  }

  /** Now and then: an allowance that nothing was taken of need not be remembered. */
  tick(): void {
    const now = performance.now();
    for (const [key, { messages, bytes }] of this.#allowances)
      if (messages.isFull(now) && bytes.isFull(now)) this.#allowances.delete(key);
  }

  #allowanceOf(key: string): Allowance {
    const known = this.#allowances.get(key) ?? this.#full();
    this.#allowances.set(key, known);
    return known;
  }

  #full(): Allowance {
    const { messagesPerSecondMax, bytesPerSecondMax } = this.#options;
    const now = performance.now();
    const bucket = (perSecond: number) => new TokenBucket(perSecond === 0 ? Number.POSITIVE_INFINITY : perSecond, now);
    return { messages: bucket(messagesPerSecondMax), bytes: bucket(bytesPerSecondMax) };
  }
}
