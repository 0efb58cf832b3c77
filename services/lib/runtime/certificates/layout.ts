// Where the certificates lie that `penstock cert` makes, and which files the listeners of the embedded broker read. The
// command line writes them, the broker reads them, and the supervisor must know whether there will be a TLS listener.

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BrokerListening } from '../broker-listening.ts';

/** Files under `<data>/certs`, each readable by the owner alone. */
export function certificateFolder(dataDir: string) {
  const folder = path.join(dataDir, 'certs');
  const file = (name: string) => path.join(folder, name);
  return {
    folder,
    /** The authority's certificate, in the form that servers and clients read, and in the one that a Pico pins. */
    ca: file('ca.pem'),
    caDer: file('ca.der'),
    caKey: file('ca-key.pem'),
    server: file('server.pem'),
    serverKey: file('server-key.pem'),
    /** What was revoked, signed by the authority. */
    crl: file('crl.pem'),
    /** Every certificate that was issued, by serial number; no keys. */
    issued: file('issued'),
    /** Certificates of clients with their keys, a folder for each name. */
    clients: file('clients'),
  } as const;
}

export type CertificateFiles = {
  readonly cert: string;
  readonly key: string;
  /** By which clients' certificates are verified. */
  readonly ca?: string;
  /** What that authority has revoked. */
  readonly crl?: string;
};

type Settings = Pick<BrokerListening, 'tlsCertFile' | 'tlsKeyFile' | 'tlsCaFile' | 'tlsCrlFile'>;

/** The files that the settings name, else those that `penstock cert init` made; undefined where there is no certificate. */
export function certificateFiles(dataDir: string, settings: Settings): CertificateFiles | undefined {
  const own = certificateFolder(dataDir);
  const cert = settings.tlsCertFile ?? (existsSync(own.server) ? own.server : undefined);
  if (cert === undefined) return undefined;
  // A file may hold both, as some tools write it.
  const key = settings.tlsKeyFile ?? (settings.tlsCertFile === undefined ? own.serverKey : cert);
  const ca = settings.tlsCaFile ?? (existsSync(own.ca) ? own.ca : undefined);
  // The list of our own authority says nothing about the clients of another.
  const crl = settings.tlsCrlFile ?? (ca === own.ca && existsSync(own.crl) ? own.crl : undefined);
  return { cert, key, ...(ca === undefined ? {} : { ca }), ...(crl === undefined ? {} : { crl }) };
}
