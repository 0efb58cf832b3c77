// Orders to the plant: commands, what people want of devices, operations on alarms, plant states, desired configuration, updates, replays of what was refused. Each is in the audit journal,
// on the disk, before it takes effect. What the same client publishes meanwhile waits, too: messages of one client stay in order.

import { userNameOf } from '#domain/access/identity.ts';
import type { Audit, AuditActor } from '#runtime/audit-log/audit.ts';
import type { PublishedPacket } from '../persistence/packets.ts';
import type { GateClient } from './gate.ts';
import type { Visitor } from './visitor.ts';

export type OrdersOptions = {
  readonly audit: Audit;
  readonly visitorOf: (client: GateClient) => Visitor | undefined;
};

const TO_DEVICE = /^plant\/.*\/(?:cmd|cfg\/desired|ota\/data)$/;

export class Orders {
  readonly #options: OrdersOptions;
  /** Of clients whose last order is being written. */
  readonly #underWay = new WeakMap<GateClient, Promise<void>>();

  constructor(options: OrdersOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the message may take effect; undefined where it may at once.
   * @param client null for a last will that outlived its broker
   */
  written(client: GateClient | null, packet: PublishedPacket): Promise<void> | undefined {
    const { audit, visitorOf } = this.#options;
    const { topic, payload } = packet;
    const before = client === null ? undefined : this.#underWay.get(client);
    if (!isOrder(topic)) return before;
    const visitor = client === null ? undefined : visitorOf(client);
    const who = visitor === undefined ? ownerOf(packet) : actorOf(visitor);
    const own = audit.append({ what: 'publish', who, topic, outcome: 'allowed', payload: Buffer.from(payload) });
    if (client === null) return own;
    const both = before === undefined ? own : before.then(() => own);
    this.#underWay.set(client, both);
    void both.then(() => {
      if (this.#underWay.get(client) === both) this.#underWay.delete(client);
    });
    return both;
  }
}

export function isOrder(topic: string): boolean {
  return (
    topic.startsWith('alarm-op/') ||
    topic.startsWith('command-op/') ||
    topic.startsWith('rejected-op/') ||
    topic.startsWith('state/') ||
    TO_DEVICE.test(topic)
  );
}

/** Of a last will: what it bears of whoever left it. */
function ownerOf(packet: PublishedPacket): AuditActor {
  const { owner: user = '', clientId: client = '' } = packet as PublishedPacket & { owner?: string; clientId?: string };
  return { user, client };
}

export function actorOf({ identity, clientId: client, address }: Visitor): AuditActor {
  const role = identity.kind === 'person' ? identity.role : identity.kind;
  return { user: userNameOf(identity) ?? '', role, client, address };
}
