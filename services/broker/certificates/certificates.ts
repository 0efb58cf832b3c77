// The certificates with which the broker listens now. New ones are taken as a whole or not at all: what is broken is said, and
// what works goes on.

import type { SecureContextOptions } from 'node:tls';
import type { CertificateFiles } from '#runtime/certificates/layout.ts';
import type { Log } from '#runtime/log.ts';
import { StartError } from '#runtime/start-error.ts';
import type { ClientCertificate } from '../listeners/connection.ts';
import { type ReadCertificates, readCertificates, validityProblem } from './read-certificates.ts';
import { normalSerial } from './revocation-list.ts';

export type CertificatesOptions = {
  readonly files: CertificateFiles;
  readonly log: Log;
  /** ms since the epoch */
  readonly now: () => number;
};

export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #listeners: (() => void)[] = [];
  #current: ReadCertificates;
  #problem: string | undefined;

  /** @throws StartError where the files cannot be used; what is expired is served, and said in health */
  constructor(options: CertificatesOptions) {
    this.#options = options;
    try {
      this.#current = readCertificates(options.files);
    } catch (error) {
      throw new StartError(
        `${(error as Error).message}; \`penstock cert init\` makes new ones, or set the listeners off`,
      );
    }
  }

  get current(): ReadCertificates {
    return this.#current;
  }

  get secure(): SecureContextOptions {
    return this.#current.secure;
  }

  /** Why the files as they are now were not taken; undefined where they were. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Called after other certificates, or another list of revoked ones, have been taken. */
  onTaken(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Whether it is on the list of the authority that issued it. */
  isRevoked({ issuer, serial }: ClientCertificate): boolean {
    const { revoked } = this.#current;
    return revoked?.authority.subject === issuer && revoked.list.serials.has(normalSerial(serial));
  }

  /** Reads the files again. */
  reload(): void {
    const { files, log, now } = this.#options;
    try {
      const found = readCertificates(files);
      const problem = validityProblem(found, now());
      if (problem !== undefined) throw new Error(problem);
      this.#current = found;
      this.#problem = undefined;
    } catch (error) {
      this.#problem = `${(error as Error).message}; the listeners keep what they had`;
      log.error({ reason: (error as Error).message }, 'certificates not taken; the listeners keep what they had');
      return;
    }
    for (const taken of this.#listeners) taken();
    log.info({ expires: this.#current.server.validToDate.toISOString() }, 'certificates taken');
  }
}
