// The power goes at random moments of the broker's life: every message that it had acknowledged waits for who was away, in order
// and once, what is retained is there, and its log opens without repair.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realFiles } from '#runtime/segment-log/files.ts';
import type { QueuedPacket } from '../../../services/broker/persistence/packets.ts';
import { openTestStore } from '../../../services/broker/persistence/test-store.ts';
import { PacketClient, publish } from '../../support/packet-client.ts';
import { freePorts, tempFolder } from '../../support/processes.ts';
import { NO_STRACE, type Recording } from '../../support/recorded-disk/record.ts';
import { SEED } from '../profile.ts';
import { CUTS, cutOften, report } from './cut-often.ts';
import { recordService } from './record-service.ts';
import { ackedIds, packetsIn } from './said-packets.ts';

/** Publishers at once, and messages of each; in the middle of them the broker is killed. */
const PUBLISHERS = ['a', 'b', 'c'];
const MESSAGES = 120;
const BURST = 4;

/** The retained topics of a publisher are few, and change all the time. */
const topicOf = (publisher: string, n: number) => `${publisher}/${n % 5}`;

describe.skipIf(NO_STRACE)(`the power of the broker goes (seed ${SEED})${NO_STRACE ? `: ${NO_STRACE}` : ''}`, () => {
  let temp: ReturnType<typeof tempFolder> | undefined;
  afterAll(() => temp?.[Symbol.dispose]());
  let scratch = '';
  /** Who published from which port, and the number of its first message there. */
  const publishers = new Map<number, { readonly name: string; readonly first: number }>();
  let recording: Recording;
  const cut = (withoutSync: (name: string) => boolean = () => false) =>
    cutOften({
      ...{ name: 'broker', scratch, recording, withoutSync },
      examine: (folder, said) => examine(folder, acknowledged(said)),
    });

  beforeAll(async () => {
    temp = tempFolder();
    scratch = temp.path;
    const data = path.join(scratch, 'data');
    mkdirSync(data);
    const [port = 0] = await freePorts(1);
    const env = { PENSTOCK_BROKER_PORT: `${port}`, PENSTOCK_BROKER_WS_PORT: 'off' };
    const work = (first: number) => Promise.all(PUBLISHERS.map((name) => publishSome(port, name, first)));
    recording = await recordService({ service: 'broker', data, scratch, env }, async (broker) => {
      const away = await PacketClient.connect(port, { clientId: 'away', clean: false });
      await away.subscribe(['+/+', 1]);
      await away.disconnect();
      await work(0);
      await broker.again('killed');
      await work(MESSAGES / 2);
    });
  });

  async function publishSome(port: number, name: string, first: number): Promise<void> {
    using client = await PacketClient.connect(port, { clientId: name });
    publishers.set(client.socket.localPort ?? 0, { name, first });
    for (let n = first; n < first + MESSAGES / 2; n += BURST) {
      const numbers = Array.from({ length: BURST }, (_, i) => n + i);
      client.send(
        ...numbers.map((each) => {
          const [topic, payload] = [topicOf(name, each), `${name} ${each}`];
          return publish({ topic, payload, qos: 1, retain: each % 2 === 0, messageId: each - first + 1 });
        }),
      );
      for (const _ of numbers) await client.next('puback');
    }
  }

  /** Numbers of messages by publisher. */
  function acknowledged(said: ReadonlyMap<string, Buffer>): Map<string, Set<number>> {
    const acked = new Map(PUBLISHERS.map((name) => [name, new Set<number>()]));
    for (const [to, bytes] of said) {
      const { name = '', first = 0 } = publishers.get(Number(/(\d+)\]$/.exec(to)?.[1])) ?? {};
      for (const id of ackedIds(packetsIn(bytes))) acked.get(name)?.add(first + id - 1);
    }
    return acked;
  }

  it(`${CUTS} times: what was acknowledged waits in order, and the log opens without repair`, async () => {
    const { acked, problems } = await cut();
    expect(problems).toEqual([]);
    expect(acked).toBeGreaterThan(CUTS);
    report('broker', recording, acked);
  });

  it.each<[what: string, withoutSync: (name: string) => boolean]>([
    ['the log is', (file) => path.basename(path.dirname(file)) === 'broker'],
    ['folders are', (file) => ['broker', 'data'].includes(path.basename(file))],
  ])('it would be noticed if %s not synced', async (_, withoutSync) => {
    expect((await cut(withoutSync)).problems.length).toBeGreaterThan(0);
  });
});

async function examine(folder: string, acked: ReadonlyMap<string, ReadonlySet<number>>) {
  await using store = await openTestStore({ folder: path.join(folder, 'broker'), files: realFiles });
  const problems: string[] = [];
  const queue = (await store.persistence.outgoingStream({ id: 'away' }).toArray()) as QueuedPacket[];
  const kept = (await store.persistence.createRetainedStream('#').toArray()) as { topic: string; payload: Buffer }[];
  const retained = new Map(kept.map(({ topic, payload }) => [topic, Number(String(payload).split(' ')[1])]));
  for (const [name, numbers] of acked) {
    const waiting = queue.map(({ payload }) => String(payload).split(' ')).filter(([publisher]) => publisher === name);
    const found = waiting.map(([, n]) => Number(n));
    if (found.some((n, i) => i > 0 && n <= (found[i - 1] ?? 0))) problems.push(`out of order: ${name} ${found}`);
    for (const n of numbers) {
      if (!found.includes(n)) problems.push(`missing: ${name} ${n}`);
      // A newer one may have come to the disk without its acknowledgement.
      const there = retained.get(topicOf(name, n)) ?? -1;
      if (n % 2 === 0 && there < n) problems.push(`not retained: ${name} ${n}, but ${there}`);
    }
  }
  return { acked: [...acked.values()].reduce((sum, { size }) => sum + size, 0), problems };
}
