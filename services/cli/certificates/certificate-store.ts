// The folder in which the authority and what it issued lie (runtime/certificates/layout.ts). Everything in it is written whole
// or not at all, readable by the owner alone, and by one `penstock cert` at a time.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { certificateFolder } from '#runtime/certificates/layout.ts';
import { makeDurableFolder, replaceFileSync } from '#runtime/durable-folder.ts';
import { lockFolder } from '#runtime/folder-lock.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import {
  Authority,
  type Issued,
  type IssuedWithKey,
  type Revocation,
  readIssued,
  readRevocations,
} from './authority.ts';

export type ListedCertificate = Issued & { readonly revokedAt: Date | undefined };

export class CertificateStore {
  readonly files: ReturnType<typeof certificateFolder>;

  constructor(dataDir: string) {
    this.files = certificateFolder(path.resolve(dataDir));
  }

  get hasAuthority(): boolean {
    return existsSync(this.files.ca);
  }

  /** @throws StartError where another process has it */
  lock(): Disposable {
    const { folder } = this.files;
    const result = saying(folder, () => lockFolder(folder));
    if ('lock' in result) return result.lock;
    throw new StartError(
      `another \`penstock cert\` is at work in ${folder} (process ${result.holder}); try again when it has ended`,
      EXIT.unavailable,
    );
  }

  /** @throws StartError where there is none, or it cannot be read */
  async authority(): Promise<Authority> {
    const { ca, caKey } = this.files;
    if (!this.hasAuthority)
      throw new StartError(`there is no authority in ${this.files.folder}; \`penstock cert init\` makes one`);
    const [pem, keyPem] = [read(ca), read(caKey)];
    try {
      return await Authority.open(pem, keyPem);
    } catch (error) {
      throw new StartError(
        `${ca} and ${caKey} are not to be used: ${(error as Error).message}; restore them from a backup`,
      );
    }
  }

  /** The new authority; its certificate comes last, for that is what says that all of it is there. */
  async found(authority: Authority, made: IssuedWithKey, server: IssuedWithKey, now: number): Promise<void> {
    this.#write(this.files.caKey, made.keyPem);
    await this.writeRevocations(authority, [], now);
    this.writeServer(server);
    this.#write(this.files.caDer, made.der);
    this.#write(this.files.ca, made.pem);
  }

  writeServer(server: IssuedWithKey): void {
    this.#keep(server);
    this.#write(this.files.serverKey, server.keyPem);
    this.#write(this.files.server, server.pem);
  }

  /** Names and addresses of the certificate that the broker has now. */
  serverHosts(): readonly string[] {
    const { server } = this.files;
    return saying(server, () => readIssued(read(server)).hosts);
  }

  /** @returns the folder: the one that is given, or one of the name */
  writeClient(client: IssuedWithKey, folder = path.join(this.files.clients, ...client.name.split('/'))): string {
    this.#keep(client);
    saying(folder, () => makeDurableFolder(folder));
    const write = (name: string, content: string | Buffer) => this.#write(path.join(folder, name), content);
    write('client-key.pem', client.keyPem);
    write('client-key.der', client.keyDer);
    write('client.pem', client.pem);
    write('client.der', client.der);
    write('ca.pem', read(this.files.ca));
    write('ca.der', readFileSync(this.files.caDer));
    return folder;
  }

  async writeRevocations(authority: Authority, revocations: readonly Revocation[], now: number): Promise<void> {
    this.#write(this.files.crl, await authority.revocationList(revocations, now));
  }

  revocations(): Revocation[] {
    const { crl } = this.files;
    return saying(crl, () => readRevocations(read(crl)));
  }

  /** Authority first, then what it issued, the first to expire first. */
  list(): ListedCertificate[] {
    const { ca, issued } = this.files;
    const revokedAt = new Map(this.revocations().map((each) => [each.serial, each.revokedAt]));
    const names = existsSync(issued) ? readdirSync(issued).filter((name) => name.endsWith('.pem')) : [];
    const all = [ca, ...names.map((name) => path.join(issued, name))].map((file) =>
      saying(file, () => readIssued(read(file))),
    );
    return all
      .map((each) => ({ ...each, revokedAt: revokedAt.get(each.serial) }))
      .sort((a, b) => Number(b.kind === 'authority') - Number(a.kind === 'authority') || +a.validTo - +b.validTo);
  }

  #keep({ serial, pem }: Issued): void {
    this.#write(path.join(this.files.issued, `${serial}.pem`), pem);
  }

  #write(file: string, content: string | Buffer): void {
    saying(file, () => replaceFileSync(file, content));
  }
}

function read(file: string): string {
  return saying(file, () => readFileSync(file, 'utf8'));
}

/** @throws StartError that names the file */
function saying<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartError(`${file} cannot be used: ${code ?? `${message}; restore it from a backup`}`);
  }
}
