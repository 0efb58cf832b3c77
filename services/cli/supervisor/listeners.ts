// Every address that the children of a start will listen on, with the setting that moves each.

import type { ServiceName } from '#domain/service.ts';
import { certificateFiles } from '#runtime/certificates/layout.ts';
import { environmentName, flagName, type SectionName } from '#runtime/config.ts';
import type { AllSettings } from '../settings.ts';

export type Listener = {
  readonly host: string;
  readonly port: number;
  readonly section: SectionName;
  readonly key: string;
};

const LOOPBACK = '127.0.0.1';

/** The services that a start runs: the embedded broker and store only where no other is configured. */
export function servicesOf(config: AllSettings): ServiceName[] {
  return [
    ...(config.broker.url === undefined ? (['broker'] as const) : []),
    ...(config.store.url === undefined ? (['historian'] as const) : []),
    'rules',
    'writer',
    'console',
    'ingest',
    ...(config.watchdog.enabled ? (['watchdog'] as const) : []),
  ];
}

export function listenersOf(config: AllSettings): Listener[] {
  return servicesOf(config).flatMap((section) => {
    if (section === 'broker') return brokerListeners(config);
    const settings: { host?: string; port?: number; metricsPort: number } = config[section];
    const { host, port, metricsPort } = settings;
    const health: Listener = { host: LOOPBACK, port: metricsPort, section, key: 'metricsPort' };
    return port === undefined ? [health] : [{ host: host ?? LOOPBACK, port, section, key: 'port' }, health];
  });
}

/** Its TLS listener is there where a certificate is. */
function brokerListeners({ root, broker }: AllSettings): Listener[] {
  const { host, port, tlsHost, tlsPort, wsHost, wsPort, wssPort, metricsPort } = broker;
  const hasCertificate = certificateFiles(root.data, broker) !== undefined;
  const wished = [
    { host, port, key: 'port' },
    { host: tlsHost, port: hasCertificate ? tlsPort : ('off' as const), key: 'tlsPort' },
    { host: wsHost, port: wsPort, key: 'wsPort' },
    { host: tlsHost, port: wssPort, key: 'wssPort' },
    { host: LOOPBACK, port: metricsPort, key: 'metricsPort' },
  ];
  return wished.flatMap(({ port, ...rest }) => (port === 'off' ? [] : [{ ...rest, port, section: 'broker' as const }]));
}

/** `PENSTOCK_BROKER_PORT (or --broker-port)`. */
export function describeSetting({ section, key }: Listener): string {
  return `${environmentName(section, key)} (or ${flagName(section, key)})`;
}

/** Two of our own listeners on one port, in words. Port 0 is nobody's. */
export function clashesOf(listeners: readonly Listener[]): string[] {
  return listeners.flatMap((listener, i) => {
    const first = listeners.slice(0, i).find((each) => each.port === listener.port && overlaps(each, listener));
    return first === undefined || listener.port === 0
      ? []
      : [`port ${listener.port} is set for two things: ${describeSetting(first)} and ${describeSetting(listener)}`];
  });
}

function overlaps(a: Listener, b: Listener): boolean {
  const isAny = (host: string) => host === '0.0.0.0' || host === '::';
  return a.host === b.host || isAny(a.host) || isAny(b.host);
}
