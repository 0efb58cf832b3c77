// A client that speaks packets, one by one: what it is sent it must expect in that order, and it answers nothing by itself.

import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { generate, type IConnectPacket, type IPublishPacket, type Packet, parser } from 'mqtt-packet';

type Named<C extends Packet['cmd']> = Extract<Packet, { cmd: C }>;
type Qos = 0 | 1 | 2;

/** `waitMs` is how long it waits for any packet. */
type ConnectOptions = Partial<IConnectPacket> & { readonly clientId: string; readonly waitMs?: number };
type PublishOptions = { readonly qos?: Qos; readonly retain?: boolean; readonly messageId?: number };

const WAIT_MS = 8_000;

export class PacketClient<S extends Duplex = Socket> implements Disposable {
  readonly socket: S;
  readonly #unread: Packet[] = [];
  #onPacket = () => {};
  #waitMs = WAIT_MS;
  /** Resolves when the broker has ended the connection. */
  readonly closed: Promise<void>;

  constructor(socket: S) {
    this.socket = socket;
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet: Packet) => {
      this.#unread.push(packet);
      this.#onPacket();
    });
    this.socket.on('data', (chunk) => packets.parse(chunk));
    this.socket.on('error', () => {}); // the broker cut it; `close` follows
    this.closed = new Promise((resolve) =>
      this.socket.once('close', () => {
        resolve();
        this.#onPacket();
      }),
    );
  }

  /** A client that has said nothing yet. */
  static dial(port: number): PacketClient {
    return new PacketClient(connectTcp({ port, host: '127.0.0.1', noDelay: true }));
  }

  /** A client that is let in; with `clean` unless told otherwise. */
  static async connect(port: number, options: ConnectOptions) {
    return await PacketClient.dial(port).letIn(options);
  }

  /** Itself, once it is let in. */
  async letIn({ waitMs = WAIT_MS, ...options }: ConnectOptions) {
    this.#waitMs = waitMs;
    this.send({ ...CONNECT, ...options });
    const { returnCode, sessionPresent } = await this.next('connack');
    if (returnCode !== 0) throw new Error(`refused with ${returnCode}`);
    return Object.assign(this, { sessionPresent });
  }

  send(...packets: readonly Packet[]): void {
    this.socket.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  /** The next packet, which must be of that kind. */
  async next<C extends Packet['cmd']>(cmd: C): Promise<Named<C>> {
    while (this.#unread.length === 0) await this.#more(cmd);
    const packet = this.#unread.shift();
    if (packet?.cmd !== cmd) throw new Error(`waited for ${cmd}, and got ${JSON.stringify(packet)}`);
    return packet as Named<C>;
  }

  async #more(cmd: string): Promise<void> {
    if (this.socket.closed) throw new Error(`waited for ${cmd}: the broker has ended the connection`);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited ${this.#waitMs} ms for ${cmd}`)), this.#waitMs);
      this.#onPacket = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The next publish as `topic payload q<QoS>`, with `dup` and `retained` where they are set. */
  async heard(): Promise<string> {
    return describe(await this.next('publish'));
  }

  /** Subscribes and returns what was granted. */
  async subscribe(...filters: readonly (readonly [topic: string, qos: Qos])[]) {
    const subscriptions = filters.map(([topic, qos]) => ({ topic, qos }));
    this.send({ cmd: 'subscribe', messageId: SUBSCRIBE_ID, subscriptions });
    return (await this.next('suback')).granted;
  }

  /** Publishes at QoS 1 unless told otherwise, and waits until the broker has it: PUBACK, or PUBCOMP at QoS 2. */
  async publish(topic: string, payload: string, options: PublishOptions = {}): Promise<void> {
    const { qos = 1, messageId = PUBLISH_ID, retain = false } = options;
    this.send(publish({ topic, payload, qos, messageId, retain }));
    if (qos === 1) await this.next('puback');
    if (qos !== 2) return;
    await this.next('pubrec');
    this.send({ cmd: 'pubrel', messageId });
    await this.next('pubcomp');
  }

  /** Goes without a word, as by a pulled cable; for the broker it is an ungraceful end. */
  async vanish(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }

  async disconnect(): Promise<void> {
    this.send({ cmd: 'disconnect' });
    await this.closed;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

const SUBSCRIBE_ID = 60_001;
const PUBLISH_ID = 60_002;

const CONNECT: IConnectPacket = {
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId: '',
  clean: true,
  keepalive: 0,
};

export function publish(
  packet: Partial<IPublishPacket> & { readonly topic: string; readonly qos: Qos },
): IPublishPacket {
  return { cmd: 'publish', payload: '', retain: false, dup: false, ...packet };
}

export function describe({ topic, payload, qos, dup, retain }: IPublishPacket): string {
  return `${topic} ${payload} q${qos}${dup ? ' dup' : ''}${retain ? ' retained' : ''}`;
}
