// Certificates for tests, made by what makes the real ones, in the places where the broker looks for them.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ACL_FILE, accessFolder, DEVICES_FILE } from '#runtime/access/access-files.ts';
import { type CertificateFiles, certificateFiles } from '#runtime/certificates/layout.ts';
import { Authority, type IssuedWithKey, type Validity, validFor } from '../../services/cli/certificates/authority.ts';
import { CertificateStore } from '../../services/cli/certificates/certificate-store.ts';

/** What node:tls takes. */
export type Pair = { readonly cert: string; readonly key: string };

export class TestCertificates {
  readonly dataDir: string;
  readonly now = () => Date.now();
  readonly store: CertificateStore;
  readonly authority: Authority;
  /** The authority's certificate. */
  readonly ca: string;

  private constructor(dataDir: string, authority: Authority, ca: string) {
    this.dataDir = dataDir;
    this.store = new CertificateStore(dataDir);
    this.authority = authority;
    this.ca = ca;
  }

  static async make(dataDir: string): Promise<TestCertificates> {
    const now = Date.now();
    const { authority, made } = await Authority.create(now);
    const all = new TestCertificates(dataDir, authority, made.pem);
    await all.store.found(authority, made, await all.server(), now);
    return all;
  }

  get files(): CertificateFiles {
    const files = certificateFiles(this.dataDir, {});
    if (files === undefined) throw new Error('they were made');
    return files;
  }

  server(validity: Validity = validFor(30, Date.now())): Promise<IssuedWithKey> {
    return this.authority.issueServer(['broker.test', 'localhost', '127.0.0.1'], validity);
  }

  async client(
    name: string,
    validity: Validity = validFor(30, Date.now()),
  ): Promise<Pair & { readonly serial: string }> {
    return { ...pairOf(await this.authority.issueClient(name, validity)) };
  }

  /** Lets devices of these names publish and subscribe to everything; to be called before the broker starts. */
  admit(names: readonly string[]): void {
    const folder = accessFolder(this.dataDir);
    mkdirSync(folder, { mode: 0o700 });
    const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    write(DEVICES_FILE, JSON.stringify({ devices: Object.fromEntries(names.map((name) => [name, {}])) }));
    write(ACL_FILE, 'pattern readwrite #\n');
  }

  /** Gives the broker another certificate. */
  async rotate(validity?: Validity): Promise<IssuedWithKey> {
    const server = await this.server(validity);
    this.store.writeServer(server);
    return server;
  }

  async revoke(...serials: readonly string[]): Promise<void> {
    const now = Date.now();
    const added = serials.map((serial) => ({ serial, revokedAt: new Date(now) }));
    await this.store.writeRevocations(this.authority, [...this.store.revocations(), ...added], now);
  }

  /** Puts something else in the place of one of the files. */
  overwrite(file: keyof CertificateFiles, content: string): void {
    writeFileSync(this.files[file] ?? path.join(this.dataDir, file), content);
  }
}

export function pairOf({ pem, keyPem, serial }: IssuedWithKey): Pair & { readonly serial: string } {
  return { cert: pem, key: keyPem, serial };
}

/** Of last year. */
export function expired(): Validity {
  const dayMs = 86_400_000;
  return { from: new Date(Date.now() - 400 * dayMs), to: new Date(Date.now() - dayMs) };
}

export type IssuedFiles = { readonly certFile: string; readonly keyFile: string };

/** An authority beside the plant's own, whose certificates lie in a folder of the test, for programs that want files. */
export class FileAuthority {
  readonly caFile: string;
  readonly #folder: string;
  readonly #authority: Authority;

  private constructor(folder: string, caFile: string, authority: Authority) {
    this.#folder = folder;
    this.caFile = caFile;
    this.#authority = authority;
  }

  static async make(folder: string, name: string): Promise<FileAuthority> {
    const { authority, made } = await Authority.create(Date.now());
    const caFile = path.join(folder, `${name}.crt`);
    writeFileSync(caFile, made.pem);
    return new FileAuthority(folder, caFile, authority);
  }

  async server(
    name: string,
    hosts: readonly [string, ...string[]],
    validity: Validity = validFor(30, Date.now()),
  ): Promise<IssuedFiles> {
    return this.#write(name, await this.#authority.issueServer(hosts, validity));
  }

  async client(name: string): Promise<IssuedFiles> {
    return this.#write(name, await this.#authority.issueClient(name, validFor(30, Date.now())));
  }

  #write(name: string, { pem, keyPem }: IssuedWithKey): IssuedFiles {
    const [certFile, keyFile] = [path.join(this.#folder, `${name}.crt`), path.join(this.#folder, `${name}.key`)];
    writeFileSync(certFile, pem);
    writeFileSync(keyFile, keyPem, { mode: 0o600 });
    return { certFile, keyFile };
  }
}
