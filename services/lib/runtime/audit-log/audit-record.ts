// One record of the audit journal: JSON, numbered, with the SHA-256 of the record before it. The hash is over the bytes as
// they lie on disk, so that nobody has to agree on how JSON is written.

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { isPlainObject } from '#domain/plain-object.ts';
import { AUDIT_KINDS, type AuditActor, type AuditEvent, type AuditKind } from './audit.ts';
import { maskSecrets } from './mask-secrets.ts';

/** A place in the chain: the number of a record and the SHA-256 of its bytes, in hex. */
export type ChainHead = { readonly n: number; readonly hash: string };

/** What the first record follows from. */
export const NO_RECORD: ChainHead = { n: 0, hash: '0'.repeat(64) };

/** Kept of a payload whole, and of a larger one its start. */
export const PAYLOAD_BYTES_MAX = 4 * 1024;
const START_BYTES = 1024;
/** An MQTT text may have 64 KiB; nobody's name has. */
const NAME_MAX = 256;
const TOPIC_MAX = 1_024;
const OUTCOME_MAX = 1_024;

export type KeptPayload = {
  /** Of the whole, as it was published. */
  readonly bytes: number;
  readonly sha256: string;
  /** All of it, or its start where it is larger; absent where it may hold secrets that cannot be found in it. */
  readonly text?: string;
  /** The same where it is no UTF-8. */
  readonly base64?: string;
  /** Secrets in it stand as their SHA-256, and its layout may be another. */
  readonly isMasked?: true;
};

export type AuditRecord = {
  readonly n: number;
  /** SHA-256 of record n - 1, in hex. */
  readonly prev: string;
  /** ms since the epoch. */
  readonly at: number;
  /** anchor: the oldest records were dropped; broken: what lies here is not what was written. Both are the journal's own. */
  readonly what: AuditKind | 'anchor' | 'broken';
  readonly who: AuditActor;
  readonly topic?: string;
  readonly payload?: KeptPayload;
  readonly outcome: string;
  /** Of many alike, this is the last of so many that were not written down. */
  readonly count?: number;
  /** Of an anchor: the oldest record that is kept, and what it follows from. */
  readonly begins?: { readonly n: number; readonly prev: string };
};

export type AuditEntry = Omit<AuditRecord, 'n' | 'prev'>;

const WHATS: readonly unknown[] = [...AUDIT_KINDS, 'anchor', 'broken'];
const HASH = /^[0-9a-f]{64}$/;
/** What a date can be. */
const MOMENT_MAX = 8.64e15;

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What is kept of an event. */
export function entryOf({ what, who, topic, payload, outcome }: AuditEvent, at: number): AuditEntry {
  const names = (['user', 'role', 'client', 'address'] as const).flatMap((name) => {
    const text = who[name];
    return text === undefined ? [] : [[name, bounded(text, NAME_MAX)] as const];
  });
  return {
    ...{ at, what, who: Object.fromEntries(names) },
    ...(topic === undefined ? {} : { topic: bounded(topic, TOPIC_MAX) }),
    ...(payload === undefined ? {} : { payload: payloadOf(payload, topic ?? '') }),
    outcome: bounded(outcome, OUTCOME_MAX),
  };
}

/** The bytes of the record that follows `head`, and the head that it makes. */
export function chain(head: ChainHead, entry: AuditEntry): { readonly bytes: Buffer; readonly head: ChainHead } {
  const bytes = Buffer.from(JSON.stringify({ n: head.n + 1, prev: head.hash, ...entry } satisfies AuditRecord));
  return { bytes, head: { n: head.n + 1, hash: sha256(bytes) } };
}

/** undefined where the bytes are no record: nobody of ours wrote them. */
export function decodeRecord(bytes: Buffer): AuditRecord | undefined {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
  if (!isPlainObject(json)) return undefined;
  const { n, prev, at, what, who, topic, payload, outcome, begins } = json;
  if (!isNumber(n) || !isHash(prev)) return undefined;
  if (!Number.isSafeInteger(at) || Math.abs(at as number) > MOMENT_MAX) return undefined;
  if (!WHATS.includes(what) || !isPlainObject(who) || typeof outcome !== 'string') return undefined;
  if (!Object.values(who).every((text) => typeof text === 'string')) return undefined;
  if (topic !== undefined && typeof topic !== 'string') return undefined;
  if (payload !== undefined && !(isPlainObject(payload) && isHash(payload.sha256))) return undefined;
  if (begins !== undefined && !(isPlainObject(begins) && isNumber(begins.n) && isHash(begins.prev))) return undefined;
  return json as AuditRecord;
}

/** `5000:9f86d0…`, as people note it elsewhere. */
export function formatHead({ n, hash }: ChainHead): string {
  return `${n}:${hash}`;
}

/** undefined where the text is none. */
export function parseHead(text: string): ChainHead | undefined {
  const [, n, hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return n === undefined ? undefined : { n: Number(n), hash };
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value);
}

function payloadOf(payload: Uint8Array, topic: string): KeptPayload {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const whole = { bytes: bytes.length, sha256: sha256(bytes) };
  const masked = maskSecrets(bytes, topic);
  if (masked === 'unreadable') return whole;
  const shown = masked === undefined ? bytes : Buffer.from(masked);
  const mark = masked === undefined ? {} : ({ isMasked: true } as const);
  const start = shown.length <= PAYLOAD_BYTES_MAX ? shown : shown.subarray(0, START_BYTES);
  // The cut may lie within a character, which toString() then shows as one that is not known.
  if (isUtf8(shown)) return { ...whole, text: start.toString(), ...mark };
  return { ...whole, base64: start.toString('base64'), ...mark };
}

function bounded(text: string, max: number): string {
  const whole = text.toWellFormed();
  return whole.length <= max ? whole : `${whole.slice(0, max - 1).toWellFormed()}…`;
}
