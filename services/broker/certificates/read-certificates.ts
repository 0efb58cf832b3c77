// The certificate files of the listeners, read and judged as a whole before a single handshake sees them: a key that does not
// fit, or a list that is out of date, would turn every client away.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { CertificateFiles } from '#runtime/certificates/layout.ts';
import { parseRevocationList, type RevocationList } from './revocation-list.ts';

export type ReadCertificates = {
  readonly secure: SecureContextOptions;
  readonly server: X509Certificate;
  readonly authorities: readonly X509Certificate[];
  /** With the authority that signed it. */
  readonly revoked?: { readonly list: RevocationList; readonly authority: X509Certificate };
};

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @throws Error with the file and what is wrong with it */
export function readCertificates(files: CertificateFiles): ReadCertificates {
  const cert = read(files.cert);
  const [server] = certificatesIn(files.cert, cert);
  const key = read(files.key);
  if (!server.checkPrivateKey(privateKey(files.key, key)))
    throw new Error(`${files.key} is not the key of ${files.cert}; the two are made together`);
  const ca = files.ca === undefined ? undefined : read(files.ca);
  const authorities = files.ca === undefined || ca === undefined ? [] : certificatesIn(files.ca, ca);
  const crl = files.crl === undefined ? undefined : read(files.crl);
  const revoked =
    files.crl === undefined || crl === undefined ? {} : { revoked: revokedBy(authorities, files.crl, crl) };
  const secure = { cert, key, ...(ca === undefined ? {} : { ca }), ...(crl === undefined ? {} : { crl }) };
  createSecureContext(secure); // what OpenSSL alone knows to be wrong, such as a key that is too short
  return { secure, server, authorities, ...revoked };
}

/** Why what is read is not to be taken in the place of something that works; undefined where it is. */
export function validityProblem({ server, revoked }: ReadCertificates, now: number): string | undefined {
  if (server.validToDate.getTime() <= now) return `the certificate expired on ${server.validToDate.toISOString()}`;
  if (server.validFromDate.getTime() > now)
    return `the certificate is not valid before ${server.validFromDate.toISOString()}`;
  const next = revoked?.list.nextUpdateAt;
  // OpenSSL refuses every client whose authority's list is out of date.
  if (next !== undefined && next <= now)
    return `the revocation list was good until ${new Date(next).toISOString()} only`;
  return undefined;
}

function revokedBy(authorities: readonly X509Certificate[], file: string, crl: Buffer) {
  const list = naming(file, () => parseRevocationList(crl));
  const authority = naming(file, () => authorities.find((each) => list.isBy(each)));
  if (authority === undefined)
    throw new Error(`${file} is signed by none of the authorities that clients are verified by`);
  return { list, authority };
}

function certificatesIn(file: string, text: Buffer): [X509Certificate, ...X509Certificate[]] {
  const [first, ...rest] = text.toString('latin1').match(BLOCK) ?? [];
  if (first === undefined) throw new Error(`${file} holds no certificate in PEM`);
  return naming(file, () => [new X509Certificate(first), ...rest.map((block) => new X509Certificate(block))]);
}

function privateKey(file: string, key: Buffer): KeyObject {
  return naming(file, () => createPrivateKey(key));
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? error})`);
  }
}

function naming<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`${file} cannot be used: ${(error as Error).message}`);
  }
}
