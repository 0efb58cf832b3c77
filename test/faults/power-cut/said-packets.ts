// What a recorded process had said by MQTT until the power went: the packets that had left it whole.

import { type Packet, parser } from 'mqtt-packet';

/** By the client id of each connection's CONNECT, those of several connections one after the other. */
export function saidPackets(said: ReadonlyMap<string, Buffer>): Map<string, Packet[]> {
  const byClient = new Map<string, Packet[]>();
  for (const [to, bytes] of said) {
    if (!to.startsWith('TCP')) continue;
    const packets = packetsIn(bytes);
    const [first] = packets;
    if (first?.cmd === 'connect') byClient.set(first.clientId, [...(byClient.get(first.clientId) ?? []), ...packets]);
  }
  return byClient;
}

export function packetsIn(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  const reading = parser({ protocolVersion: 4 });
  reading.on('packet', (packet: Packet) => packets.push(packet));
  reading.on('error', () => {}); // other words than MQTT: HTTP
  reading.parse(bytes);
  return packets;
}

/** Message ids that were acknowledged. */
export function ackedIds(packets: readonly Packet[] = []): Set<number> {
  return new Set(packets.filter(({ cmd }) => cmd === 'puback').map(({ messageId }) => messageId ?? 0));
}
