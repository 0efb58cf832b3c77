// One connection of a consumer: because no library has what a durable consumer needs, PUBACKs that are held until the work is
// done. It subscribes and reads; it does not publish, and knows no QoS 2.

import {
  type End,
  type IPublishPacket,
  type ISubackPacket,
  type MqttAddress,
  MqttConnection,
  type Packet,
} from './mqtt-connection.ts';
import type { Welcome } from './mqtt-login.ts';
import type { MqttVersion } from './reconnecting.ts';
import { traceparentOf } from './traceparent.ts';

export type SessionOptions = {
  readonly clientId: string;
  readonly filters: readonly string[];
  readonly formerFilters?: readonly string[];
  readonly shared?: { readonly group: string; readonly filters: readonly string[] } | undefined;
  readonly cleanSession: boolean;
  /** Most messages that it wants to have unacknowledged; a broker of MQTT 5 is told. */
  readonly window: number;
};

/** A PUBLISH; without a message id at QoS 0. */
export type Published = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly messageId: number | undefined;
  readonly retain: boolean;
  readonly traceparent?: string | undefined;
};

/** Called in the order of what the broker says; after `onClosed` never again. */
export type SessionEvents = {
  readonly onConnected: (welcome: Welcome) => void;
  readonly onGranted: () => void;
  readonly onPublish: (message: Published) => void;
  readonly onClosed: (end: End) => void;
};

/** The largest Receive Maximum there is, and as many packet ids. */
const RECEIVE_MAXIMUM_MAX = 65_535;
/** Of former filters, so that no broker finds too many in one packet. */
const FILTERS_PER_PACKET = 32;
/** From here on a code of SUBACK is a refusal. */
const REFUSED = 128;

export class MqttSession {
  /** The filters are granted. */
  isGranted = false;
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #version: MqttVersion;
  readonly #connection: MqttConnection;

  constructor(address: MqttAddress, version: MqttVersion, options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    this.#version = version;
    const login = {
      version,
      clientId: options.clientId,
      isClean: options.cleanSession,
      receiveMaximum: Math.min(options.window, RECEIVE_MAXIMUM_MAX),
    };
    this.#connection = new MqttConnection(address, login, {
      onWelcome: (welcome) => this.#onWelcome(welcome),
      onPacket: (packet) => this.#onPacket(packet),
      onClosed: (end) => this.#events.onClosed(end),
    });
  }

  get isPaused(): boolean {
    return this.#connection.isPaused;
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  get isWritable(): boolean {
    return this.#connection.isWritable;
  }

  /** The broker knows our window, and stops by itself where it is full. */
  get hasWindow(): boolean {
    return this.#version === 5;
  }

  /** PUBACKs, as they go over the wire: with nothing to say but yes they are the same in both versions. */
  acknowledge(packets: Buffer): void {
    this.#connection.write(packets);
  }

  showLife(): void {
    this.#connection.showLife();
  }

  /** Ends it without a goodbye. */
  fail(reason: string): void {
    this.#connection.fail(reason);
  }

  leave(): Promise<void> {
    return this.#connection.leave();
  }

  /** All filters as they are subscribed to: those of the group under its name. */
  get #filters(): readonly string[] {
    const { filters, shared } = this.#options;
    return [...filters, ...(shared?.filters.map((filter) => `$share/${shared.group}/${filter}`) ?? [])];
  }

  #onWelcome(welcome: Welcome): void {
    if (this.#options.shared !== undefined && !welcome.sharesSubscriptions) {
      const why = welcome.version === 5 ? 'says that it has none' : 'speaks MQTT 3.1.1, which has none';
      this.#connection.fail(
        `shared subscriptions are asked for (PENSTOCK_INGEST_SHARE=${this.#options.shared.group}), and the broker ${why}; unset it and run one ingest, or use a broker of MQTT 5 that has them`,
        'refused',
      );
      return;
    }
    this.#events.onConnected(welcome);
    // Always subscribe, session present or not: the filters may have changed with the settings.
    const subscriptions = this.#filters.map((topic) => ({ topic, qos: 1 as const }));
    this.#connection.write(this.#connection.encode({ cmd: 'subscribe', messageId: 1, subscriptions }));
    if (welcome.isResumed) this.#unsubscribe(this.#options.formerFilters ?? []);
  }

  /** After the subscription, so that nothing falls in between where one filter takes the place of another. */
  #unsubscribe(filters: readonly string[]): void {
    for (let at = 0; at < filters.length; at += FILTERS_PER_PACKET) {
      const unsubscriptions = filters.slice(at, at + FILTERS_PER_PACKET);
      const messageId = 2 + at / FILTERS_PER_PACKET;
      this.#connection.write(this.#connection.encode({ cmd: 'unsubscribe', messageId, unsubscriptions }));
    }
  }

  #onPacket(packet: Packet): void {
    if (packet.cmd === 'publish') this.#onPublish(packet);
    else if (packet.cmd === 'suback') this.#onSuback(packet);
  }

  #onPublish({ topic, payload, retain, qos, messageId, properties }: IPublishPacket): void {
    this.#events.onPublish({
      topic,
      payload: payload as Buffer,
      retain,
      messageId: qos > 0 ? messageId : undefined,
      traceparent: properties?.userProperties && traceparentOf(properties.userProperties),
    });
  }

  #onSuback({ granted, properties }: ISubackPacket): void {
    const codes = granted as readonly number[];
    const isRefused = (_: string, i: number) => (codes[i] ?? REFUSED) >= REFUSED;
    const refused = this.#filters.filter(isRefused);
    const lowered = this.#filters.filter((_, i) => codes[i] === 0);
    if (refused.length > 0) {
      const code = codes.find((each) => each >= REFUSED) ?? REFUSED;
      const reasonString = properties?.reasonString;
      const reason = { packet: 'SUBACK', code, isOld: this.#version === 4, reasonString } as const;
      this.#connection.refuse(`the broker refused to let us read ${refused.join(', ')}`, reason);
    }
    // Who keeps a session wants nothing lost, and at QoS 0 anything may be.
    else if (lowered.length > 0 && !this.#options.cleanSession)
      this.#connection.fail(
        `the broker grants QoS 0 only for ${lowered.join(', ')}, and messages would be lost; raise the maximum QoS there`,
        'refused',
      );
    else {
      this.isGranted = true;
      this.#events.onGranted();
    }
  }
}
