// The bus on a real broker: mqtt-publisher.ts publishes, mqtt-consumer.ts consumes, each on connections of its own.

import type { Bus, ConsumeOptions, Consumer, PublishOptions } from './bus.ts';
import type { Log } from './log.ts';
import type { MqttAddress } from './mqtt-connection.ts';
import { MqttConsumer } from './mqtt-consumer.ts';
import { MqttPublisher, type PublisherOptions } from './mqtt-publisher.ts';

export type MqttBusOptions = MqttAddress & PublisherOptions;

/** Opens the publishing connection in the background; publish() may be called at once. */
export function openMqttBus(options: MqttBusOptions, log: Log): Bus {
  const publisher = new MqttPublisher(options, options, log);
  return {
    publish: (topic: string, payload: string | Buffer, publishOptions: PublishOptions = {}) =>
      publisher.publish(topic, payload, publishOptions),
    consume: (consumeOptions: ConsumeOptions): Consumer => new MqttConsumer(options, consumeOptions, log),
    onConnect: (listener: () => void) => publisher.onConnect(listener),
    problem: () => publisher.problem(),
    payloadBytesMax: () => publisher.payloadBytesMax(),
    [Symbol.asyncDispose]: () => publisher[Symbol.asyncDispose](),
  };
}
