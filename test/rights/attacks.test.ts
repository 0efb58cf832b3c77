// Ways around the rights of an MQTT broker. Each is tried on bare aedes first, with the rights that one writes at first, where
// it succeeds: it is real. Then on ours, where it does not, and whoever is attacked notices nothing.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken } from '#runtime/access/token.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { startBareAedes } from '../support/brokers.ts';
import { PacketClient, publish } from '../support/packet-client.ts';
import { freePorts, type Running, until } from '../support/processes.ts';
import { type Side, startSide } from './sides.ts';

const T1 = 'lyon/tank-farm/t1';
const T2 = 'lyon/tank-farm/t2';
const CONTENT = {
  users: { root: { role: 'admin' }, vera: { role: 'viewer' }, olga: { role: 'operator' } },
  devices: { [T1]: {}, [T2]: {} },
};
const cmd = (device: string) => `plant/v1/${device}/cmd`;

describe('ways around the rights', () => {
  let bare: Running;
  let barePort: number;
  let side: Side;
  let port: number;
  beforeAll(async () => {
    [barePort = 0] = await freePorts(1);
    bare = await startBareAedes(barePort, undefined, { BARE_ACCESS: 'naive' });
    side = await startSide('embedded', CONTENT);
    port = Number(side.env.PENSTOCK_BROKER_PORT);
  });
  afterAll(async () => {
    await bare?.[Symbol.asyncDispose]();
    await side?.[Symbol.asyncDispose]();
  });

  const loginOf = (name: string) => {
    const kind = name.includes('/') ? 'device' : 'user';
    const key = readOrCreateSecret(side.dataDir, 'token-key').value;
    return { username: name, password: Buffer.from(makeToken(key, { kind, name, serial: 1 })) };
  };
  const enter = (name: string, clientId: string, options: object = {}) =>
    PacketClient.connect(port, { clientId, ...loginOf(name), ...options });
  /** Resolves when the broker has answered this client. */
  const echo = async (client: PacketClient) => {
    client.send({ cmd: 'pingreq' });
    await client.next('pingresp');
  };

  describe('a filter that was refused together with one that was granted is not in force after a reconnect', () => {
    async function askForBoth(client: PacketClient, granted: string, refused: string) {
      expect(await client.subscribe([granted, 1], [refused, 1])).toEqual([1, 128]);
      await client.disconnect();
    }

    it('on bare aedes it is: what was said there meanwhile is delivered', async () => {
      const connect = () => PacketClient.connect(barePort, { clientId: 'spy', clean: false });
      await askForBoth(await connect(), 'open/a', 'secret/a');
      using owner = await PacketClient.connect(barePort, { clientId: 'owner' });
      await owner.publish('secret/a', 'for nobody else');
      using spy = await connect();
      expect(await spy.heard()).toBe('secret/a for nobody else q1');
    });

    it('on ours it is not, neither for what was said meanwhile nor after', async () => {
      await askForBoth(await enter(T1, T1, { clean: false }), cmd(T1), cmd(T2));
      using root = await enter('root', 'root-1');
      await root.publish(cmd(T2), 'for the other');
      await root.publish(cmd(T1), 'mine');
      using spy = await enter(T1, T1, { clean: false });
      expect(await spy.heard()).toBe(`${cmd(T1)} mine q1`);
      await root.publish(cmd(T2), 'for the other');
      await root.publish(cmd(T1), 'mine again');
      expect(await spy.heard()).toBe(`${cmd(T1)} mine again q1`);
    });
  });

  describe('a last will where its owner may not publish', () => {
    it('is taken by bare aedes', async () => {
      using client = await PacketClient.connect(barePort, { clientId: 'w', will: SECRET_WILL });
      await echo(client);
    });

    it.each([
      ['of another device', cmd(T2), false],
      ['of its own that it only reads', cmd(T1), false],
      ["of the broker's", '$SYS/x/new/clients', false],
      ['an alarm', 'alarm/v1/lyon/tank-farm/r/t1', true],
    ])('on ours its owner is not let in: %s', async (_, topic, retain) => {
      const will = { topic, payload: Buffer.from('boo'), qos: 1, retain } as const;
      await expect(enter(T1, T1, { will })).rejects.toThrow('refused with 5');
    });

    it('on ours a command that would be kept is none either, for who may give commands', async () => {
      const will = { topic: cmd(T1), payload: Buffer.from('open'), qos: 1, retain: true } as const;
      await expect(enter('olga', 'olga-1', { will })).rejects.toThrow('refused with 5');
      using _olga = await enter('olga', 'olga-1', { will: { ...will, retain: false } });
    });
  });

  describe('a message that says in the name of the broker that a client has come elsewhere', () => {
    it('on bare aedes ends the connection of that client', async () => {
      using victim = await PacketClient.connect(barePort, { clientId: 'victim' });
      using attacker = await PacketClient.connect(barePort, { clientId: 'attacker' });
      attacker.send(publish({ topic: '$SYS/other/new/clients', payload: 'victim', qos: 0 }));
      await victim.closed;
    });

    it.each(['olga', 'root', 'anonymous'])('on ours ends that of %s who said it, and nobody else', async (name) => {
      using victim = await enter(T2, T2);
      using attacker =
        name === 'anonymous' ? await PacketClient.connect(port, { clientId: 'nobody' }) : await enter(name, 'attacker');
      attacker.send(publish({ topic: '$SYS/other/new/clients', payload: T2, qos: 1, messageId: 1 }));
      await attacker.closed;
      await echo(victim);
    });
  });

  describe("a session under another one's client id", () => {
    it('on bare aedes is taken over, with what waits in it', async () => {
      using victim = await PacketClient.connect(barePort, { clientId: 'd2', clean: false });
      await victim.subscribe(['for/d2', 1]);
      await victim.disconnect();
      using writer = await PacketClient.connect(barePort, { clientId: 'writer' });
      await writer.publish('for/d2', 'secret');
      using thief = await PacketClient.connect(barePort, { clientId: 'd2', clean: false });
      expect(await thief.heard()).toBe('for/d2 secret q1');
    });

    it.each([
      ['of a device that is away', T2, T2],
      ['of a person who is away', 'vera', 'veras-own'],
    ])('on ours stays that of who began it: %s', async (_, owner, clientId) => {
      const topic = cmd(T2);
      using first = await enter(owner, clientId, { clean: false });
      await first.subscribe([topic, 1]);
      await first.disconnect();
      using root = await enter('root', 'root-1');
      await root.publish(topic, 'secret');
      for (const [thief, clean] of [
        [T1, false],
        [T1, true],
        ['olga', false],
        ['olga', true],
      ] as const)
        await expect(enter(thief, clientId, { clean })).rejects.toThrow('refused with 2');
      await expect(PacketClient.connect(port, { clientId, clean: true })).rejects.toThrow('refused with 2');
      using again = await enter(owner, clientId, { clean: false });
      expect(again.sessionPresent).toBe(true);
      expect(await again.heard()).toBe(`${topic} secret q1`);
      again.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: [topic] });
      await again.next('unsuback');
    });

    it.each([
      ['of a device that is connected', T2, T2],
      ['of a service', 'rules', 'penstock-rules-probe'],
      ['of a person who is connected', 'vera', 'veras-other'],
    ])('on ours nobody is cut off by it: %s', async (_, owner, clientId) => {
      using victim = await enter(owner, clientId);
      for (const thief of [T1, 'olga', 'root']) await expect(enter(thief, clientId)).rejects.toThrow('refused with 2');
      await echo(victim);
    });
  });

  describe('files of access that change while clients are connected', () => {
    it('a right that was taken away is not in force a moment later, and the connection stays', async () => {
      using vera = await enter('vera', 'vera-1');
      using root = await enter('root', 'root-1');
      await vera.subscribe(['alarm/#', 1], ['points/v1/7', 1]);
      await root.publish('alarm/v1/a/b/c/d', 'before');
      expect(await vera.heard()).toBe('alarm/v1/a/b/c/d before q1');
      await side.setAccess({ ...CONTENT, acl: 'user vera\ntopic deny alarm/#\n' });
      await root.publish('alarm/v1/a/b/c/d', 'after');
      await root.publish('points/v1/7', 'still');
      expect(await vera.heard()).toBe('points/v1/7 still q1');
      expect(await vera.subscribe(['alarm/#', 1])).toEqual([128]);
      await side.setAccess(CONTENT);
      await root.publish('alarm/v1/a/b/c/d', 'again');
      expect(await vera.heard()).toBe('alarm/v1/a/b/c/d again q1');
    });

    it('who is taken off, revoked, or gets a new token is disconnected, and nobody else', async () => {
      using vera = await enter('vera', 'vera-2');
      using olga = await enter('olga', 'olga-2');
      using t1 = await enter(T1, T1);
      using t2 = await enter(T2, T2);
      using root = await enter('root', 'root-2');
      await side.setAccess({
        users: { root: { role: 'admin' }, olga: { role: 'operator', serial: 2 } },
        devices: { [T1]: {}, [T2]: { revoked: true } },
      });
      await Promise.all([vera.closed, olga.closed, t2.closed]);
      for (const still of [t1, root]) await echo(still);
      for (const name of ['vera', 'olga', T2]) await expect(enter(name, 'x')).rejects.toThrow('refused with 4');
      await side.setAccess(CONTENT);
    });

    it('the last will of who is cut off is judged by the rights of now: a renewed device is told lost, a revoked one says nothing', async () => {
      const status = (device: string) => `plant/v1/${device}/status`;
      const will = (device: string) =>
        ({ topic: status(device), payload: Buffer.from('gone'), qos: 1, retain: false }) as const;
      using root = await enter('root', 'root-3');
      await root.subscribe([status(T1), 1], [status(T2), 1]);
      using t1 = await enter(T1, T1, { will: will(T1) });
      using t2 = await enter(T2, T2, { will: will(T2) });
      await side.setAccess({ ...CONTENT, devices: { [T1]: { serial: 2 }, [T2]: { revoked: true } } });
      await Promise.all([t1.closed, t2.closed]);
      await root.publish(status(T2), 'by somebody else', { qos: 0 });
      const heard = [await root.heard(), await root.heard()].sort();
      expect(heard).toEqual([`${status(T1)} gone q1`, `${status(T2)} by somebody else q0`]);
      await side.setAccess(CONTENT);
    });

    it('a file with a mistake changes nothing, and the broker names it until it is mended', async () => {
      using vera = await enter('vera', 'vera-3');
      using listener = await side.connect('root');
      await listener.subscribe(['service/v1/broker/broker']);
      const status = () => listener.heard.at(-1)?.payload ?? '';
      const file = path.join(side.dataDir, 'access', 'users.json');
      writeFileSync(file, '{ "users": { "root": { "role": "admin" }, ');
      await until('the mistake to be named', () => status().includes('users.json:1:') || undefined);
      await echo(vera);
      using _olga = await enter('olga', 'olga-1');
      await side.setAccess(CONTENT);
      await until('all to be well', () => !status().includes('users.json') || undefined);
      await echo(vera);
    });
  });
});

const SECRET_WILL = { topic: 'secret/a', payload: Buffer.from('boo'), qos: 1, retain: false } as const;
