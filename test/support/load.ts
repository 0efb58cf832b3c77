// Simulated devices for faults and benchmarks: raw MQTT 3.1.1 on mqtt-packet, because a client library would cost more than
// the broker under test. Each connection is one device that publishes with its own timestamps and keeps count of what the
// broker has taken: by PUBACK at QoS 1; at QoS 0, where only the kernel's buffers would brake, by a ping after every few.

import { type ComingBack, LoadDevice, PING_EVERY } from './load-device.ts';
import type { Login } from './logins.ts';

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
  readonly payload: (device: number, n: number, ts: number) => string;
  readonly retain?: boolean;
  /** Messages of each device, after which it is done; without end where it is left out. */
  readonly each?: number;
  /** Told of every QoS 1 message how long the broker took to acknowledge it, and which it was. */
  readonly onAcked?: (latencyMs: number, message: { readonly device: number; readonly n: number }) => void;
  /** Without it devices come without one. */
  readonly login?: (device: number) => Login;
  /** At QoS 1: what a device does that loses its connection; without it, nothing any more. */
  readonly comesBack?: ComingBack;
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

const SLICE_MS = 5;

export async function startLoad(options: LoadOptions): Promise<Load> {
  const { port, qos, window, rate, onAcked, comesBack, retain = false, each = Number.POSITIVE_INFINITY } = options;
  const isUnbounded = rate === Number.POSITIVE_INFINITY;
  const room = qos === 0 ? Math.max(window, 2 * PING_EVERY) : window;
  let isStopped = false;
  let onTaken = () => {};
  const publish = (index: number, device: LoadDevice) => {
    const ts = options.from + device.n;
    device.publish(options.topic(index, device.n), options.payload(index, device.n, ts));
  };
  const canPublish = ({ isConnected, n, taken }: LoadDevice) =>
    !isStopped && isConnected && n < each && n - taken < room;
  const fill = (index: number, device: LoadDevice) => {
    device.together(() => {
      while (canPublish(device)) publish(index, device);
    });
  };
  const devices = Array.from({ length: options.devices }, (_, index) => {
    const device: LoadDevice = new LoadDevice({
      ...{ port, qos, retain, comesBack, clientId: `load-${process.pid}-${index}`, login: options.login?.(index) },
      onTaken: (message) => {
        if (message !== undefined) onAcked?.(message.latencyMs, { device: index, n: message.n });
        if (isUnbounded) fill(index, device);
        onTaken();
      },
    });
    return device;
  });
  await Promise.all(devices.map((device) => device.connect()));
  if (isUnbounded) for (const [index, device] of devices.entries()) fill(index, device);
  const startedAt = performance.now();
  let next = 0;
  let sent = 0;
  const timer = setInterval(() => {
    const due = isUnbounded ? 0 : ((performance.now() - startedAt) * rate) / 1_000;
    for (let tries = 0; sent < due && tries < devices.length * window; tries++) {
      const index = next++ % devices.length;
      const device = devices[index];
      if (device === undefined || !canPublish(device)) continue;
      publish(index, device);
      sent++;
    }
  }, SLICE_MS);
  const stop = () => {
    isStopped = true;
    clearInterval(timer);
  };
  const total = (count: (device: LoadDevice) => number) => devices.reduce((sum, device) => sum + count(device), 0);
  return {
    get sent() {
      return total((device) => device.n);
    },
    get acked() {
      return total((device) => device.taken);
    },
    async drain() {
      stop();
      // The last messages at QoS 0 have had no ping after them.
      if (qos === 0) for (const device of devices) device.ping();
      const isDrained = () => devices.every((device) => device.taken >= device.n);
      if (!isDrained()) await new Promise<void>((resolve) => (onTaken = () => isDrained() && resolve()));
    },
    async done() {
      while (devices.some(({ taken }) => taken < each)) await new Promise<void>((resolve) => (onTaken = resolve));
    },
    async [Symbol.asyncDispose]() {
      stop();
      for (const device of devices) device[Symbol.dispose]();
    },
  };
}
