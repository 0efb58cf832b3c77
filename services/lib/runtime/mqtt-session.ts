// One connection of a consumer, on mqtt-packet: because no library has what a durable consumer needs, PUBACKs that are held
// until the work is done and a ping timer that a slow disk cannot starve. It subscribes and reads; it does not publish, and
// knows no QoS 2. It is over when its socket is: whoever wants another connection makes another session.

import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { generate, type IConnackPacket, type ISubackPacket, type Packet, parser } from 'mqtt-packet';

export type MqttAddress = {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Whole seconds; see KEEPALIVE_S. */
  readonly keepaliveSeconds?: number;
};

export type SessionOptions = {
  readonly clientId: string;
  readonly filters: readonly string[];
  readonly cleanSession: boolean;
};

/** A PUBLISH; without a message id at QoS 0. */
export type Published = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly messageId: number | undefined;
  readonly retain: boolean;
};

export type SessionKind = 'resumed' | 'new';

/** Called in the order of what the broker says; after `onClosed` never again. */
export type SessionEvents = {
  /** The broker let us in, and has kept our session or not. Messages of a session that was kept may follow at once. */
  readonly onConnected: (kind: SessionKind) => void;
  readonly onGranted: () => void;
  readonly onPublish: (message: Published) => void;
  readonly onClosed: (reason: string) => void;
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
const PINGREQ = Buffer.from([0xc0, 0x00]);
/** SUBACK's code for a filter that we may not read. */
const REFUSED = 128;

export class MqttSession {
  /** The filters are granted. */
  isGranted = false;
  readonly #address: MqttAddress;
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #keepaliveSeconds: number;
  readonly #socket: Socket;
  readonly #closed = Promise.withResolvers<void>();
  /** CONNACK came: from here on pings watch over the connection. */
  #isConnected = false;
  #heardAt = performance.now();
  #shownAt = 0;
  #reason = 'the broker closed the connection';

  constructor(address: MqttAddress, options: SessionOptions, events: SessionEvents) {
    this.#address = address;
    this.#options = options;
    this.#events = events;
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

  /** PUBACKs, as they go over the wire. */
  acknowledge(packets: Buffer): void {
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
  fail(reason: string): void {
    this.#socket.destroy(new Error(reason));
  }

  /** Says goodbye and resolves when the connection is gone; what comes meanwhile is still told. */
  async leave(): Promise<void> {
    if (this.#socket.destroyed) return;
    if (this.#socket.writable) this.#socket.end(Buffer.from([0xe0, 0x00]));
    this.#socket.resume(); // a paused socket never reports its end
    const timer = setTimeout(() => this.#socket.destroy(), LEAVE_TIMEOUT_MS);
    await this.#closed.promise;
    clearTimeout(timer);
  }

  #connect(): Socket {
    const { hostname, port, protocol } = new URL(this.#address.url);
    const isTls = protocol === 'mqtts:';
    const host = hostname.replace(/^\[|\]$/g, '');
    const target = { host, port: Number(port || (isTls ? 8883 : 1883)) };
    const socket = isTls ? connectTls({ ...target, servername: host }) : connectTcp(target);
    socket.setNoDelay(true);
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet: Packet) => this.#onPacket(packet));
    packets.on('error', (error: Error) => socket.destroy(error));
    const connectTimer = setTimeout(() => socket.destroy(new Error('no answer to CONNECT')), CONNECT_TIMEOUT_MS);
    const pingTimer = setInterval(() => this.#ping(), (this.#keepaliveSeconds * 1000) / 3);
    socket.on(isTls ? 'secureConnect' : 'connect', () => this.#sendConnect());
    socket.on('data', (chunk: Buffer) => {
      this.#heardAt = performance.now();
      packets.parse(chunk);
      if (chunk.length >= CHUNK_BYTES_MAX) this.showLife();
      // Not later: a queue that the broker kept may fill the window before SUBACK, and we then read no more for a while.
      if (this.#isConnected) clearTimeout(connectTimer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#reason = error.code === 'ECONNREFUSED' ? `nothing listens at ${this.#address.url}` : error.message;
    });
    socket.on('close', () => {
      clearTimeout(connectTimer);
      clearInterval(pingTimer);
      this.#closed.resolve();
      this.#events.onClosed(this.#reason);
    });
    return socket;
  }

  #sendConnect(): void {
    const { username, password } = this.#address;
    this.#socket.write(
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

  #onPacket(packet: Packet): void {
    if (this.#socket.destroyed) return; // the rest of a chunk whose beginning ended the connection
    switch (packet.cmd) {
      case 'publish': {
        const { topic, retain, qos, messageId } = packet;
        const payload = packet.payload as Buffer;
        this.#events.onPublish({ topic, payload, retain, messageId: qos > 0 ? messageId : undefined });
        break;
      }
      case 'connack':
        this.#onConnack(packet);
        break;
      case 'suback':
        this.#onSuback(packet);
        break;
      default: // PINGRESP has done its work by arriving
    }
  }

  #onConnack({ returnCode, sessionPresent }: IConnackPacket): void {
    if (returnCode !== 0) {
      this.fail(`the broker refused the login (CONNACK ${returnCode})`);
      return;
    }
    this.#isConnected = true;
    this.#events.onConnected(sessionPresent ? 'resumed' : 'new');
    // Always subscribe, session present or not: the filters may have changed with the settings.
    const subscriptions = this.#options.filters.map((topic) => ({ topic, qos: 1 as const }));
    this.#socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
  }

  #onSuback({ granted }: ISubackPacket): void {
    const { filters, cleanSession } = this.#options;
    const codes = granted as readonly number[];
    const refused = filters.filter((_, i) => codes[i] === REFUSED);
    const lowered = filters.filter((_, i) => codes[i] === 0);
    if (refused.length > 0) this.fail(`the broker refused to let us read ${refused.join(', ')}`);
    // Who keeps a session wants nothing lost, and at QoS 0 anything may be.
    else if (lowered.length > 0 && !cleanSession) this.fail(`the broker grants QoS 0 only for ${lowered.join(', ')}`);
    else {
      this.isGranted = true;
      this.#events.onGranted();
    }
  }

  #ping(): void {
    // While we do not read, silence proves nothing: the answer may stand in the socket's buffer.
    if (this.#socket.isPaused()) this.#heardAt = performance.now();
    if (performance.now() - this.#heardAt > this.#keepaliveSeconds * 1000) {
      this.fail(`no sign of life from the broker for ${this.#keepaliveSeconds} s`);
    } else if (this.#isConnected && this.#socket.writable) this.#socket.write(PINGREQ);
  }
}
