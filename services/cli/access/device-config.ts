// What a device needs to know to log in, in the form of the firmware's config.json. It holds the device's token: who reads it
// can log in as the device.

import { X509Certificate } from 'node:crypto';
import { isDeviceUserName } from '#domain/access/identity.ts';
import { makeToken } from '#runtime/access/token.ts';
import { certificateFiles, certificateFolder } from '#runtime/certificates/layout.ts';
import { isLoopback } from '#runtime/sections.ts';
import { readTextFile } from '#runtime/text-file.ts';
import type { AllSettings } from '../settings.ts';
import { refusal } from './access-command.ts';

/** How devices reach the broker. */
export type DeviceBroker = {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Certificate of the authority that signed the broker's, DER in base64; null where the device has it, or needs none. */
  readonly ca: string | null;
};

export type DeviceConfig = {
  readonly broker: DeviceBroker;
  readonly clientId: string;
  readonly user: string;
  readonly password: string;
  /** Above `tele`, `status`, `cmd` …; none for a Sparkplug edge node, nor for a gateway, whose topics are the acl file's affair. */
  readonly root?: string;
};

export const BROKER_OPTIONS = [
  ['--host <host>', 'name or address by which devices reach the broker (default: as in the settings)'],
  ['--port <port>', 'its port'],
  ['--tls', 'over TLS (default: where `penstock cert init` has made a certificate)'],
  ['--no-tls', 'without TLS'],
  ['--ca <file>', "certificate of the authority that signed the broker's (PEM); implies --tls"],
] as const;

const TLS_PORT = 8_883;
const PLAIN_PORT = 1_883;

/** @throws StartError where the words do not say how to reach it */
export function deviceBroker(
  options: Readonly<Record<string, unknown>>,
  { broker, root }: Pick<AllSettings, 'broker' | 'root'>,
): DeviceBroker {
  const url = broker.url === undefined ? undefined : new URL(broker.url);
  const hasOwn = url === undefined && broker.tlsPort !== 'off' && certificateFiles(root.data, broker) !== undefined;
  const tls =
    options.tls !== false && (options.tls === true || options.ca !== undefined || hasOwn || url?.protocol === 'mqtts:');
  // Who brings a certificate of another authority to the broker has given it to the devices, too.
  const ownCa = hasOwn && broker.tlsCertFile === undefined ? certificateFolder(root.data).ca : undefined;
  const caFile = options.ca === undefined ? ownCa : String(options.ca);
  const ca = tls && caFile !== undefined ? authority(caFile) : null;
  const tlsPort = broker.tlsPort === 'off' ? TLS_PORT : broker.tlsPort;
  const known = url === undefined ? (tls ? tlsPort : broker.port) : Number(url.port || (tls ? TLS_PORT : PLAIN_PORT));
  const port = options.port === undefined ? known : Number(options.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw refusal(`--port is a number from 1 to 65535, and not '${options.port}'`);
  const host = String(options.host ?? url?.hostname ?? broker.host).replace(/^\[|\]$/g, '');
  return { host, port, tls, ca };
}

/** Why no device will reach it there; undefined where one may. */
export function unreachableBroker({ host }: DeviceBroker): string | undefined {
  if (!isLoopback(host) && host !== '0.0.0.0' && host !== '::') return undefined;
  return `devices on other machines do not reach the broker at ${host}: --host says by which name they do`;
}

export function deviceConfig(
  { name, serial }: { readonly name: string; readonly serial: number },
  broker: DeviceBroker,
  tokenKey: string,
): DeviceConfig {
  const password = makeToken(tokenKey, { kind: 'device', name, serial });
  const own = { broker, clientId: name, user: name, password };
  return name.split('/').length === 3 && isDeviceUserName(name) ? { ...own, root: `plant/v1/${name}` } : own;
}

function authority(file: string): string {
  const pem = readTextFile(file);
  if (typeof pem !== 'string') throw refusal(`${file}: ${pem.message}`);
  try {
    return new X509Certificate(pem).raw.toString('base64');
  } catch {
    throw refusal(`${file} is no certificate (PEM)`);
  }
}
