import { Aedes } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client, InnerAedes } from './aedes-internals.ts';
import { mendRegistry } from './mend-registry.ts';

let aedes: InnerAedes;
let gone: Client[];
beforeEach(async () => {
  aedes = (await Aedes.createBroker()) as unknown as InnerAedes;
  gone = [];
  aedes.on('clientDisconnect', (client: Client) => gone.push(client));
});
afterEach(() => new Promise<void>((resolve) => aedes.close(() => resolve())));

/** As much of a client as the list sees: closing takes it a while, and `through` is the end of it. */
function visitor(id: string) {
  const client = {
    ...{ id, closed: false },
    close: (done?: () => void) => {
      client.closed = true;
      done?.();
    },
  };
  return {
    client: client as unknown as Client,
    come: () => aedes._finishRegisterClient(client as unknown as Client),
    go: client.close,
    /** What aedes' client does when it has closed. */
    through: () => {
      if (aedes.clients[id] !== undefined) aedes.unregisterClient(client as unknown as Client);
    },
  };
}

describe('aedes by itself', () => {
  it('counts one off that was never counted, and never one whose successor went before it', () => {
    const [first, stranger] = [visitor('a'), visitor('a')];
    first.come();
    stranger.go();
    stranger.through();
    expect(aedes.connectedClients).toBe(0);
    const [older, younger] = [visitor('b'), visitor('b')];
    for (const each of [older, younger]) each.come();
    for (const each of [younger, older]) each.through();
    expect(aedes.connectedClients).toBe(1);
  });
});

describe('mendRegistry()', () => {
  beforeEach(() => mendRegistry(aedes));

  it('does not count off one that closed while it was let in', () => {
    const [first, stranger] = [visitor('a'), visitor('a')];
    first.come();
    stranger.go();
    stranger.come();
    stranger.through();
    expect([aedes.connectedClients, aedes.clients.a, gone]).toEqual([1, first.client, []]);
  });

  it.each([
    ['in order', [0, 1, 2]],
    ['the youngest first', [2, 1, 0]],
    ['the middle one last', [2, 0, 1]],
  ])('counts each off once, %s', (_, order) => {
    const all = [visitor('a'), visitor('a'), visitor('a')];
    for (const each of all) each.come();
    expect(all.map(({ client }) => client.closed)).toEqual([true, true, false]);
    for (const i of order) for (let twice = 0; twice < 2; twice++) all[i]?.through();
    expect([aedes.connectedClients, aedes.clients.a]).toEqual([0, undefined]);
    expect(gone).toEqual(order.map((i) => all[i]?.client));
  });

  it('lists the youngest while older ones are closing', () => {
    const [older, younger] = [visitor('a'), visitor('a')];
    for (const each of [older, younger]) each.come();
    older.through();
    expect([aedes.connectedClients, aedes.clients.a]).toEqual([1, younger.client]);
  });
});
