// Operations on alarms, and orders to devices, that bear the signature of who sent them: the console signs, the rules service reads. The broker
// tells nobody who published a message; a signature over topic and content does, and says with which right.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AlarmOperation, ROLES, type Role } from '#domain/alarm.ts';
import type { CommandOperation } from '#domain/command-life.ts';
import { isPlainObject } from '#domain/plain-object.ts';

export type Signer = { readonly role: Role; readonly key: string; readonly sentAt: number };

/** What a signature says. `wrong`: there is one, and it is not ours or not of this message. */
export type Signature =
  | { readonly isSigned: true; readonly role: Role }
  | { readonly isSigned: false }
  | { readonly isSigned: 'wrong' };

/** The payload (JSON) of a signed operation on a topic. */
export function signOperation(
  topic: string,
  operation: AlarmOperation | CommandOperation,
  { role, key, sentAt }: Signer,
): string {
  const signed = { ...operation, role, sentAt };
  return JSON.stringify({ ...signed, sig: signatureOf(topic, signed, key) });
}

/** Reads the signature of a payload that came on a topic. Never throws. */
export function readSignature(topic: string, payload: unknown, key: string): Signature {
  if (!isPlainObject(payload) || payload.sig === undefined) return { isSigned: false };
  const { sig, ...signed } = payload;
  const role = ROLES.find((each) => each === signed.role);
  // We sign plain values, and objects of plain values: lists within lists, thousands deep, would overflow the stack of who
  // serialises them.
  const isFlat = Object.values(signed).every(
    (value) => isPlain(value) || Object.values(value as object).every(isPlain),
  );
  if (typeof sig !== 'string' || role === undefined || !isFlat) return { isSigned: 'wrong' };
  const wanted = Buffer.from(signatureOf(topic, signed, key));
  const given = Buffer.from(sig);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return { isSigned: 'wrong' };
  return { isSigned: true, role };
}

function signatureOf(topic: string, signed: { readonly [field: string]: unknown }, key: string): string {
  const fields = sorted(signed).map(([field, value]) => [field, isPlain(value) ? value : sorted(value as object)]);
  return createHmac('sha256', key)
    .update(`${topic}\n${JSON.stringify(fields)}`)
    .digest('base64url');
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** Whoever passes JSON on may turn its members round. */
function sorted(object: object): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}
