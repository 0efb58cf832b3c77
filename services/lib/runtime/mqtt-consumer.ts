// A consumer over any number of connections: many messages in work, PUBACKs held until the work is done and then sent in
// order and in one write, jittered reconnects. What is in work is bounded, by messages and bytes. Past that we stop reading,
// but not for long: to a broker without a window of its own, and aedes has none, a subscriber that does not read is one to
// wait for and then to cut off. Where nothing at all gets done we leave by ourselves, the broker keeps our queue (but nothing
// of QoS 0), and come back when there is room.

import type { ConsumeOptions, Consumer } from './bus.ts';
import type { Log } from './log.ts';
import { type MqttAddress, MqttSession, type Published, type SessionKind } from './mqtt-session.ts';
import { type Unacked, UnackedMessages } from './unacked-messages.ts';

const RECONNECT_MS_MIN = 100;
const RECONNECT_MS_MAX = 10_000;
/** How long close() waits for messages that are being worked on. */
const CLOSE_WAIT_MS = 5_000;
/** Twice the largest batch burst seen in the pipeline benchmark; 32 MiB bounds it for large payloads. */
const WINDOW_DEFAULT = 20_000;
const WINDOW_BYTES_DEFAULT = 32 * 1024 * 1024;
/** How long a full window may keep us from reading: well under the second or two after which a broker loses its patience. */
const FULL_MS_MAX = 500;
/**
 * How full the window may be for us to read on at once; after that time, any room is enough. Coming back costs a connection,
 * and is for when there is much room.
 */
const RESUME_SHARE = 7 / 8;
const RETURN_SHARE = 1 / 2;

export class MqttConsumer implements Consumer {
  readonly ready: Promise<void>;
  readonly #address: MqttAddress;
  readonly #options: ConsumeOptions;
  readonly #log: Log;
  readonly #window: number;
  readonly #windowBytes: number;
  readonly #granted = Promise.withResolvers<void>();
  #session: MqttSession | undefined;
  #unacked = new UnackedMessages();
  /** What the last connection left in our hands. */
  #left: Unacked[] = [];
  #isFlushScheduled = false;
  /** Delivered and not yet done, over all connections: what a lost connection left with us still takes up memory. */
  #openCount = 0;
  #openBytes = 0;
  #problem: string | undefined = 'connecting';
  #attempts = 0;
  #wasGranted = false;
  /** We left because the window was full, and come back when there is room. */
  #isResting = false;
  #isClosed = false;
  #fullTimer: NodeJS.Timeout | undefined;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #onDrained: (() => void) | undefined;

  constructor(address: MqttAddress, options: ConsumeOptions, log: Log) {
    this.#address = address;
    this.#options = options;
    this.#log = log;
    this.#window = options.window ?? WINDOW_DEFAULT;
    this.#windowBytes = options.windowBytes ?? WINDOW_BYTES_DEFAULT;
    this.ready = this.#granted.promise;
    this.#connect();
  }

  problem(): string | undefined {
    return this.#problem;
  }

  get inFlight(): number {
    return this.#openCount;
  }

