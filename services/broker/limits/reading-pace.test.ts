import { Duplex } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { Identity } from '#domain/access/identity.ts';
import { Rights } from '#domain/access/rights.ts';
import type { GateClient } from '../access/gate.ts';
import type { Visitor } from '../access/visitor.ts';
import type { InnerClient } from '../aedes-internals.ts';
import { ReadingPace } from './reading-pace.ts';

const streams: Duplex[] = [];
const visitors = new Map<GateClient, Visitor>();
let slowed: string[] = [];
afterEach(() => {
  for (const stream of streams.splice(0)) stream.destroy();
  visitors.clear();
  slowed = [];
});

const pace = () =>
  new ReadingPace({
    messagesPerSecondMax: 1,
    bytesPerSecondMax: 1_000,
    gate: { visitorOf: (client) => visitors.get(client) },
    onSlowed: ({ id }) => slowed.push(id),
  });

function connection(of: ReadingPace, id: string, identity: Identity) {
  const stream = new Duplex({ read() {} });
  streams.push(stream);
  const client = { id, closed: false, _keepaliveTimer: null, _nextBatch() {} } as unknown as InnerClient;
  visitors.set(client, { identity, clientId: id, address: '::1', login: '', rights: new Rights([]) });
  return of.readingOf(client, stream);
}

const DEVICE: Identity = { kind: 'device', name: 'lyon/hall/d1' };
const ANONYMOUS: Identity = { kind: 'anonymous' };

test("an allowance is a device's, under any client id; without a login it is the client id's; a service needs none", () => {
  const readings = pace();
  const first = connection(readings, 'one', DEVICE);
  expect(first.mayRead()).toBe(true);
  first.hasRead(10, 100);
  expect(first.mayRead()).toBe(false);
  expect(connection(readings, 'two', DEVICE).mayRead()).toBe(false);
  const guest = connection(readings, 'three', ANONYMOUS);
  guest.hasRead(1_000_000, 1);
  expect(guest.mayRead()).toBe(false);
  expect(connection(readings, 'three', ANONYMOUS).mayRead()).toBe(false);
  expect(connection(readings, 'four', ANONYMOUS).mayRead()).toBe(true);
  const service = connection(readings, 'five', { kind: 'service', name: 'ingest', as: 'ingest' });
  service.hasRead(1_000_000, 1_000_000);
  expect(service.mayRead()).toBe(true);
  expect(slowed).toEqual(['one', 'two', 'three', 'three']);
  expect(readings.held).toBe(4);
  readings.tick();
  expect(connection(readings, 'six', DEVICE).mayRead()).toBe(false);
});
