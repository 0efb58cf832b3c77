// Certificates for tests, made by openssl in a folder of the test: an authority of one's own, and what it signs.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { findProgram } from './processes.ts';

export const NO_OPENSSL = 'openssl is not installed (apt-get install openssl)';
export const hasOpenssl = findProgram('openssl') !== undefined;

export type Issued = { readonly certFile: string; readonly keyFile: string };

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export class Authority {
  readonly caFile: string;
  readonly #keyFile: string;
  readonly #folder: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.caFile = path.join(folder, `${name}.crt`);
    this.#keyFile = path.join(folder, `${name}.key`);
    openssl(
      'req',
      '-x509',
      ...KEY,
      '-keyout',
      this.#keyFile,
      '-out',
      this.caFile,
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
    );
  }

  /** @param names as in subjectAltName, such as `DNS:broker.test`; @param days from now; below 0 it has expired */
  issue(name: string, names: string, days = 2): Issued {
    const [certFile = '', keyFile = '', requestFile = ''] = ['crt', 'key', 'csr'].map((each) =>
      path.join(this.#folder, `${name}.${each}`),
    );
    const alternatives = ['-addext', `subjectAltName=${names}`];
    openssl('req', ...KEY, '-keyout', keyFile, '-out', requestFile, '-subj', `/CN=${name}`, ...alternatives);
    const signer = ['-CA', this.caFile, '-CAkey', this.#keyFile, '-CAcreateserial'];
    const request = ['-req', '-in', requestFile, '-copy_extensions', 'copy'];
    openssl('x509', ...request, ...signer, '-out', certFile, '-days', String(days));
    return { certFile, keyFile };
  }
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
