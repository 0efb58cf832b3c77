// The embedded broker under streams that no honest client sends, by the thousand: it does not end, does not grow, and serves
// those who are honest meanwhile and afterwards. `-- --seed <number>` lives a run again.

import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { startEmbedded } from '../support/brokers.ts';
import { dial } from '../support/dial.ts';
import { PacketClient } from '../support/packet-client.ts';
import { fuzzedStream } from '../support/packet-fuzz.ts';
import { readMetric } from '../support/pipeline.ts';
import { freePorts, tempFolder, until } from '../support/processes.ts';
import { isLong, PROFILE, SEED } from './profile.ts';

/** `frames`: the streams are what WebSocket carries; `upgraded`: they come in the place of its frames. */
const DOORS: Readonly<Record<string, (ports: Ports) => Duplex>> = {
  tcp: ({ tcp }) => dial('tcp', tcp),
  'ws, in frames': ({ ws }) => dial('ws', ws),
  'ws, upgraded': ({ ws }) => {
    const socket = dial('tcp', ws);
    socket.write(UPGRADE);
    return socket;
  },
};

type Ports = { readonly tcp: number; readonly ws: number };

const UPGRADE = [
  ...[
    'GET /mqtt HTTP/1.1',
    'host: 127.0.0.1',
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
  ],
  ...['sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol: mqtt', '', ''],
].join('\r\n');

/** Streams under way at once: a wrong login is answered after half a second. */
const AT_ONCE = 64;
/** Honest clients look so often whether they are still served. */
const LOOK_EVERY = 500;
/**
 * What a heap may swing by: in its first minute it still finds its size. A leak of a kilobyte for each stream would be far more
 * in the long profile.
 */
const GROWTH_BYTES_MAX = (isLong ? 64 : 192) * 1024 * 1024;

let stack = new AsyncDisposableStack();
afterEach(() => stack.disposeAsync());

describe(`streams of broken packets for ${PROFILE.fuzzMs / 1_000} s (seed ${SEED})`, () => {
  it.each(Object.entries(DOORS))('over %s: the broker stays as it is, and serves the honest', async (door, knock) => {
    stack = new AsyncDisposableStack();
    const folder = stack.use(tempFolder());
    const [port = 0, metricsPort = 0, ws = 0] = await freePorts(3);
    const env = { PENSTOCK_BROKER_WS_PORT: String(ws) };
    const broker = stack.use(await startEmbedded({ dataDir: folder.path, port, metricsPort, env }));
    const keeper = stack.use(await PacketClient.connect(port, { clientId: 'keeper' }));
    await keeper.subscribe(['honest', 1]);
    const memory = () => readMetric(metricsPort, 'process_resident_memory_bytes');
    let looks = 0;
    const look = async () => {
      if (broker.child.exitCode !== null) throw new Error(`the broker ended: ${broker.output()}`);
      using honest = await PacketClient.connect(port, { clientId: `honest-${looks++}` });
      await honest.publish('honest', `${looks}`);
      const { payload, messageId = 0 } = await keeper.next('publish');
      keeper.send({ cmd: 'puback', messageId });
      expect(String(payload)).toBe(`${looks}`);
    };
    let next = 0;
    const startedAt = performance.now();
    const goesOn = (part: number) => performance.now() - startedAt < PROFILE.fuzzMs * part;
    const fuzz = async (part: number) => {
      while (goesOn(part)) {
        const from = next;
        next += LOOK_EVERY;
        let number = from;
        const streams = Array.from({ length: AT_ONCE }, async () => {
          while (number < from + LOOK_EVERY) await play(knock({ tcp: port, ws }), fuzzedStream(SEED, number++));
        });
        await Promise.all(streams);
        await look().catch((error) => {
          throw new Error(`after the streams ${from} to ${next}: ${error}\n${broker.output()}`);
        });
      }
    };
    await fuzz(0.3); // until everything that is remembered is
    const before = await memory();
    await fuzz(1);
    const after = await memory();
    const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
    process.stdout.write(`${door}: ${next} streams; memory ${megabytes(before)}, then ${megabytes(after)}\n`);
    expect(after - before).toBeLessThan(GROWTH_BYTES_MAX);
    // Whoever was let in and dropped is noticed by a socket or by its keepalive of 10 s.
    const clients = async () => (await readMetric(metricsPort, 'penstock_broker_clients')) === 1 || undefined;
    await until('all but the keeper to be gone', clients, 30_000);
  });
});

/** Writes everything and closes; resolves when the broker has closed too. */
async function play(socket: Duplex, pieces: readonly Buffer[]): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  socket.resume();
  for (const piece of pieces) {
    if (socket.destroyed) break;
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  }
  socket.end();
  await closed;
}
