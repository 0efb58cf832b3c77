// Names from outside that mean something inside: to JavaScript, to patterns of rights, to aedes. As client id, user, topic, filter
// and will they are refused or harmless, and objects stay what they are.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { grantsOf, parseAcl } from '#domain/access/acl.ts';
import { isName } from '#domain/name.ts';
import { PacketClient, publish } from '../../test/support/packet-client.ts';
import { tempFolder } from '../../test/support/processes.ts';
import { accessOf } from './access/test-gate.ts';
import { openTestBroker, type TestBroker } from './test-broker.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(OF_OBJECTS);
  expect(Object.keys({})).toEqual([]);
});
const OF_OBJECTS = Object.getOwnPropertyNames(Object.prototype).sort();

const WORDS = [
  ...['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'],
  ...['then', 'null', 'undefined', 'NaN', '0', '-1', '%u', '%c', '$1', '$&', 'a/b', '/', '//', '..', '../x'],
  ...[' ', "'", '"', '\\', '{}', '[]', '🦊', 'é', '\u202e', 'penstock', 'x'.repeat(128)],
];
/** Refused as a client id: wildcards, control characters, what begins with $, the services' own, and what is too long. */
const REFUSED_IDS = ['+', '#', 'a+b', 'a/#', '$x', '$SYS', '\n', '\u001b[2J', 'penstock-rules', 'x'.repeat(129)];

async function serves({ port }: TestBroker): Promise<void> {
  using honest = await PacketClient.connect(port, { clientId: 'honest' });
  await honest.subscribe(['honest', 0]);
  await honest.publish('honest', 'still here', { qos: 0 });
  expect(await honest.heard()).toBe('honest still here q0');
}

test('as client ids they are names like others, with a session, a queue and a will of their own', async () => {
  const broker = opened.use(await openTestBroker());
  const watcher = opened.use(await PacketClient.connect(broker.port, { clientId: 'watcher' }));
  await watcher.subscribe(['will', 0]);
  for (const clientId of WORDS.filter((each) => !each.startsWith('$'))) {
    const own = {
      clientId,
      clean: false,
      will: { topic: 'will', payload: Buffer.from(clientId), qos: 0, retain: false },
    } as const;
    const first = await PacketClient.connect(broker.port, own);
    expect(first.sessionPresent).toBe(false);
    await first.subscribe(['own', 1]);
    await first.vanish();
    expect(await watcher.heard()).toBe(`will ${clientId} q0`);
    using second = await PacketClient.connect(broker.port, own);
    expect(second.sessionPresent).toBe(true);
    await second.publish('own', clientId);
    const { payload, messageId = 0 } = await second.next('publish');
    expect(String(payload)).toBe(clientId);
    second.send({ cmd: 'puback', messageId });
    second.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['own'] });
    await second.next('unsuback');
    await second.disconnect();
  }
  await serves(broker);
}, 60_000);

test.each(REFUSED_IDS)('as a client id %j is refused, with a session or without', async (clientId) => {
  const broker = opened.use(await openTestBroker());
  for (const clean of [true, false])
    await expect(PacketClient.connect(broker.port, { clientId, clean })).rejects.toThrow('refused with 2');
  await serves(broker);
});

const [text, unit] = [
  fc.string({ unit: 'binary', maxLength: 140 }),
  fc.constantFrom('/', '+', '#', '$', '%u', '\0', '..'),
];
const anyForm = fc.oneof(
  text,
  fc.array(fc.oneof(fc.constantFrom(...WORDS), unit), { maxLength: 4 }).map((all) => all.join('')),
);

test('of any form they are let in or refused, and the broker is as before', async () => {
  const broker = opened.use(await openTestBroker());
  const some = fc.sample(anyForm, { numRuns: 1_000, seed: 4711 });
  let refused = 0;
  for (let from = 0; from < some.length; from += 50) {
    const outcomes = await Promise.allSettled(
      some.slice(from, from + 50).map(async (clientId) => {
        const client = await PacketClient.connect(broker.port, { clientId });
        await client.disconnect();
      }),
    );
    refused += outcomes.filter(({ status }) => status === 'rejected').length;
  }
  expect(refused).toBeGreaterThan(100);
  expect(refused).toBeLessThan(900);
  await serves(broker);
}, 120_000);

test('in a pattern of rights ten thousand of any form open no level and no wildcard', () => {
  const acl = parseAcl('pattern readwrite in/%c/out\npattern deny not/%c');
  if (Array.isArray(acl)) throw new Error(acl[0]?.message);
  fc.assert(
    fc.property(anyForm, (clientId) => {
      for (const { filter, access } of grantsOf(acl, { kind: 'anonymous' }, clientId)) {
        if (access.startsWith('deny')) continue;
        expect(filter.split('/')).toEqual(['in', clientId, 'out']);
        expect(clientId).not.toMatch(/[+#/$\0]/);
      }
    }),
    { numRuns: 10_000 },
  );
});

test('as a user with any password none is known', async () => {
  const broker = opened.use(await openTestBroker());
  for (const username of [...WORDS, ...REFUSED_IDS].filter((each) => each !== '')) {
    const login = { clientId: 'a', username, password: Buffer.from(username) };
    await expect(PacketClient.connect(broker.port, login)).rejects.toThrow(/refused with [34]/);
  }
  await serves(broker);
}, 120_000);

test('as topics and filters they are themselves, and nothing else', async () => {
  const broker = opened.use(await openTestBroker());
  for (const [i, topic] of WORDS.entries()) {
    using client = await PacketClient.connect(broker.port, { clientId: `client-${i}`, clean: false });
    const isOurs = topic.startsWith('$');
    expect(await client.subscribe([topic, 1])).toEqual([isOurs ? 128 : 1]);
    if (isOurs) {
      client.send(publish({ topic, payload: 'x', qos: 1, messageId: 1 }));
      await client.closed;
      continue;
    }
    client.send(publish({ topic, payload: 'x', qos: 0, retain: true }));
    expect(await client.heard()).toBe(`${topic} x q0`);
    using later = await PacketClient.connect(broker.port, { clientId: `later-${i}` });
    await later.subscribe([topic, 0]);
    expect(await later.heard()).toBe(`${topic} x q0 retained`);
  }
  await serves(broker);
}, 60_000);

test.each(['users', 'devices'])('as keys of the file of %s they are a mistake, or a name like others', async (kind) => {
  const folder = opened.use(tempFolder());
  const row = kind === 'users' ? '{"role":"viewer"}' : '{}';
  for (const word of [...WORDS, ...REFUSED_IDS]) {
    const text = `{${JSON.stringify(kind)}: {${JSON.stringify(word)}: ${row}}}`;
    writeFileSync(path.join(folder.path, `${kind}.json`), text, { mode: 0o600 });
    const access = accessOf(folder.path);
    const isKnown = access.identityOf(word) !== undefined;
    // Of devices `a/b` is a name like others: an edge node of Sparkplug.
    const isAName = kind === 'devices' ? word.split('/').every(isName) : isName(word);
    if (access.problem() === undefined && !isAName) expect([word, isKnown]).toEqual([word, false]);
    for (const inherited of ['constructor', 'toString', '__proto__'])
      if (inherited !== word) expect(access.identityOf(inherited)).toBeUndefined();
  }
});
