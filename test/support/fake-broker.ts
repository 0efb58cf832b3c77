// A broker under the test's thumb: it says only what it is told to, on real sockets, so that a test can withhold an
// acknowledgement, fall silent, or cut a connection at a chosen moment. It speaks MQTT 3.1.1, and sends who comes with MQTT 5
// away as mosquitto 1.x and aedes do; or it speaks both.

import { createServer, type Server, type Socket } from 'node:net';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';

/** What a connection answers to a packet; undefined: the usual answer. Answering with `[]` is silence. */
export type Answer = (packet: Packet, connection: FakeConnection) => Packet[] | undefined;

export class FakeConnection {
  readonly socket: Socket;
  /** What the client came with. */
  version: Version = 4;
  /** Everything the client sent on it, oldest first. */
  readonly received: Packet[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Packets of one kind. */
  of<C extends Packet['cmd']>(cmd: C): Extract<Packet, { cmd: C }>[] {
    return this.received.filter((packet): packet is Extract<Packet, { cmd: C }> => packet.cmd === cmd);
  }

  send(...packets: readonly Packet[]): void {
    const options = { protocolVersion: this.version };
    this.socket.write(Buffer.concat(packets.map((packet) => generate(inVersion(packet, this.version), options))));
  }
}

type Version = 3 | 4 | 5;

/** How a broker of 3.1.1 sends MQTT 5 away: `CONNACK 1` [3.1.1, 3.2.2.3], or, where it reads no further, without a word. */
export type Refusal = 'CONNACK 1' | 'wordless';

export class FakeBroker implements AsyncDisposable {
  /** Of those whose version it speaks. */
  readonly connections: FakeConnection[] = [];
  /** How many came in a version that it does not speak. */
  refusedCount = 0;
  answer: Answer = () => undefined;
  refusal: Refusal = 'CONNACK 1';
  /** The latest that it speaks. */
  version: Version;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(version: Version = 4) {
    this.version = version;
    this.#server = createServer((socket) => this.#take(socket));
  }

  /** @param port 0 for any free one */
  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return this;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the fake broker does not listen');
    return address.port;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** The newest connection. */
  get last(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error('nobody has connected');
    return connection;
  }

  #take(socket: Socket): void {
    const connection = new FakeConnection(socket);
    this.#sockets.add(socket);
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connect') {
        connection.version = packet.protocolVersion ?? 4;
        if (connection.version > this.version) {
          this.#refuse(socket);
          return;
        }
        this.connections.push(connection);
      }
      connection.received.push(packet);
      const answers = this.answer(packet, connection) ?? usualAnswer(packet);
      if (answers.length > 0 && socket.writable) connection.send(...answers);
    });
    socket.on('data', (chunk) => packets.parse(chunk));
    socket.on('error', () => {}); // the client cut the connection; `close` follows
  }

  #refuse(socket: Socket): void {
    this.refusedCount++;
    if (this.refusal === 'CONNACK 1') socket.end(Buffer.from([0x20, 0x02, 0x00, 0x01]));
    else socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** Return codes of 3.1.1 as the reason codes of MQTT 5 that say the same. */
const REASON_OF_RETURN = [0, 132, 133, 136, 134, 135];

/** A CONNACK that is written as one of 3.1.1 means the same in MQTT 5; a reason code is only for MQTT 5. */
function inVersion(packet: Packet, version: Version): Packet {
  if (version < 5 || packet.cmd !== 'connack' || packet.returnCode === undefined) return packet;
  const { returnCode, ...rest } = packet;
  return { ...rest, reasonCode: REASON_OF_RETURN[returnCode] ?? 128 };
}

export function usualAnswer(packet: Packet): Packet[] {
  switch (packet.cmd) {
    case 'connect':
      return [{ cmd: 'connack', returnCode: 0, sessionPresent: false }];
    case 'subscribe':
      return [{ cmd: 'suback', messageId: packet.messageId ?? 0, granted: packet.subscriptions.map(() => 1) }];
    case 'pingreq':
      return [{ cmd: 'pingresp' }];
    case 'publish':
      return packet.qos === 1 ? [{ cmd: 'puback', messageId: packet.messageId ?? 0 }] : [];
    default:
      return [];
  }
}

/** A PUBLISH from the broker; QoS 1 where it has a message id, else QoS 0. */
export function published(topic: string, payload: string, messageId?: number): IPublishPacket {
  const base = { cmd: 'publish', topic, payload, retain: false, dup: false } as const;
  return messageId === undefined ? { ...base, qos: 0 } : { ...base, qos: 1, messageId };
}
