// The plant's own certificate authority: ECDSA on P-256, which a microcontroller can check too. The only file that makes
// certificates, and that imports the library for it. It touches no disk, and time is an argument.

import 'reflect-metadata'; // the library asks for it
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

export type Issued = {
  readonly name: string;
  readonly kind: 'authority' | 'server' | 'client' | 'other';
  /** Upper-case hexadecimal. */
  readonly serial: string;
  readonly validTo: Date;
  /** Names and addresses that it stands for. */
  readonly hosts: readonly string[];
  readonly pem: string;
  readonly der: Buffer;
};

export type IssuedWithKey = Issued & { readonly keyPem: string; readonly keyDer: Buffer };

export type Revocation = { readonly serial: string; readonly revokedAt: Date };

export type Validity = { readonly from: Date; readonly to: Date };

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const AUTHORITY_YEARS = 10;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Grows from list to list [RFC 5280, 5.2.3]. */
const CRL_NUMBER = '2.5.29.20';
const { digitalSignature, keyCertSign, cRLSign } = x509.KeyUsageFlags;

/** From an hour ago, for clocks that go after, for so many days in all. */
export function validFor(days: number, now: number): Validity {
  const from = now - HOUR_MS;
  return { from: new Date(from), to: new Date(from + days * DAY_MS - 1_000) }; // both ends belong to it
}

export class Authority {
  readonly #certificate: x509.X509Certificate;
  readonly #key: CryptoKey;

  private constructor(certificate: x509.X509Certificate, key: CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
  }

  static async create(now: number): Promise<{ readonly authority: Authority; readonly made: IssuedWithKey }> {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const { from, to } = validFor(AUTHORITY_YEARS * 365, now);
    const serialNumber = randomSerial();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber,
      // Every plant's has a name of its own, or a client that knows two of them could not tell them apart.
      name: [{ CN: [`Penstock authority ${serialNumber.slice(2, 10)}`] }],
      notBefore: from,
      notAfter: to,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const authority = new Authority(certificate, keys.privateKey);
    return { authority, made: await withKey(certificate, keys.privateKey) };
  }

  /** @throws Error where the two are no certificate and key */
  static async open(pem: string, keyPem: string): Promise<Authority> {
    const [der] = x509.PemConverter.decode(keyPem);
    if (der === undefined) throw new Error('it holds no key in PEM');
    const key = await crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
    return new Authority(new x509.X509Certificate(pem), key);
  }

  get validTo(): Date {
    return this.#certificate.notAfter;
  }

  /** For a broker that is reached by these names and addresses; the first is its name. */
  async issueServer(hosts: readonly [string, ...string[]], validity: Validity): Promise<IssuedWithKey> {
    const names = hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }));
    return this.#issue(hosts[0], validity, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
    ]);
  }

  async issueClient(name: string, validity: Validity): Promise<IssuedWithKey> {
    return this.#issue(name, validity, [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]);
  }

  /** In PEM, good as long as the authority: one that ends sooner would lock out every client when nobody renews it. */
  async revocationList(revocations: readonly Revocation[], now: number): Promise<string> {
    const list = await x509.X509CrlGenerator.create({
      issuer: this.#certificate.subjectName,
      thisUpdate: new Date(now),
      nextUpdate: this.validTo,
      signingAlgorithm: ALGORITHM,
      signingKey: this.#key,
      extensions: [
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
        new x509.Extension(CRL_NUMBER, false, derInteger(now)),
      ],
      entries: revocations.map(({ serial, revokedAt }) => ({
        serialNumber: serial,
        revocationDate: revokedAt,
        reason: x509.X509CrlReason.cessationOfOperation, // without any the library writes an empty list of extensions
      })),
    });
    return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`; // the library's own label is read by nobody
  }

  async #issue(name: string, { from, to }: Validity, usage: readonly x509.Extension[]): Promise<IssuedWithKey> {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: randomSerial(),
      subject: [{ CN: [name] }],
      issuer: this.#certificate.subjectName,
      notBefore: from,
      notAfter: to < this.validTo ? to : this.validTo,
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(digitalSignature, true),
        ...usage,
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
      ],
    });
    return await withKey(certificate, keys.privateKey);
  }
}

/** @throws Error where it is no certificate */
export function readIssued(pem: string): Issued {
  const certificate = new x509.X509Certificate(pem);
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  return {
    name: certificate.subjectName.getField('CN')[0] ?? certificate.subject,
    kind: kindOf(certificate),
    serial: certificate.serialNumber.toUpperCase(),
    validTo: certificate.notAfter,
    hosts: names.map(({ value }) => value),
    pem: `${certificate.toString('pem')}\n`,
    der: Buffer.from(certificate.rawData),
  };
}

/** @throws Error where it is no list */
export function readRevocations(pem: string): Revocation[] {
  return new x509.X509Crl(pem).entries.map(({ serialNumber, revocationDate }) => ({
    serial: serialNumber.toUpperCase(),
    revokedAt: revocationDate,
  }));
}

function kindOf(certificate: x509.X509Certificate): Issued['kind'] {
  if (certificate.getExtension(x509.BasicConstraintsExtension)?.ca === true) return 'authority';
  const usages = certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? [];
  if (usages.includes(x509.ExtendedKeyUsage.serverAuth)) return 'server';
  return usages.includes(x509.ExtendedKeyUsage.clientAuth) ? 'client' : 'other';
}

async function withKey(certificate: x509.X509Certificate, key: CryptoKey): Promise<IssuedWithKey> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', key);
  const keyPem = `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`;
  return { ...readIssued(certificate.toString('pem')), keyPem, keyDer: Buffer.from(pkcs8) };
}

function derInteger(value: number): Uint8Array<ArrayBuffer> {
  const body = Buffer.alloc(8);
  body.writeBigUInt64BE(BigInt(value));
  const first = body.findIndex((byte) => byte !== 0);
  // A first bit that is set would make it negative.
  const from = (body[first] ?? 0) >= 0x80 ? first - 1 : first;
  return Uint8Array.of(0x02, body.length - from, ...body.subarray(from));
}

/** 126 random bits, and never a first byte that is 0 or would make it negative: the number then reads the same everywhere. */
function randomSerial(): string {
  const bytes = crypto.getRandomValues(Buffer.alloc(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