  #connect(): void {
    const session: MqttSession = new MqttSession(this.#address, this.#options, {
      onConnected: (kind) => this.#onConnected(kind),
      onGranted: () => this.#onGranted(),
      onPublish: (message) => this.#onPublish(session, message),
      onClosed: (reason) => this.#onClosed(session, reason),
    });
    this.#session = session;
  }

  #onConnected(kind: SessionKind): void {
    const { cleanSession, clientId, onSession } = this.#options;
    if (kind === 'new' && this.#wasGranted && !cleanSession) {
      this.#log.warn({ clientId }, 'the broker has lost our session, and what it kept for us in it');
    }
    this.#unacked = new UnackedMessages(kind === 'resumed' ? this.#left : []);
    this.#left = [];
    onSession?.(kind);
  }

  #onGranted(): void {
    this.#wasGranted = true;
    this.#attempts = 0;
    this.#problem = undefined;
    this.#granted.resolve();
  }

  #onPublish(session: MqttSession, message: Published): void {
    // Unacknowledged, so it comes again: to our next life, whose owner is open, or when we are back.
    if (this.#isClosed || this.#isResting) return;
    const { topic, payload, messageId, retain } = message;
    let entry: Unacked | undefined;
    if (messageId !== undefined) {
      const taken = this.#unacked.take(message, messageId);
      if (taken.kind === 'collision') session.fail(`the broker used packet id ${messageId} for two messages at a time`);
      if (taken.kind === 'again') this.#scheduleFlush();
      if (taken.kind !== 'new') return;
      entry = taken.entry;
    }
    const bytes = payload.length + topic.length;
    // QoS 0 too: nobody else bounds what has been read and is not yet worked off.
    this.#openCount++;
    this.#openBytes += bytes;
    if (this.#isFull) this.#stopReading(session);
    let isDone = false;
    const ack = () => {
      if (isDone) return;
      isDone = true;
      this.#openCount--;
      this.#openBytes -= bytes;
      if (entry !== undefined) {
        entry.isDone = true;
        this.#scheduleFlush();
      }
      this.#readAgain();
    };
    this.#options.onDelivery({ topic, payload, qos: entry === undefined ? 0 : 1, retained: retain, ack });
  }

  get #isFull(): boolean {
    return this.#openCount >= this.#window || this.#openBytes >= this.#windowBytes;
  }

  #stopReading(session: MqttSession): void {
    session.pause();
    // Without a session at the broker we would miss what comes meanwhile: there it is the broker that decides.
    if (this.#options.cleanSession) return;
    this.#fullTimer ??= setTimeout(() => {
      this.#fullTimer = undefined;
      if (!session.isPaused || this.#isClosed || this.#session !== session) return;
      if (!this.#isFull) {
        session.resume();
        return;
      }
      this.#flush();
      this.#isResting = true;
      this.#problem = `${this.#openCount} messages are in work, as many as may be: reading again when half of them are done`;
      void session.leave();
    }, FULL_MS_MAX);
  }

  #readAgain(): void {
    if (this.#session?.isPaused === true) this.#session.showLife();
    const share = this.#isResting ? RETURN_SHARE : RESUME_SHARE;
    if (this.#isClosed || this.#openCount > this.#window * share || this.#openBytes > this.#windowBytes * share) return;
    clearTimeout(this.#fullTimer);
    this.#fullTimer = undefined;
    if (this.#isResting && this.#session === undefined) {
      this.#isResting = false;
      this.#connect();
    } else if (!this.#isResting && this.#session?.isPaused === true) this.#session.resume();
  }

  /** Acks of one turn of the event loop leave in one write. */
  #scheduleFlush(): void {
    if (this.#isFlushScheduled || !this.#unacked.isFlushable) return;
    this.#isFlushScheduled = true;
    setImmediate(() => {
      this.#isFlushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    // A PUBACK that goes nowhere is kept: its message comes again, and must be known as done.
    if (this.#session?.isWritable !== true || this.#isResting) return;
    const packets = this.#unacked.flush();
    if (packets.length > 0) this.#session.acknowledge(packets);
    if (this.#unacked.isEmpty) this.#onDrained?.();
  }

  #onClosed(session: MqttSession, reason: string): void {
    if (this.#isClosed) this.#onDrained?.(); // nothing can be acknowledged any more
    if (this.#session !== session || this.#isClosed) return;
    this.#session = undefined;
    clearTimeout(this.#fullTimer);
    this.#fullTimer = undefined;
    // One of them is empty: before CONNACK nothing has come, and at CONNACK what was left is handed on.
    this.#left = [...this.#unacked.leave(), ...this.#left];
    this.#unacked = new UnackedMessages();
    if (this.#isResting) {
      this.#readAgain();
      return;
    }
    const { clientId } = this.#options;
    if (session.isGranted) this.#log.warn({ clientId, reason }, 'consumer lost the broker');
    else if (this.#attempts === 5) this.#log.warn({ clientId, reason }, 'still no broker');
    this.#problem = reason;
    const limit = Math.min(RECONNECT_MS_MAX, RECONNECT_MS_MIN * 2 ** this.#attempts++);
    this.#reconnectTimer = setTimeout(() => this.#connect(), limit * (0.5 + Math.random() / 2));
  }

  /** Takes no more, waits a while for what is being worked on, then says goodbye: what is not acknowledged comes again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#problem = 'closed';
    clearTimeout(this.#reconnectTimer);
    clearTimeout(this.#fullTimer);
    const session = this.#session;
    if (session === undefined) return;
    session.resume(); // what comes is read and left, so that nobody waits for us meanwhile
    if (!this.#unacked.isEmpty && !this.#isResting) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
        timer = setTimeout(resolve, CLOSE_WAIT_MS);
      });
      clearTimeout(timer);
    }
    await session.leave();
  }
}
