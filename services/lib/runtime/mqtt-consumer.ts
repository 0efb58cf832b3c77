// A consumer over any number of connections: many messages in work, PUBACKs held until the work is done and then sent in
// order and in one write, jittered reconnects. What is in work is bounded, by messages and bytes. A broker of MQTT 5 is told of
// the window and stops sending by itself. One that goes past it (3.1.1 knows no window, mosquitto forgets it over an old queue,
// and of bytes nobody is told) we stop reading from, but not for long: a subscriber that does not read is one to wait for and
// then to cut off. Where nothing at all gets done we leave by ourselves, the broker keeps our queue (but nothing of QoS 0), and
// come back when there is room.

import type { ConsumeOptions, Consumer } from './bus.ts';
import type { Log } from './log.ts';
import type { End, MqttAddress } from './mqtt-connection.ts';
import type { Welcome } from './mqtt-login.ts';
import { MqttSession, type Published } from './mqtt-session.ts';
import { type EndKind, Reconnecting } from './reconnecting.ts';
import { type Unacked, UnackedMessages } from './unacked-messages.ts';

/** Failures in a row after which a broker that is away is worth a line in the log. */
const ATTEMPTS_TOLD = 6;
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
  readonly #reconnecting = new Reconnecting();
  /** What was last logged: the same reason is said once. */
  #logged: string | undefined;
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
    const options = { ...this.#options, window: this.#window };
    const session: MqttSession = new MqttSession(this.#address, this.#reconnecting.version, options, {
      onConnected: (welcome) => this.#onConnected(welcome),
      onGranted: () => this.#onGranted(),
      onPublish: (message) => this.#onPublish(session, message),
      onClosed: (end) => this.#onClosed(session, end),
    });
    this.#session = session;
  }

  #onConnected({ isResumed, sessionSeconds }: Welcome): void {
    const { cleanSession, clientId, onSession } = this.#options;
    this.#reconnecting.onWelcome();
    if (!isResumed && this.#wasGranted && !cleanSession) {
      this.#log.warn({ clientId }, 'the broker has lost our session, and what it kept for us in it');
    }
    if (sessionSeconds !== undefined && !cleanSession && !this.#wasGranted) {
      this.#log.warn({ clientId, sessionSeconds }, 'the broker keeps our session, and what waits in it, only so long');
    }
    this.#unacked = new UnackedMessages(isResumed ? this.#left : []);
    this.#left = [];
    onSession?.(isResumed ? 'resumed' : 'new');
  }

  #onGranted(): void {
    this.#wasGranted = true;
    this.#logged = undefined;
    this.#reconnecting.onGranted();
    this.#problem = undefined;
    this.#granted.resolve();
  }

  #onPublish(session: MqttSession, message: Published): void {
    // Unacknowledged, so it comes again: to our next life, whose owner is open, or when we are back.
    if (this.#isClosed || this.#isResting) return;
    const { topic, payload, messageId, retain, traceparent } = message;
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
    if (this.#isOverfull(session)) this.#stopReading(session);
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
    const qos = entry === undefined ? 0 : 1;
    this.#options.onDelivery({ topic, payload, qos, retained: retain, traceparent, ack });
  }

  /** So full that we read no more. A broker that knows the window has nothing to send then, and its pings are answered. */
  #isOverfull(session: MqttSession): boolean {
    return this.#openCount > this.#window - (session.hasWindow ? 0 : 1) || this.#openBytes >= this.#windowBytes;
  }

  #stopReading(session: MqttSession): void {
    session.pause();
    // Without a session at the broker we would miss what comes meanwhile: there it is the broker that decides.
    if (this.#options.cleanSession) return;
    this.#fullTimer ??= setTimeout(() => {
      this.#fullTimer = undefined;
      if (!session.isPaused || this.#isClosed || this.#session !== session) return;
      if (!this.#isOverfull(session)) {
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

  #onClosed(session: MqttSession, end: End): void {
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
    const waitMs = this.#reconnecting.onEnd(end.kind, session.isGranted);
    this.#problem = this.#reconnecting.reasonOf(end.reason, this.#options.clientId);
    this.#logEnd(end.kind, this.#problem, session.isGranted);
    this.#reconnectTimer = setTimeout(() => this.#connect(), waitMs);
  }

  /** What the broker says is said at once; that it is away is no news until it has been for a while. */
  #logEnd(kind: EndKind, reason: string, wasGranted: boolean): void {
    const { clientId } = this.#options;
    const isNews = wasGranted || kind === 'refused' || this.#reconnecting.attempts === ATTEMPTS_TOLD;
    if (!isNews || reason === this.#logged) return;
    this.#logged = reason;
    this.#log.warn({ clientId, reason }, wasGranted ? 'consumer lost the broker' : 'still no broker');
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
