// A consumer on mqtt-packet: the one MQTT client of ours, because no library has what a durable consumer needs:
// many messages in flight, PUBACKs held until the work is done and then sent in order and in one write, a ping timer that
// a slow disk cannot starve, jittered reconnects. It does nothing else: no publishing, no QoS 2.

import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  generate,
  type IConnackPacket,
  type IPublishPacket,
  type ISubackPacket,
  type Packet,
  parser,
} from 'mqtt-packet';
import type { ConsumeOptions, Consumer, Delivery } from './bus.ts';
import type { Log } from './log.ts';

export type MqttAddress = {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Whole seconds; see KEEPALIVE_S. */
  readonly keepaliveSeconds?: number;
};

/** Ping every third of this; a broker silent for all of it is taken for gone (a half-open connection is found within 15 s). */
const KEEPALIVE_S = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const RECONNECT_MS_MIN = 100;
const RECONNECT_MS_MAX = 10_000;
/** How long close() waits for messages that are being worked on. */
const CLOSE_WAIT_MS = 5_000;
/** Twice the largest batch burst seen in the pipeline benchmark; 32 MiB bounds it for large payloads. */
const WINDOW_DEFAULT = 20_000;
const WINDOW_BYTES_DEFAULT = 32 * 1024 * 1024;

type Pending = { readonly messageId: number; readonly bytes: number; isDone: boolean };

/** What belongs to one connection; a reconnect starts a new one, so that late acks of the old one go nowhere. */
type Session = {
  readonly socket: Socket;
  /** Unacknowledged QoS 1 messages in order of arrival; `head` is the first that is not yet sent a PUBACK. */
  pending: Pending[];
  head: number;
  /** CONNACK came: from here on pings watch over the connection. */
  isConnected: boolean;
  isGranted: boolean;
  isFlushScheduled: boolean;
  heardAt: number;
};

export class MqttConsumer implements Consumer {
  readonly ready: Promise<void>;
  readonly #address: MqttAddress;
  readonly #options: ConsumeOptions;
  readonly #log: Log;
  readonly #window: number;
  readonly #windowBytes: number;
  readonly #keepaliveSeconds: number;
  #session: Session | undefined;
  /** Delivered and not yet done, over all connections: what a lost connection left with us still takes up memory. */
  #openCount = 0;
  #openBytes = 0;
  #problem: string | undefined = 'connecting';
  #attempts = 0;
  #isClosed = false;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #resolveReady: () => void = () => {};
  #onDrained: (() => void) | undefined;

  constructor(address: MqttAddress, options: ConsumeOptions, log: Log) {
    this.#address = address;
    this.#options = options;
    this.#log = log;
    this.#window = options.window ?? WINDOW_DEFAULT;
    this.#windowBytes = options.windowBytes ?? WINDOW_BYTES_DEFAULT;
    this.#keepaliveSeconds = address.keepaliveSeconds ?? KEEPALIVE_S;
    this.ready = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    this.#connect();
  }

  problem(): string | undefined {
    return this.#problem;
  }

  get inFlight(): number {
    return this.#openCount;
  }

