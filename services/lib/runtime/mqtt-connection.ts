// One connection to a broker, on mqtt-packet: TCP or TLS, the login in one version of MQTT, pings that no slow disk can starve,
// and its end in words. It is over when its socket is: whoever wants another makes another. What is read and published on it is
// its owner's (mqtt-session.ts, mqtt-publisher.ts). The only file of the services that reads packets.

import { connect as connectTcp, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { generate, type IConnackPacket, type IDisconnectPacket, type Packet, parser } from 'mqtt-packet';
import { connectPacket, type Login, readConnack, type Welcome } from './mqtt-login.ts';
import { meaningOf, type Reason, reasonSentence } from './mqtt-reason.ts';
import { NO_TLS, readTls, type TlsFiles, tlsProblem } from './mqtt-tls.ts';
import type { EndKind } from './reconnecting.ts';
import { StartError } from './start-error.ts';
import { withoutPassword } from './url-password.ts';

export type { IPublishPacket, ISubackPacket, Packet } from 'mqtt-packet';

export type MqttAddress = {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** For mqtts:// only. */
  readonly tls?: TlsFiles | undefined;
  /** Whole seconds; see KEEPALIVE_S. */
  readonly keepaliveSeconds?: number;
};

export type End = {
  readonly kind: EndKind;
  readonly reason: string;
  /** Reason code of the broker's DISCONNECT, where there was one. */
  readonly code?: number;
};

/** Called in the order of what the broker says; after `onClosed` never again. */
export type ConnectionEvents = {
  readonly onWelcome: (welcome: Welcome) => void;
  /** PUBLISH, PUBACK, SUBACK. */
  readonly onPacket: (packet: Packet) => void;
  readonly onDrain?: () => void;
  readonly onClosed: (end: End) => void;
};

/** Ping every third of this; a broker silent for all of it is taken for gone (a half-open connection is found within 15 s). */
const KEEPALIVE_S = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const LEAVE_TIMEOUT_MS = 1_000;
/**
 * How often we say that we are working where more comes than we can read: our broker, which waits for who works and cuts off who
 * stands still, sees of our reading only that the kernel's buffers, of megabytes, are a third empty again.
 */
const LIFE_MS = 200;
/** As much as a socket gives at once: more is waiting. */
const CHUNK_BYTES_MAX = 64 * 1024;
const NO_WORD =
  'the broker closed the connection without an answer to our login; is it one, and does it want TLS (mqtts://) or none?';
const PINGREQ = Buffer.from([0xc0, 0x00]);
const DISCONNECT = Buffer.from([0xe0, 0x00]);
const UNSUPPORTED_VERSION = 132;
/** DISCONNECT for reasons that pass by themselves: busy, shutting down, unavailable, our silence, too many at once. */
const PASSING_REASONS = new Set([0, 128, 136, 137, 139, 141, 147, 148, 149, 150, 159, 160]);

export class MqttConnection {
  readonly #address: MqttAddress;
  readonly #login: Login;
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  readonly #host: string;
  readonly #closed = Promise.withResolvers<void>();
  #keepaliveSeconds: number;
  #pingTimer: NodeJS.Timeout | undefined;
  /** CONNACK came: from here on pings watch over the connection. */
  #isConnected = false;
  #heardAt = performance.now();
  #shownAt = 0;
  #end: End = { kind: 'lost', reason: 'the broker closed the connection' };

  constructor(address: MqttAddress, login: Login, events: ConnectionEvents) {
    this.#address = address;
    this.#login = login;
    this.#events = events;
    this.#host = new URL(address.url).hostname.replace(/^\[|\]$/g, '');
    this.#keepaliveSeconds = address.keepaliveSeconds ?? KEEPALIVE_S;
    this.#socket = this.#connect();
  }

  get isPaused(): boolean {
    return this.#socket.isPaused();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  get isWritable(): boolean {
    return this.#socket.writable;
  }

  /** More is waiting to be sent than the network takes at once: `onDrain` says when that is over. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** The packet as it goes over the wire in the connection's version. */
  encode(packet: Packet): Buffer {
    return generate(packet, { protocolVersion: this.#login.version });
  }

  /** Encoded packets; what is written in one turn leaves together. */
  write(packets: Buffer): void {
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(packets);
  }

  /** To a broker that may be waiting for us to read: that we are working. */
  showLife(): void {
    const now = performance.now();
    if (!this.#isConnected || !this.#socket.writable || now - this.#shownAt < LIFE_MS) return;
    this.#shownAt = now;
    this.#socket.write(PINGREQ);
  }

  /** Ends it without a goodbye. */
  fail(reason: string, kind: EndKind = 'lost'): void {
    this.#endWith({ kind, reason });
  }

  #endWith(end: End): void {
    if (this.#socket.destroyed) return;
    this.#end = end;
    this.#socket.destroy();
  }

  /** The same for what the broker has said. */
  refuse(begin: string, reason: Reason): void {
    const isPassing = reason.packet === 'DISCONNECT' && PASSING_REASONS.has(reason.code);
    const kind = meaningOf(reason) === UNSUPPORTED_VERSION ? 'other version' : 'refused';
    this.#endWith({ kind: isPassing ? 'lost' : kind, reason: this.sentence(begin, reason), code: reason.code });
  }

  sentence(begin: string, reason: Reason): string {
    return reasonSentence(begin, reason, { clientId: this.#login.clientId, username: this.#address.username });
  }

  /** Says goodbye and resolves when the connection is gone; what comes meanwhile is still told. */
  async leave(): Promise<void> {
    if (this.#socket.destroyed) return;
    if (!this.#isConnected) this.#socket.destroy();
    else if (this.#socket.writable) this.#socket.end(DISCONNECT);
    this.#socket.resume(); // a paused socket never reports its end
    const timer = setTimeout(() => this.#socket.destroy(), LEAVE_TIMEOUT_MS);
    await this.#closed.promise;
    clearTimeout(timer);
  }

  #connect(): Socket {
    const { socket, hello } = this.#open();
    socket.setNoDelay(true);
    const packets = parser({ protocolVersion: this.#login.version });
    packets.on('packet', (packet: Packet) => this.#onPacket(packet));
    packets.on('error', (error: Error) => this.fail(`the broker speaks no MQTT that we know: ${error.message}`));
    const connectTimer = setTimeout(() => this.fail('no answer to CONNECT'), CONNECT_TIMEOUT_MS);
    socket.on(hello, () => this.#sendConnect());
    socket.on('drain', () => this.#events.onDrain?.());
    socket.on('data', (chunk: Buffer) => {
      this.#heardAt = performance.now();
      packets.parse(chunk);
      if (chunk.length >= CHUNK_BYTES_MAX) this.showLife();
      // Not later: a queue that the broker kept may fill the window before SUBACK, and we then read no more for a while.
      if (this.#isConnected) clearTimeout(connectTimer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A broker that closes with our login unread resets the connection: that is the same to us.
      const isCut = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      if (!isCut || this.#end.kind !== 'no word') this.#end = { kind: 'lost', reason: this.#words(error) };
    });
    socket.on('close', () => {
      clearTimeout(connectTimer);
      clearInterval(this.#pingTimer);
      this.#closed.resolve();
      this.#events.onClosed(this.#end);
    });
    return socket;
  }

  #open(): { readonly socket: Socket; readonly hello: string } {
    const { port, protocol } = new URL(this.#address.url);
    const isTls = protocol === 'mqtts:';
    const target = { host: this.#host, port: Number(port || (isTls ? 8883 : 1883)) };
    if (!isTls) return { socket: connectTcp(target), hello: 'connect' };
    let options = {};
    try {
      options = readTls(this.#address.tls ?? {}, this.#host);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      // A file that was there at the start and is not now may come back: this is one more connection that failed.
      return { socket: new Socket().destroy(error), hello: 'secureConnect' };
    }
    return { socket: connectTls({ ...target, ...options }), hello: 'secureConnect' };
  }

  #words(error: NodeJS.ErrnoException): string {
    const { url, tls = {} } = this.#address;
    if (error.code === 'ECONNREFUSED') return `nothing listens at ${withoutPassword(url)}`;
    const isTls = url.startsWith('mqtts:');
    // Before our login there is the handshake alone; many a broker without TLS just cuts that off.
    if (isTls && error.code === 'ECONNRESET' && !this.#isConnected) return NO_TLS;
    return (isTls ? tlsProblem(error, tls, this.#host) : undefined) ?? (error.message || String(error.code));
  }

  #sendConnect(): void {
    this.#end = { kind: 'no word', reason: NO_WORD };
    const caller = { ...this.#address, keepaliveSeconds: this.#keepaliveSeconds };
    this.write(this.encode(connectPacket(this.#login, caller)));
  }

  #onPacket(packet: Packet): void {
    if (this.#socket.destroyed) return; // the rest of a chunk whose beginning ended the connection
    switch (packet.cmd) {
      case 'connack':
        this.#onConnack(packet);
        break;
      case 'disconnect':
        this.#onDisconnect(packet);
        break;
      case 'pingresp': // has done its work by arriving
        break;
      default:
        this.#events.onPacket(packet);
    }
  }

  #onConnack(packet: IConnackPacket): void {
    const answer = readConnack(packet, this.#login.version);
    if (answer.kind === 'other version') this.fail('the broker does not speak MQTT 5', 'other version');
    else if (answer.kind === 'refused') this.refuse('the broker refused the login', answer.reason);
    else this.#onWelcome(answer.welcome);
  }

  #onWelcome(welcome: Welcome): void {
    this.#isConnected = true;
    this.#end = { kind: 'lost', reason: 'the broker closed the connection' };
    // A broker may want to hear from us more often than we meant to speak.
    this.#keepaliveSeconds = Math.min(this.#keepaliveSeconds, welcome.keepaliveSeconds ?? this.#keepaliveSeconds);
    this.#pingTimer = setInterval(() => this.#ping(), (this.#keepaliveSeconds * 1000) / 3);
    this.#events.onWelcome(welcome);
  }

  #onDisconnect({ reasonCode = 0, properties = {} }: IDisconnectPacket): void {
    const { reasonString, serverReference } = properties;
    const reason = { packet: 'DISCONNECT', code: reasonCode, reasonString, serverReference } as const;
    if (reasonCode === 0) this.fail('the broker closed the connection');
    else this.refuse('the broker ended the connection', reason);
  }

  #ping(): void {
    // While we do not read, silence proves nothing: the answer may stand in the socket's buffer.
    if (this.#socket.isPaused()) this.#heardAt = performance.now();
    if (performance.now() - this.#heardAt > this.#keepaliveSeconds * 1000) {
      this.fail(`no sign of life from the broker for ${this.#keepaliveSeconds} s`);
    } else if (this.#socket.writable) this.#socket.write(PINGREQ);
  }
}
