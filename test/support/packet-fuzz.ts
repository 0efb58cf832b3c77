// Streams of MQTT that no honest client sends: valid packets in any order, with bytes changed, cut out, doubled or put between,
// and cut into pieces anywhere. A case is known by its number and the run's seed.

import { generate, type IPublishPacket, type Packet } from 'mqtt-packet';
import { createRandom, type Random } from '#domain/random.ts';

const message = (packet: Partial<IPublishPacket>): Packet => ({
  ...{ cmd: 'publish', topic: 'fuzz/a', payload: 'x', qos: 0, retain: false, dup: false },
  ...packet,
});
const CONNECT = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, keepalive: 10 } as const;

/** One of each kind, and those with more inside than most. */
const PACKETS: readonly Packet[] = [
  { ...CONNECT, clientId: 'fuzz-clean', clean: true },
  { ...CONNECT, clientId: 'fuzz-kept', clean: false },
  {
    ...{ ...CONNECT, clientId: 'fuzz-will', clean: true, username: 'ingest', password: Buffer.from('wrong') },
    will: { topic: 'fuzz/will', payload: Buffer.from('down'), qos: 2, retain: true },
  },
  { ...CONNECT, clientId: 'fuzz-old', clean: true, protocolId: 'MQIsdp', protocolVersion: 3 },
  { ...CONNECT, clientId: 'fuzz-new', clean: true, protocolVersion: 5, properties: { receiveMaximum: 5 } },
  message({}),
  message({ qos: 1, messageId: 1, retain: true }),
  message({ qos: 2, messageId: 2, dup: true }),
  message({ qos: 1, messageId: 3, topic: `fuzz/${'deep/'.repeat(12)}`, payload: 'x'.repeat(5_000) }),
  { cmd: 'pubrel', messageId: 2 },
  { cmd: 'puback', messageId: 1 },
  { cmd: 'pubrec', messageId: 1 },
  { cmd: 'pubcomp', messageId: 1 },
  {
    ...{ cmd: 'subscribe', messageId: 4 },
    subscriptions: ['fuzz/#', '$SYS/#', '+/+', 'fuzz/a'].map((topic, i) => ({ topic, qos: (i % 3) as 0 | 1 | 2 })),
  },
  { cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['fuzz/#', 'never'] },
  { cmd: 'pingreq' },
  { cmd: 'disconnect' },
];

const BYTES: readonly Buffer[] = PACKETS.map((packet) => {
  const isNew = packet.cmd === 'connect' && packet.protocolVersion === 5;
  return generate(packet, isNew ? { protocolVersion: 5 } : undefined);
});
const [LET_IN = Buffer.alloc(0)] = BYTES;

/** The pieces of one connection's stream, in order. */
export function fuzzedStream(seed: number, number: number): Buffer[] {
  const random = createRandom(seed * 1_000_003 + number);
  const below = (max: number) => Math.floor(random() * max);
  const packets = Array.from({ length: 1 + below(6) }, () => BYTES[below(BYTES.length)] ?? LET_IN);
  if (random() < 0.6) packets.unshift(LET_IN);
  const whole = packets.map((packet) => (random() < 0.6 ? mutated(packet, random) : packet));
  return cut(Buffer.concat(whole), random);
}

function mutated(packet: Buffer, random: Random): Buffer {
  const below = (max: number) => Math.floor(random() * max);
  const garbage = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
  const at = below(packet.length);
  const to = at + below(packet.length - at + 1);
  switch (below(6)) {
    case 0: // anywhere
      return changed(packet, 1 + below(4), { random, from: 0 });
    case 1: // in the fixed header and the lengths behind it, where it hurts most
      return changed(packet, 1, { random, from: 0, to: 6 });
    case 2:
      return packet.subarray(0, at);
    case 3:
      return Buffer.concat([packet.subarray(0, to), packet.subarray(at)]);
    case 4:
      return Buffer.concat([packet.subarray(0, at), garbage(1 + below(20)), packet.subarray(at)]);
    default:
      return garbage(1 + below(200));
  }
}

function changed(
  packet: Buffer,
  count: number,
  where: { readonly random: Random; readonly from: number; readonly to?: number },
): Buffer {
  const { random, from, to = packet.length } = where;
  const bytes = Buffer.from(packet);
  for (let i = 0; i < count; i++)
    bytes[from + Math.floor(random() * (Math.min(to, bytes.length) - from))] = Math.floor(random() * 256);
  return bytes;
}

function cut(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = random() < 0.5 ? bytes.length : 1 + Math.floor(random() * 20);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