  #connect(): void {
    const { hostname, port, protocol } = new URL(this.#address.url);
    const isTls = protocol === 'mqtts:';
    const host = hostname.replace(/^\[|\]$/g, '');
    const target = { host, port: Number(port || (isTls ? 8883 : 1883)) };
    const socket = isTls ? connectTls({ ...target, servername: host }) : connectTcp(target);
    const session: Session = {
      socket,
      pending: [],
      head: 0,
      isConnected: false,
      isGranted: false,
      isFlushScheduled: false,
      heardAt: performance.now(),
    };
    this.#session = session;
    socket.setNoDelay(true);
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet: Packet) => this.#onPacket(session, packet));
    packets.on('error', (error: Error) => socket.destroy(error));
    const connectTimer = setTimeout(() => socket.destroy(new Error('no answer to CONNECT')), CONNECT_TIMEOUT_MS);
    const pingTimer = setInterval(() => this.#ping(session), (this.#keepaliveSeconds * 1000) / 3);
    socket.on(isTls ? 'secureConnect' : 'connect', () => this.#sendConnect(socket));
    socket.on('data', (chunk: Buffer) => {
      session.heardAt = performance.now();
      packets.parse(chunk);
      // Not later: a queue that the broker kept may fill the window before SUBACK, and we then read no more for a while.
      if (session.isConnected) clearTimeout(connectTimer);
    });
    let reason = 'the broker closed the connection';
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reason = error.code === 'ECONNREFUSED' ? `nothing listens at ${this.#address.url}` : error.message;
    });
    socket.on('close', () => {
      clearTimeout(connectTimer);
      clearInterval(pingTimer);
      this.#onClosed(session, reason);
    });
  }

  #sendConnect(socket: Socket): void {
    const { username, password } = this.#address;
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId: this.#options.clientId,
        clean: this.#options.cleanSession,
        keepalive: this.#keepaliveSeconds,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password: Buffer.from(password) }),
      }),
    );
  }

  #onPacket(session: Session, packet: Packet): void {
    switch (packet.cmd) {
      case 'publish':
        this.#onPublish(session, packet);
        break;
      case 'connack':
        this.#onConnack(session, packet);
        break;
      case 'suback':
        this.#onSuback(session, packet);
        break;
      default: // PINGRESP has done its work by arriving
    }
  }

  #onConnack(session: Session, packet: IConnackPacket): void {
    if (packet.returnCode !== 0) {
      session.socket.destroy(new Error(`the broker refused the login (CONNACK ${packet.returnCode})`));
      return;
    }
    session.isConnected = true;
    // Always subscribe, session present or not: the filters may have changed with the settings.
    const subscriptions = this.#options.filters.map((topic) => ({ topic, qos: 1 as const }));
    session.socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
  }

  #onSuback(session: Session, packet: ISubackPacket): void {
    const granted = packet.granted as readonly number[];
    const refused = this.#options.filters.filter((_, i) => granted[i] === 128);
    if (refused.length > 0) {
      session.socket.destroy(new Error(`the broker refused to let us read ${refused.join(', ')}`));
      return;
    }
    session.isGranted = true;
    this.#attempts = 0;
    this.#problem = undefined;
    this.#resolveReady();
  }

  #onPublish(session: Session, packet: IPublishPacket): void {
    if (this.#isClosed) return; // unacknowledged, so it comes again to our next life; who we hand it to may be closed
    const payload = packet.payload as Buffer;
    const isAcked = packet.qos > 0;
    const entry: Pending = {
      messageId: packet.messageId ?? 0,
      bytes: payload.length + packet.topic.length,
      isDone: false,
    };
    if (isAcked) session.pending.push(entry);
    // QoS 0 too: nobody else bounds what has been read and is not yet worked off.
    this.#openCount++;
    this.#openBytes += entry.bytes;
    if (this.#openCount >= this.#window || this.#openBytes >= this.#windowBytes) session.socket.pause();
    const ack = () => {
      if (entry.isDone) return;
      entry.isDone = true;
      this.#openCount--;
      this.#openBytes -= entry.bytes;
      if (isAcked) this.#scheduleFlush(session);
      this.#resumeReading();
    };
    this.#options.onDelivery({
      topic: packet.topic,
      payload,
      qos: isAcked ? 1 : 0,
      retained: packet.retain,
      ack,
    } satisfies Delivery);
  }

  #resumeReading(): void {
    const socket = this.#session?.socket;
    if (socket === undefined || !socket.isPaused() || this.#isClosed) return;
    if (this.#openCount <= this.#window / 2 && this.#openBytes <= this.#windowBytes / 2) socket.resume();
  }

  /** Acks of one turn of the event loop leave in one write. */
  #scheduleFlush(session: Session): void {
    if (session.isFlushScheduled || session.pending[session.head]?.isDone !== true) return;
    session.isFlushScheduled = true;
    setImmediate(() => {
      session.isFlushScheduled = false;
      this.#flush(session);
    });
  }

  #flush(session: Session): void {
    const from = session.head;
    while (session.pending[session.head]?.isDone === true) session.head++;
    const packets = Buffer.allocUnsafe((session.head - from) * 4);
    for (let i = from; i < session.head; i++) {
      const messageId = session.pending[i]?.messageId ?? 0;
      packets.writeUInt16BE(0x4002, (i - from) * 4); // PUBACK, remaining length 2
      packets.writeUInt16BE(messageId, (i - from) * 4 + 2);
    }
    // Cut the acknowledged front off only now and then: shifting an array per message would cost more than the message.
    if (session.head > 1024 && session.head * 2 > session.pending.length) {
      session.pending = session.pending.slice(session.head);
      session.head = 0;
    }
    if (session.socket.writable && packets.length > 0) session.socket.write(packets);
    if (session.pending.length === session.head) this.#onDrained?.();
  }

  #ping(session: Session): void {
    // While we do not read, silence proves nothing: the answer may stand in the socket's buffer.
    if (session.socket.isPaused()) session.heardAt = performance.now();
    if (performance.now() - session.heardAt > this.#keepaliveSeconds * 1000) {
      session.socket.destroy(new Error(`no sign of life from the broker for ${this.#keepaliveSeconds} s`));
    } else if (session.isConnected && session.socket.writable) session.socket.write(Buffer.from([0xc0, 0x00]));
  }

  #onClosed(session: Session, reason: string): void {
    if (this.#session !== session || this.#isClosed) return;
    if (session.isGranted) this.#log.warn({ clientId: this.#options.clientId, reason }, 'consumer lost the broker');
    else if (this.#attempts === 5) this.#log.warn({ clientId: this.#options.clientId, reason }, 'still no broker');
    this.#problem = reason;
    this.#session = undefined;
    const limit = Math.min(RECONNECT_MS_MAX, RECONNECT_MS_MIN * 2 ** this.#attempts++);
    this.#reconnectTimer = setTimeout(() => this.#connect(), limit * (0.5 + Math.random() / 2));
  }

  /** Reads no more, waits a while for what is being worked on, then says goodbye: what is not acknowledged comes again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#problem = 'closed';
    clearTimeout(this.#reconnectTimer);
    const session = this.#session;
    if (session === undefined) return;
    session.socket.pause();
    if (session.pending.length > session.head) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
        timer = setTimeout(resolve, CLOSE_WAIT_MS);
      });
      clearTimeout(timer);
    }
    const closed = new Promise<void>((resolve) => session.socket.once('close', () => resolve()));
    if (session.socket.destroyed) return;
    if (session.socket.writable) session.socket.end(Buffer.from([0xe0, 0x00]));
    session.socket.resume(); // a paused socket never reports its end
    const timer = setTimeout(() => session.socket.destroy(), 1_000);
    await closed;
    clearTimeout(timer);
  }
}
