// Who comes in, and what those who are in may do: asked by aedes at CONNECT, and for every publish, subscription and delivery.
// Rights follow the files of access while clients are connected; who is known no more is cut off.

import { type Identity, identityText, userNameOf } from '#domain/access/identity.ts';
import { NEVER_RETAINED } from '#domain/access/policy.ts';
import { matchesFilter } from '#domain/topic.ts';
import type { Access } from '#runtime/access/access.ts';
import { clientIdProblem } from './client-ids.ts';
import type { Doorkeeper, Refused } from './doorkeeper.ts';
import type { Origin, Visitor } from './visitor.ts';

/** What the gate sees of a client of aedes. */
export type GateClient = { readonly id: string; close(done?: () => void): unknown };

export type Connect = {
  readonly clientId: string;
  readonly clean: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly will?: Published | undefined;
};

export type Published = {
  readonly topic: string;
  readonly retain?: boolean | undefined;
  readonly payload: Buffer | string;
};

/** Return codes of CONNACK [MQTT-3.2.2]. */
export type ReturnCode = 2 | 3 | 4 | 5;
export type Refusal = { readonly reason: string; readonly returnCode: ReturnCode };

export type GateOptions = {
  readonly access: Access;
  readonly doorkeeper: Doorkeeper;
  /** User of the session or the connection that bears a client id; '' for one of nobody's. */
  readonly ownerOf: (clientId: string) => string | undefined;
};

export class Gate {
  readonly #options: GateOptions;
  readonly #visitors = new WeakMap<GateClient, Visitor>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Why the client is not let in; undefined where it is, and from then on has the rights of who it is. */
  async admit(client: GateClient, connect: Connect, origin: Origin): Promise<Refusal | undefined> {
    const { doorkeeper } = this.#options;
    const identity = await this.#identify(connect, origin);
    if ('returnCode' in identity) {
      await doorkeeper.refusedLogin({ ...connect, ...origin }, identity);
      return identity;
    }
    const visitor = this.#visitorOf(identity, connect, origin);
    const refusal = this.#problemOf(visitor, connect);
    if (refusal === undefined) {
      await doorkeeper.admitted(visitor);
      this.#visitors.set(client, visitor);
    } else doorkeeper.refused(visitor, { what: 'connect', topic: connect.will?.topic ?? '', reason: refusal.reason });
    return refusal;
  }

  /** Who the client is, as it was let in. */
  visitorOf(client: GateClient): Visitor | undefined {
    return this.#visitors.get(client);
  }

  /** The services of the pipeline, and programs with rights of theirs, are bound by no limit of clients. */
  isService(client: GateClient): boolean {
    return this.#visitors.get(client)?.identity.kind === 'service';
  }

  /** The client was refused something by others than the gate. */
  tellRefused(client: GateClient, refused: Refused): void {
    const visitor = this.#visitors.get(client);
    if (visitor !== undefined) this.#options.doorkeeper.refused(visitor, refused);
  }

  tellSlowed(client: GateClient): void {
    const visitor = this.#visitors.get(client);
    if (visitor !== undefined) this.#options.doorkeeper.slowed(visitor);
  }

  /** Why the client may not publish that; undefined where it may. */
  publishProblem(client: GateClient, published: Published): string | undefined {
    const visitor = this.#visitors.get(client);
    const { topic } = published;
    const isAllowed = visitor?.rights.mayPublish(topic) === true;
    const reason = isAllowed ? keptOrderProblem(published) : notAllowed(visitor, topic);
    if (reason === undefined) return undefined;
    if (visitor !== undefined) this.#options.doorkeeper.refused(visitor, { what: 'publish', topic, reason });
    return reason;
  }

  /** The same for a will whose client is gone with the broker's last run. */
  willProblem(user: string | undefined, clientId: string, will: Published): string | undefined {
    const { access } = this.#options;
    const identity = user === undefined ? ({ kind: 'anonymous' } as const) : access.identityOf(user);
    const isAllowed = identity !== undefined && access.rightsOf(identity, clientId).mayPublish(will.topic);
    return isAllowed ? keptOrderProblem(will) : `${user ?? 'anonymous'} may not publish to ${will.topic}`;
  }

  /** Asked for by the client itself: a refusal is told. */
  grantsSubscription(client: GateClient, filter: string): boolean {
    if (this.maySubscribe(client, filter)) return true;
    const visitor = this.#visitors.get(client);
    const reason = `${nameOf(visitor)} may not subscribe to ${filter}`;
    if (visitor !== undefined) this.#options.doorkeeper.refused(visitor, { what: 'subscribe', topic: filter, reason });
    return false;
  }

