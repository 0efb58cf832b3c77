// A broker under the test's thumb: it says of MQTT 3.1.1 only what it is told to, on real sockets, so that a test can
// withhold an acknowledgement, fall silent, or cut a connection at a chosen moment.

import { createServer, type Server, type Socket } from 'node:net';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';

/** What a connection answers to a packet; undefined: the usual answer. Answering with `[]` is silence. */
export type Answer = (packet: Packet, connection: FakeConnection) => Packet[] | undefined;

export class FakeConnection {
  readonly socket: Socket;
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
    this.socket.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }
}

export class FakeBroker implements AsyncDisposable {
  readonly connections: FakeConnection[] = [];
  answer: Answer = () => undefined;
  readonly #server: Server;

  constructor() {
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
    this.connections.push(connection);
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet: Packet) => {
      connection.received.push(packet);
      const answers = this.answer(packet, connection) ?? usualAnswer(packet);
      if (answers.length > 0 && socket.writable) connection.send(...answers);
    });
    socket.on('data', (chunk) => packets.parse(chunk));
    socket.on('error', () => {}); // the client cut the connection; `close` follows
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
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
