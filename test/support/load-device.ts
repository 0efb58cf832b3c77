// One simulated device of the load: a connection that publishes, and knows of each QoS 1 message whether the broker has
// acknowledged it. Where it comes back, it does as a device with a spool: it connects again after a pause of its own and sends
// what was not acknowledged, in order and marked DUP [MQTT-4.4.0-1], before anything new.

import { connect, type Socket } from 'node:net';
import { generate, type IConnackPacket, type Packet, parser } from 'mqtt-packet';
import type { Random } from '#domain/random.ts';
import type { Login } from './logins.ts';

export type ComingBack = {
  readonly random: Random;
  /** A connection on which nothing came for so long, though an answer is due, is given up. */
  readonly silenceMs: number;
};

export type DeviceOptions = {
  readonly port: number;
  readonly clientId: string;
  readonly qos: 0 | 1;
  readonly retain?: boolean;
  readonly login?: Login | undefined;
  /** Without it a lost connection is the end of the device. */
  readonly comesBack?: ComingBack | undefined;
  /** The broker has taken more; for a QoS 1 message also which, and how long after it was first sent. */
  readonly onTaken: (message: { readonly n: number; readonly latencyMs: number } | undefined) => void;
};

type Sent = { readonly n: number; readonly packet: Buffer; readonly at: number };

export const PING_EVERY = 25;
const PINGREQ = Buffer.from([0xc0, 0x00]);
const DUP = 0x08;
/** Pause before connecting again, random between these: devices that all come back at once are a storm. */
const BACK_MS_MIN = 50;
const BACK_MS_MAX = 500;
const LOOK_MS = 250;

export class LoadDevice implements Disposable {
  /** Messages published, and of those the ones that the broker has taken. */
  n = 0;
  taken = 0;
  readonly #options: DeviceOptions;
  readonly #unacknowledged = new Map<number, Sent>();
  #socket: Socket | undefined;
  #isConnected = false;
  #isClosed = false;
  #messageId = 0;
  #heardAt = 0;
  #onConnected: () => void = () => {};
  #backTimer: NodeJS.Timeout | undefined;
  readonly #watch: NodeJS.Timeout | undefined;

  constructor(options: DeviceOptions) {
    this.#options = options;
    if (options.comesBack !== undefined) this.#watch = setInterval(() => this.#lookAtSilence(), LOOK_MS);
  }

  /** Resolves with the broker's first answer. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onConnected = resolve;
      this.#open();
      if (this.#options.comesBack === undefined) this.#socket?.once('error', reject);
    });
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  publish(topic: string, payload: string): void {
    const { qos, retain = false } = this.#options;
    const n = this.n++;
    this.#messageId = (this.#messageId % 65_535) + 1;
    const messageId = this.#messageId;
    const packet = generate({ cmd: 'publish', topic, payload, qos, messageId, dup: false, retain });
    if (qos === 1) this.#unacknowledged.set(messageId, { n, packet, at: performance.now() });
    this.#socket?.write(packet);
    if (qos === 0 && this.n % PING_EVERY === 0) this.ping();
  }

  ping(): void {
    this.#socket?.write(PINGREQ);
  }

  /** One system call for all that is published within. */
  together(publish: () => void): void {
    this.#socket?.cork();
    publish();
    this.#socket?.uncork();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#backTimer);
    this.#socket?.destroy();
  }

  #open(): void {
    const { port, clientId, comesBack, login } = this.#options;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    this.#heardAt = performance.now();
    const packets = parser();
    packets.on('packet', (packet: Packet) => this.#onPacket(packet));
    packets.on('error', () => socket.destroy());
    socket.on('connect', () => {
      const keepalive = comesBack === undefined ? 0 : Math.ceil(comesBack.silenceMs / 1_000);
      const who = login === undefined ? {} : { username: login.username, password: Buffer.from(login.password) };
      socket.write(
        generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true, keepalive, ...who }),
      );
    });
    socket.on('data', (chunk) => {
      this.#heardAt = performance.now();
      packets.parse(chunk);
    });
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      this.#isConnected = false;
      if (comesBack === undefined || this.#isClosed) return;
      const pause = BACK_MS_MIN + comesBack.random() * (BACK_MS_MAX - BACK_MS_MIN);
      this.#backTimer = setTimeout(() => this.#open(), pause);
    });
  }

  #onPacket(packet: Packet): void {
    if (packet.cmd === 'connack') this.#onConnack(packet);
    else if (packet.cmd === 'puback') this.#onPuback(packet.messageId ?? 0);
    else if (packet.cmd === 'pingresp' && this.#options.qos === 0) {
      this.taken = Math.min(this.n, this.taken + PING_EVERY);
      this.#options.onTaken(undefined);
    }
  }

  #onConnack({ returnCode }: IConnackPacket): void {
    if (returnCode !== 0) {
      this.#socket?.destroy(new Error(`the broker refused the device (CONNACK ${returnCode})`));
      return;
    }
    for (const { packet } of this.#unacknowledged.values()) {
      packet[0] = (packet[0] ?? 0) | DUP;
      this.#socket?.write(packet);
    }
    this.#isConnected = true;
    this.#onConnected();
  }

  #onPuback(messageId: number): void {
    const sent = this.#unacknowledged.get(messageId);
    if (sent === undefined) return;
    this.#unacknowledged.delete(messageId);
    this.taken++;
    this.#options.onTaken({ n: sent.n, latencyMs: performance.now() - sent.at });
  }

  #lookAtSilence(): void {
    const { comesBack } = this.#options;
    if (comesBack === undefined || this.#socket === undefined || this.#socket.destroyed) return;
    if (performance.now() - this.#heardAt > comesBack.silenceMs) this.#socket.destroy();
    else if (this.#isConnected) this.ping();
  }
}