  maySubscribe(client: GateClient, filter: string): boolean {
    return this.#visitors.get(client)?.rights.maySubscribe(filter) === true;
  }

  mayReceive(client: GateClient, topic: string): boolean {
    return !isInternal(topic) && this.#visitors.get(client)?.rights.mayReceive(topic) === true;
  }

  /** The files of access have changed: everybody has the rights of now, and who has another login now has to come anew. */
  recheck(clients: Iterable<GateClient>): void {
    const { access, doorkeeper } = this.#options;
    for (const client of clients) {
      const visitor = this.#visitors.get(client);
      if (visitor === undefined) continue;
      if (access.loginOf(visitor.identity) === visitor.login) {
        visitor.rights = access.rightsOf(visitor.identity, visitor.clientId);
        continue;
      }
      this.#visitors.delete(client);
      doorkeeper.cutOff(visitor);
      client.close();
    }
  }

  async #identify(connect: Connect, origin: Origin): Promise<Identity | Refusal> {
    const { access } = this.#options;
    const { username, password } = connect;
    const { certificateName } = origin;
    if (certificateName !== undefined) return this.#certified(certificateName, username);
    if (username === undefined && password === undefined) {
      if (origin.allowsAnonymous) return { kind: 'anonymous' };
      return { reason: 'a login is asked for: user name and password', returnCode: 5 };
    }
    const answer = await access.identify({ name: username ?? '', secret: password ?? '' }, origin.address);
    if (answer.kind === 'known') return answer.identity;
    if (answer.kind === 'wrong') return { reason: 'wrong user name or password', returnCode: 4 };
    return { reason: `too many logins; again in ${Math.ceil(answer.waitMs / 1_000)} s`, returnCode: 3 };
  }

  /** A certificate is the login; a user name beside it may only be the same. */
  #certified(name: string, username: string | undefined): Identity | Refusal {
    const identity = this.#options.access.identityOf(name);
    if (identity === undefined) return { reason: `the certificate names '${name}', who is not known`, returnCode: 5 };
    if (username === undefined || username === '' || username === name) return identity;
    return { reason: `the certificate names '${name}', the login '${username}'`, returnCode: 4 };
  }

  #visitorOf(identity: Identity, { clientId }: Connect, { address }: Origin): Visitor {
    const { access } = this.#options;
    const rights = access.rightsOf(identity, clientId);
    return { identity, clientId, address, login: access.loginOf(identity) ?? '', rights };
  }

  #problemOf({ identity, rights }: Visitor, { clientId, clean, will }: Connect): Refusal | undefined {
    const { access, ownerOf } = this.#options;
    const isDevice = (name: string) => access.identityOf(name)?.kind === 'device';
    const bearer = ownerOf(clientId);
    // A session of nobody's, or of who is known no more, is anybody's.
    const owner = bearer !== undefined && access.identityOf(bearer) !== undefined ? bearer : undefined;
    const problem = clientIdProblem({ clientId, clean, identity, isDevice, owner });
    if (problem !== undefined) return { reason: problem, returnCode: 2 };
    if (will === undefined) return undefined;
    const reason = rights.mayPublish(will.topic)
      ? keptOrderProblem(will)
      : `${identityText(identity)} may not publish its last will to ${will.topic}`;
    return reason === undefined ? undefined : { reason, returnCode: 5 };
  }
}

/** An order that is retained would be carried out again by whoever returns, whenever that is. */
function keptOrderProblem({ topic, retain, payload }: Published): string | undefined {
  const isKept = retain === true && payload.length > 0 && NEVER_RETAINED.some((filter) => matchesFilter(filter, topic));
  return isKept ? `a command is never retained: ${topic}` : undefined;
}

function notAllowed(visitor: Visitor | undefined, topic: string): string {
  return topic.startsWith('$')
    ? `topics that begin with $ belong to the broker: ${topic}`
    : `${nameOf(visitor)} may not publish to ${topic}`;
}

/** What aedes says to itself below $SYS names every client and what it subscribes to; clients are told what is in sys/. */
function isInternal(topic: string): boolean {
  return topic.startsWith('$SYS/') && !topic.startsWith('$SYS/broker/');
}

function nameOf(visitor: Visitor | undefined): string {
  return visitor === undefined ? 'nobody' : (userNameOf(visitor.identity) ?? 'who comes without a login');
}
