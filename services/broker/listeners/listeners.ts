// All listeners of the embedded broker, which share one admission: the limits hold over all of them together.

import { environmentName } from '#runtime/config.ts';
import type { Metrics } from '#runtime/metrics.ts';
import { named } from '#runtime/process.ts';
import type { Certificates } from '../certificates/certificates.ts';
import { Admission, type AdmissionLimits } from './admission.ts';
import type { Arrival, ClientCertificate, Connection, ListenerKind } from './connection.ts';
import { type Doors, type Listener, type ListenerParts, type ListenerPlan, openListener } from './listener.ts';
import { PORT_SETTINGS } from './plan-listeners.ts';
import { TlsDoor, type TlsDoorOptions } from './tls-door.ts';
import { WebSocketDoor } from './websocket-door.ts';

export type ListenersOptions = {
  readonly plans: readonly ListenerPlan[];
  readonly limits: AdmissionLimits & { readonly connectBytesMax: number; readonly packetBytesMax: number };
  readonly metrics: Metrics;
  /** Where there is a listener with TLS. */
  readonly certificates?: Certificates | undefined;
  readonly clientCertificates?: TlsDoorOptions['clientCertificates'];
  readonly origins?: readonly string[];
};

export type Listeners = AsyncDisposable & {
  /** Where each really listens, in the order of the plans. */
  readonly opened: readonly ListenerPlan[];
};

type Parts = ListenersOptions & {
  readonly letInWithinMs: number;
  readonly onConnection: (arrival: Arrival) => void;
};

export async function openListeners(parts: Parts): Promise<Listeners> {
  const { plans, limits, metrics, certificates, letInWithinMs } = parts;
  const stack = new AsyncDisposableStack();
  const failed = metrics.counter('broker_handshakes_failed_total', 'Connections that never came to speak MQTT.', [
    'listener',
    'reason',
  ]);
  const onFailed: Doors['onFailed'] = (listener, reason) => failed.inc({ listener, reason });
  const admission = new Admission(limits, metrics);
  const certified = new Certified(certificates);
  const onConnection = (arrival: Arrival) => {
    certified.watch(arrival);
    parts.onConnection(arrival);
  };
  const open = (plan: ListenerPlan, each: ListenerParts) =>
    named(environmentName('broker', PORT_SETTINGS[plan.kind]), () => openListener(plan, each));
  const opened: Listener[] = [];
  try {
    for (const plan of plans) {
      const doors = doorsOf(plan.kind, parts, onFailed);
      if (doors.tls !== undefined) certificates?.onTaken(() => doors.tls?.renew());
      opened.push(stack.use(await open(plan, { admission, doors, letInWithinMs, onConnection })));
    }
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  certificates?.onTaken(() => certified.endRevoked());
  return { opened, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function doorsOf(kind: ListenerKind, parts: Parts, onFailed: Doors['onFailed']): Doors {
  const { limits, certificates, clientCertificates = 'off', origins = [] } = parts;
  const hasWebSocket = kind === 'ws' || kind === 'wss';
  const onRefused = (reason: string) => onFailed(kind, reason);
  const webSocket = hasWebSocket ? { webSocket: new WebSocketDoor({ ...limits, origins, onRefused }) } : {};
  if (kind === 'tcp' || kind === 'ws') return { ...webSocket, onFailed };
  if (certificates === undefined) throw new Error(`a listener of kind ${kind} has a certificate`);
  const tls = new TlsDoor({
    clientCertificates,
    protocol: hasWebSocket ? 'http/1.1' : 'mqtt',
    secure: () => certificates.secure,
    isRevoked: (certificate) => certificates.isRevoked(certificate),
    onRefused,
  });
  return { ...webSocket, tls, onFailed };
}

/** Connections that showed a certificate, and are ended when it is revoked. */
class Certified {
  readonly #certificates: Certificates | undefined;
  readonly #connections = new Map<Connection, ClientCertificate>();

  constructor(certificates: Certificates | undefined) {
    this.#certificates = certificates;
  }

  watch(connection: Connection): void {
    if (connection.certificate === undefined) return;
    this.#connections.set(connection, connection.certificate);
    connection.wire.once('close', () => this.#connections.delete(connection));
  }

  endRevoked(): void {
    for (const [{ wire }, certificate] of this.#connections)
      if (this.#certificates?.isRevoked(certificate) === true) wire.destroy();
  }
}
