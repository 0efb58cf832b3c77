// A Sparkplug edge node with one device, on Eclipse Tahu's library and mqtt.js as the ones in plants are: births, data by aliases, a
// death as its last will, rebirths when it is asked, and a device that does as it is told.

import mqtt, { type MqttClient } from 'mqtt';
import { type SparkplugMessage, sparkplugTopics } from '#domain/sparkplug-topic.ts';
import { plain, type TahuMetric, tahuDecode, tahuEncode } from '../../services/ingest/sparkplug/test-tahu.ts';

const NODE = { group: 'lyon', edge: 'line-3' } as const;
export const EDGE_USER = `${NODE.group}/${NODE.edge}`;
const DEVICE = 'press';
/** Aliases of the device's metrics: of the birth, and then alone. */
const PRESSURE = 11;
const RELIEF = 12;

export class SparkplugEdge implements AsyncDisposable {
  /** What it was told, oldest first. */
  readonly orders: string[] = [];
  rebirths = 0;
  readonly #client: MqttClient;
  readonly #bdSeq: number;
  readonly #qos: 0 | 1;
  #seq = 0;
  #pressure = 1;
  #relief = false;

  private constructor(client: MqttClient, { bdSeq, qos }: { readonly bdSeq: number; readonly qos: 0 | 1 }) {
    this.#client = client;
    this.#bdSeq = bdSeq;
    this.#qos = qos;
    client.on('message', (topic, payload) => void this.#obey(topic, payload));
  }

  /** Connected, subscribed and born. */
  static async start(
    url: string,
    { bdSeq, qos, password }: { readonly bdSeq: number; readonly qos: 0 | 1; readonly password: string },
  ): Promise<SparkplugEdge> {
    const death = { timestamp: Date.now(), metrics: [{ name: 'bdSeq', type: 'Int64', value: bdSeq }] as TahuMetric[] };
    const client = await mqtt.connectAsync(url, {
      ...{ username: EDGE_USER, password, clientId: EDGE_USER, reconnectPeriod: 0 },
      will: { topic: topicOf('NDEATH'), payload: tahuEncode(death), qos: 1, retain: false },
    });
    const edge = new SparkplugEdge(client, { bdSeq, qos });
    await client.subscribeAsync([`${topicOf('NCMD')}/#`, `spBv1.0/${NODE.group}/DCMD/${NODE.edge}/#`], { qos: 1 });
    await edge.#born();
    return edge;
  }

  async measure(pressure: number): Promise<void> {
    this.#pressure = pressure;
    await this.#send('DDATA', [{ alias: PRESSURE, type: 'Double', value: pressure, timestamp: Date.now() }]);
  }

  /** The network takes one away. */
  lose(): void {
    this.#seq = (this.#seq + 1) % 256;
  }

  /** Without a goodbye. */
  vanish(): void {
    this.#client.stream.destroy();
  }

  async #born(): Promise<void> {
    this.#seq = 0;
    await this.#send('NBIRTH', [
      { name: 'bdSeq', type: 'Int64', value: this.#bdSeq },
      { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
      { name: 'Properties/FW', type: 'String', value: '4.2' },
    ]);
    await this.#send('DBIRTH', [
      {
        ...{ name: 'pressure', alias: PRESSURE, type: 'Double', value: this.#pressure },
        properties: { engUnit: { type: 'String', value: 'psi' } },
      },
      { name: 'relief', alias: RELIEF, type: 'Boolean', value: this.#relief },
    ]);
  }

  async #obey(topic: string, payload: Buffer): Promise<void> {
    for (const { name, value } of tahuDecode(payload).metrics ?? []) {
      this.orders.push(`${topic} ${name}=${plain(value)}`);
      if (name === 'Node Control/Rebirth') {
        this.rebirths++;
        await this.#born();
      } else if (name === 'relief') {
        this.#relief = value === true;
        await this.#send('DDATA', [{ alias: RELIEF, type: 'Boolean', value: this.#relief }]);
      }
    }
  }

  async #send(type: SparkplugMessage, metrics: TahuMetric[]): Promise<void> {
    const timestamp = Date.now();
    const timed = metrics.map((metric) => ({ timestamp, ...metric }));
    const seq = this.#seq;
    this.#seq = (this.#seq + 1) % 256;
    await this.#client.publishAsync(topicOf(type), tahuEncode({ timestamp, seq, metrics: timed }), { qos: this.#qos });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true);
  }
}

function topicOf(type: SparkplugMessage): string {
  return sparkplugTopics.message(type, { ...NODE, device: type.startsWith('D') ? DEVICE : null });
}
