// Simulated devices for faults and benchmarks: raw MQTT 3.1.1 on mqtt-packet, because a client library would cost more than
// the broker under test. Each connection is one device that publishes flat JSON with its own timestamps, and keeps count
// of what the broker has acknowledged.

import { connect, type Socket } from 'node:net';
import { generate, parser } from 'mqtt-packet';

export type LoadOptions = {
  readonly port: number;
  readonly devices: number;
  readonly qos: 0 | 1;
  /** Messages a second over all devices; Infinity: as fast as the broker takes them. */
  readonly rate: number;
  /** Unacknowledged QoS 1 messages a device may have out. */
  readonly window: number;
  /** First timestamp; every message of a device is one millisecond on, so no two points of a series coincide. */
  readonly from: number;
  readonly topic: (device: number) => string;
  readonly payload: (device: number, n: number, ts: number) => string;
};

export type Load = AsyncDisposable & {
  /** Handed to the sockets. */
  readonly sent: number;
  /** Acknowledged by the broker (QoS 1), or sent (QoS 0). */
  readonly acked: number;
  /** Stops publishing and resolves when everything sent is acknowledged. */
  drain(): Promise<void>;
};

type Device = { readonly socket: Socket; readonly index: number; n: number; inFlight: number; messageId: number };

const SLICE_MS = 5;

export async function startLoad(options: LoadOptions): Promise<Load> {
  const { qos, window } = options;
  let sent = 0;
  let acked = 0;
  let isStopped = false;
  let onDrained: (() => void) | undefined;
  const devices = await Promise.all(
    Array.from({ length: options.devices }, (_, index) => connectDevice(options.port, index)),
  );
  const publish = (device: Device) => {
    const ts = options.from + device.n;
    const payload = options.payload(device.index, device.n++, ts);
    device.messageId = (device.messageId % 65_535) + 1;
    device.inFlight += qos;
    sent++;
    if (qos === 0) acked++;
    return device.socket.write(
      generate({
        cmd: 'publish',
        topic: options.topic(device.index),
        payload,
        qos,
        messageId: device.messageId,
        dup: false,
        retain: false,
      }),
    );
  };
  const canPublish = (device: Device) =>
    !isStopped && !device.socket.destroyed && (qos === 0 ? !device.socket.writableNeedDrain : device.inFlight < window);
  const fill = (device: Device) => {
    // At QoS 0 the socket is the only brake; a few at a time, so that no device starves the others.
    for (let i = 0; i < (qos === 0 ? 32 : window) && canPublish(device); i++) publish(device);
    if (qos === 0 && canPublish(device)) setImmediate(fill, device);
  };
  const isUnbounded = options.rate === Number.POSITIVE_INFINITY;
  for (const device of devices) {
    const packets = parser();
    packets.on('packet', (packet) => {
      if (packet.cmd !== 'puback') return;
      device.inFlight--;
      acked++;
      if (isUnbounded) fill(device);
      if (acked === sent && isStopped) onDrained?.();
    });
    device.socket.on('data', (chunk) => packets.parse(chunk));
    device.socket.on('drain', () => isUnbounded && fill(device));
  }
  let timer: NodeJS.Timeout | undefined;
  if (isUnbounded) for (const device of devices) fill(device);
  else {
    const startedAt = performance.now();
    let next = 0;
    timer = setInterval(() => {
      const due = ((performance.now() - startedAt) * options.rate) / 1_000;
      for (let tries = 0; sent < due && tries < devices.length * window; tries++) {
        const device = devices[next++ % devices.length];
        if (device !== undefined && canPublish(device)) publish(device);
      }
    }, SLICE_MS);
  }
  const stop = () => {
    isStopped = true;
    clearInterval(timer);
  };
  return {
    get sent() {
      return sent;
    },
    get acked() {
      return acked;
    },
    async drain() {
      stop();
      if (acked < sent) await new Promise<void>((resolve) => (onDrained = resolve));
    },
    async [Symbol.asyncDispose]() {
      stop();
      for (const { socket } of devices) socket.destroy();
    },
  };
}

function connectDevice(port: number, index: number): Promise<Device> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clientId: `load-${process.pid}-${index}`,
          clean: true,
          keepalive: 0,
        }),
      );
    });
    socket.once('data', () => resolve({ socket, index, n: 0, inFlight: 0, messageId: 0 }));
  });
}
