// A certificate revocation list [RFC 5280, 5.1], as far as it must be read: whose it is, until when it is good, and what is
// on it. OpenSSL checks clients against it by itself; this is for what it does not do: end connections that stand, and tell a
// list that would lock every client out before it is taken.

import { verify, type X509Certificate } from 'node:crypto';

export type RevocationList = {
  /** ms since the epoch; undefined where the list is good for ever. */
  readonly nextUpdateAt: number | undefined;
  /** Serial numbers in upper-case hexadecimal, as node:crypto writes them. */
  readonly serials: ReadonlySet<string>;
  /** Whether that authority signed it. */
  isBy(authority: X509Certificate): boolean;
};

type Element = { readonly tag: number; readonly body: Buffer; readonly whole: Buffer };

const SEQUENCE = 0x30;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const INTEGER = 0x02;
const BIT_STRING = 0x03;

/** Digest by the algorithm's identifier, in hexadecimal; null where the algorithm has it built in. */
const DIGESTS: Readonly<Record<string, string | null>> = {
  '2a8648ce3d040302': 'sha256', // ECDSA
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2a864886f70d01010b': 'sha256', // RSA
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2b6570': null, // Ed25519
};

/**
 * Reads the list from PEM, or DER.
 * @throws Error where it is none
 */
export function parseRevocationList(file: Buffer): RevocationList {
  const [list] = elements(derOf(file));
  const [signed, algorithm, signature] = elements(expect(list, SEQUENCE).body);
  const fields = elements(expect(signed, SEQUENCE).body);
  // The version is left out in lists of the first one.
  const times = fields.slice(fields[0]?.tag === INTEGER ? 3 : 2);
  const isTime = (element: Element | undefined) => element?.tag === UTC_TIME || element?.tag === GENERALIZED_TIME;
  if (!isTime(times[0])) throw new Error('it is not a revocation list');
  const next = isTime(times[1]) ? times[1] : undefined;
  const entries = times[next === undefined ? 1 : 2];
  return {
    nextUpdateAt: next === undefined ? undefined : momentOf(next),
    serials: new Set(entries?.tag === SEQUENCE ? elements(entries.body).map(serialOf) : []),
    isBy: (authority) => isSignedBy(authority, expect(signed, SEQUENCE), algorithm, expect(signature, BIT_STRING)),
  };
}

function isSignedBy(
  { publicKey }: X509Certificate,
  signed: Element,
  algorithm: Element | undefined,
  signature: Element,
): boolean {
  const [identifier] = elements(expect(algorithm, SEQUENCE).body);
  const digest = DIGESTS[identifier?.body.toString('hex') ?? ''];
  if (digest === undefined) throw new Error('it is signed by an algorithm that is not known here');
  try {
    return verify(digest, signed.whole, publicKey, signature.body.subarray(1));
  } catch {
    return false; // a key of another kind
  }
}

function serialOf(entry: Element): string {
  const [serial] = elements(expect(entry, SEQUENCE).body);
  return normalSerial(expect(serial, INTEGER).body.toString('hex'));
}

/** Without the zero bytes before it, which mean nothing. */
export function normalSerial(hex: string): string {
  const digits = hex.toUpperCase().replace(/^(?:00)+(?=..)/, '');
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

function momentOf({ tag, body }: Element): number {
  const text = body.toString('latin1');
  const century = tag === GENERALIZED_TIME ? '' : Number(text.slice(0, 2)) < 50 ? '20' : '19';
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function derOf(file: Buffer): Buffer {
  const [, base64] = /-----BEGIN X509 CRL-----([^-]+)-----END/.exec(file.toString('latin1')) ?? [];
  return base64 === undefined ? file : Buffer.from(base64, 'base64');
}

function expect(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new Error('it is not a revocation list');
  return element;
}

/** The elements that stand one after the other in DER [X.690, 8.1]. */
function elements(der: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < der.length; ) {
    const first = der[at + 1] ?? 0;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const length = lengthBytes === 0 ? first : der.subarray(at + 2, at + 2 + lengthBytes).readUIntBE(0, lengthBytes);
    const from = at + 2 + lengthBytes;
    if (lengthBytes > 4 || from + length > der.length) throw new Error('it is not a revocation list');
    found.push({ tag: der[at] ?? 0, body: der.subarray(from, from + length), whole: der.subarray(at, from + length) });
    at = from + length;
  }
  return found;
}
