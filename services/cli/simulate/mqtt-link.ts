// A simulated device's connection: mqtt.js, one per device, with last will. It does not use the services' bus, because a
// device is the other side of it: it must be able to vanish without a goodbye, which a service must never do.

import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { topics } from '#domain/topic.ts';
import type { MqttAddress } from '#runtime/mqtt-connection.ts';
import { readTls } from '#runtime/mqtt-tls.ts';
import type { DeviceLink, LinkEvents, OpenLink } from './device-link.ts';
import type { SimulatedDevice } from './devices.ts';
import { type Outgoing, statusMessage } from './payload.ts';

/** Past this many unacknowledged messages the broker is taken for stuck, and messages are dropped. */
const IN_FLIGHT_MAX = 50;
const CLOSE_WAIT_MS = 500;

export function mqttLinks(address: MqttAddress): OpenLink {
  return (device, events) => new MqttLink(address, device, events);
}

class MqttLink implements DeviceLink {
  readonly #client: MqttClient;
  readonly #device: SimulatedDevice;
  #inFlight = 0;
  #dropped = 0;

  constructor(address: MqttAddress, device: SimulatedDevice, events: LinkEvents) {
    this.#device = device;
    this.#client = connect(address.url, optionsOf(address, device));
    const commands = device.inletOf === undefined ? undefined : topics.device(device, 'cmd');
    this.#client.on('connect', () => {
      if (commands !== undefined) this.#client.subscribe(commands, { qos: 1 });
      events.onConnected();
    });
    this.#client.on('message', (_topic, payload, packet) => events.onCommand(payload.toString(), packet.retain));
    this.#client.on('error', () => {}); // mqtt.js goes on trying; `isConnected` tells
  }

  get isConnected(): boolean {
    return this.#client.connected;
  }

  get droppedCount(): number {
    return this.#dropped;
  }

  send(message: Outgoing): void {
    if (!this.#client.connected || this.#inFlight >= IN_FLIGHT_MAX) {
      this.#dropped++;
      return;
    }
    this.#inFlight++;
    this.#client.publish(message.topic, message.payload, { qos: 1, retain: message.retain }, () => {
      this.#inFlight--;
    });
  }

  cut(): void {
    this.#client.end(true); // no DISCONNECT packet: to the broker this is a lost device [MQTT-3.14.4-3]
  }

  restore(): void {
    this.#client.reconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#client.connected && this.#device.format !== 'bare') this.send(statusMessage(this.#device, 'offline'));
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.#client.end(true, {}, () => resolve()), CLOSE_WAIT_MS);
    this.#client.end(!this.#client.connected, {}, () => resolve());
    await promise;
    clearTimeout(timer);
  }
}

function optionsOf(address: MqttAddress, device: SimulatedDevice): IClientOptions {
  const will = statusMessage(device, 'offline');
  return {
    clientId: `sim-${device.site}-${device.area}-${device.device}`,
    protocolVersion: 4,
    clean: true,
    keepalive: 10,
    reconnectPeriod: 2_000,
    connectTimeout: 10_000,
    queueQoSZero: false,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.url.startsWith('mqtts:') ? readTls(address.tls ?? {}, new URL(address.url).hostname) : {}),
    ...(device.format === 'bare'
      ? {}
      : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
  };
}
