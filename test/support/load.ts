// Simulated devices for faults and benchmarks: raw MQTT 3.1.1 on mqtt-packet, because a client library would cost more than
// the broker under test. Each connection is one device that publishes with its own timestamps and keeps count of what the
// broker has taken: by PUBACK at QoS 1; at QoS 0, where only the kernel's buffers would brake, by a ping after every few.

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
  readonly topic: (device: number, n: number) => string;
  readonly retain?: boolean;
  /** Messages of each device, after which it is done; without end where it is left out. */
  readonly each?: number;
  readonly payload: (device: number, n: number, ts: number) => string;
  /** Told of every QoS 1 message how long the broker took to acknowledge it. */
  readonly onAcked?: (latencyMs: number) => void;
};

export type Load = AsyncDisposable & {
  /** Published. */
  readonly sent: number;
  /** Taken by the broker. */
  readonly acked: number;
  /** Stops publishing and resolves when the broker has taken everything. */
  drain(): Promise<void>;
  /** Resolves when each device has sent all that it is to send, and the broker has taken it. */
  done(): Promise<void>;
};

type Device = {
  readonly socket: Socket;
  readonly index: number;
  /** Messages published, and of those the ones the broker has taken. */
  n: number;
  taken: number;
  messageId: number;
  /** When each unacknowledged QoS 1 message was sent; kept only where somebody asks for latencies. */
  readonly sentAt: Map<number, number>;
};

const SLICE_MS = 5;
const PING_EVERY = 25;
const PINGREQ = Buffer.from([0xc0, 0x00]);

export async function startLoad(options: LoadOptions): Promise<Load> {
  const { qos, window, rate, onAcked, retain = false, each = Number.POSITIVE_INFINITY } = options;
  const devices = await Promise.all(
    Array.from({ length: options.devices }, (_, index) => connectDevice(options.port, index)),
  );
  const total = (count: (device: Device) => number) => devices.reduce((sum, device) => sum + count(device), 0);
  let isStopped = false;
  let onTaken = () => {};
  const publish = (device: Device) => {
    const ts = options.from + device.n;
    const topic = options.topic(device.index, device.n);
    const payload = options.payload(device.index, device.n++, ts);
    device.messageId = (device.messageId % 65_535) + 1;
    const { messageId } = device;
    if (onAcked !== undefined) device.sentAt.set(messageId, performance.now());
    device.socket.write(generate({ cmd: 'publish', topic, payload, qos, messageId, dup: false, retain }));
    if (qos === 0 && device.n % PING_EVERY === 0) device.socket.write(PINGREQ);
  };
  const room = qos === 0 ? Math.max(window, 2 * PING_EVERY) : window;
  const canPublish = ({ socket, n, taken }: Device) => !isStopped && !socket.destroyed && n < each && n - taken < room;
  const fill = (device: Device) => {
    device.socket.cork(); // one system call for the whole window
    while (canPublish(device)) publish(device);
    device.socket.uncork();
  };
  const isUnbounded = rate === Number.POSITIVE_INFINITY;
  for (const device of devices) {
    const packets = parser();
    const onPuback = (messageId = 0) => {
      device.taken++;
      const sentAt = device.sentAt.get(messageId);
      if (sentAt === undefined) return;
      device.sentAt.delete(messageId);
      onAcked?.(performance.now() - sentAt);
    };
    packets.on('packet', ({ cmd, messageId }) => {
      if (cmd === 'puback') onPuback(messageId);
      else if (cmd === 'pingresp') device.taken = Math.min(device.n, device.taken + PING_EVERY);
      else return;
      if (isUnbounded) fill(device);
      onTaken();
    });
    device.socket.on('data', (chunk) => packets.parse(chunk));
    if (isUnbounded) fill(device);
  }
  const startedAt = performance.now();
  let next = 0;
  let sent = 0;
  const timer = setInterval(() => {
    const due = isUnbounded ? 0 : ((performance.now() - startedAt) * rate) / 1_000;
    for (let tries = 0; sent < due && tries < devices.length * window; tries++) {
      const device = devices[next++ % devices.length];
      if (device === undefined || !canPublish(device)) continue;
      publish(device);
      sent++;
    }
  }, SLICE_MS);
  const stop = () => {
    isStopped = true;
    clearInterval(timer);
  };
  return {
    get sent() {
      return total((device) => device.n);
    },
    get acked() {
      return total((device) => device.taken);
    },
    async done() {
      while (devices.some(({ taken }) => taken < each)) await new Promise<void>((resolve) => (onTaken = resolve));
    },
    async drain() {
      stop();
      // The last messages at QoS 0 have had no ping after them.
      if (qos === 0) for (const { socket } of devices) socket.write(PINGREQ);
      const isDrained = () => devices.every((device) => device.taken >= device.n);
      if (!isDrained()) await new Promise<void>((resolve) => (onTaken = () => isDrained() && resolve()));
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
    socket.once('data', () => resolve({ socket, index, n: 0, taken: 0, messageId: 0, sentAt: new Map() }));
  });
}
