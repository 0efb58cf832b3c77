// A client that is told what to do and writes down what it hears, over both versions of MQTT.

import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { until } from '../support/processes.ts';

export type Heard = { readonly topic: string; readonly payload: string; readonly retained: boolean };

export class Probe implements Disposable {
  readonly heard: Heard[] = [];
  readonly #client: MqttClient;
  #isClosed = false;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.setMaxListeners(0);
    client.on('message', (topic, payload, { retain }) =>
      this.heard.push({ topic, payload: payload.toString(), retained: retain }),
    );
    client.on('close', () => {
      this.#isClosed = true;
    });
  }

  /** @throws Error with the broker's words where it is not let in */
  static async connect(url: string, options: IClientOptions): Promise<Probe> {
    const client = mqtt.connect(url, { ...options, reconnectPeriod: 0, resubscribe: false, keepalive: 0 });
    const probe = new Probe(client);
    try {
      await new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve());
        client.on('error', reject); // later ones are nobody's: `close` follows
      });
    } catch (error) {
      client.end(true);
      throw error;
    }
    return probe;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when the broker has answered, or ended the connection; says whether it took it, as far as that can be told. */
  async publish(topic: string, payload: string, retain = false): Promise<boolean> {
    return await this.#answered(this.#client.publishAsync(topic, payload, { qos: 1, retain }));
  }

  /** Gives the filters that were granted, at QoS 1. */
  async subscribe(filters: readonly string[]): Promise<string[]> {
    if (filters.length === 0) return [];
    // mqtt.js calls a refused filter an error, and tells which in the packet.
    const granted = new Promise<number[]>((resolve) => {
      const listen = (packet: { cmd: string; granted?: unknown }) => {
        if (packet.cmd !== 'suback') return;
        this.#client.off('packetreceive', listen);
        resolve(packet.granted as number[]);
      };
      this.#client.on('packetreceive', listen);
    });
    this.#client.subscribe([...filters], { qos: 1 }, () => {});
    const codes = await granted;
    return filters.filter((_, i) => (codes[i] ?? 128) < 128);
  }

  async unsubscribe(filters: readonly string[]): Promise<void> {
    if (filters.length > 0) await this.#client.unsubscribeAsync([...filters]);
  }

  /** Resolves when the broker has answered a ping: what it had sent before is here. */
  async ping(): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      const listen = ({ cmd }: { cmd: string }) => {
        if (cmd !== 'pingresp') return;
        this.#client.off('packetreceive', listen);
        resolve();
      };
      this.#client.on('packetreceive', listen);
    });
    this.#client.stream.write(Buffer.from([0xc0, 0x00]));
    await this.#answered(answered);
  }

  /** Goes as by a pulled cable. */
  async vanish(): Promise<void> {
    if (this.#isClosed) return;
    this.#client.stream.destroy();
    await this.closed();
  }

  async leave(): Promise<void> {
    if (!this.#isClosed) await this.#client.endAsync();
  }

  /** Resolves when the broker has ended the connection. */
  async closed(): Promise<void> {
    await until('the broker to end the connection', () => this.#isClosed || undefined);
  }

  [Symbol.dispose](): void {
    this.#client.end(true);
  }

  async #answered(answer: Promise<unknown>): Promise<boolean> {
    const isTaken = answer.then(
      () => true,
      () => false,
    );
    const closed = new Promise<boolean>((resolve) => {
      if (this.#isClosed) resolve(false);
      else this.#client.once('close', () => resolve(false));
    });
    return await Promise.race([isTaken, closed]);
  }
}
