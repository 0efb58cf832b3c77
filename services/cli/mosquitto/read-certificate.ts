// The certificate that mosquitto is to show: the one that is named, else the one of the embedded broker.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '#runtime/start-error.ts';
import type { Certificate } from './mosquitto-files.ts';

export type CertificateOptions = {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
};

/** @throws StartError where there is none, it cannot be read, or its parts are not one certificate */
export function readCertificate(dataDir: string, { cert, key, ca }: CertificateOptions): Certificate {
  const own = (name: string) => path.join(dataDir, 'certs', name);
  const named = [cert, key, ca].filter((each) => each !== undefined).length;
  if (named > 0 && named < 3) throw new StartError('--cert, --key and --ca are given all three, or none of them');
  if (named === 0 && !existsSync(own('server.pem')))
    throw new StartError(
      `there is no certificate in ${own('')}; make one with \`penstock cert init\`, or name yours with --cert, --key and --ca`,
    );
  const files = {
    cert: cert ?? own('server.pem'),
    key: key ?? own('server-key.pem'),
    ca: ca ?? own('ca.pem'),
  };
  const found = { cert: read(files.cert), key: read(files.key), ca: read(files.ca) };
  const certificate = parse(files.cert, () => new X509Certificate(found.cert));
  parse(files.ca, () => new X509Certificate(found.ca));
  const privateKey = parse(files.key, () => createPrivateKey(found.key));
  if (!certificate.checkPrivateKey(privateKey))
    throw new StartError(`${files.key} is not the key of the certificate in ${files.cert}`);
  return found;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function parse<T>(file: string, how: () => T): T {
  try {
    return how();
  } catch (error) {
    throw new StartError(
      `${file} is not to be used: ${(error as Error).message}; it is to be in PEM, a key without a passphrase`,
    );
  }
}
