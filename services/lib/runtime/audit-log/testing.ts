// For tests of the audit journal and of what reads it.

import { crc32 } from 'node:zlib';
import { type Files, realFiles } from '../segment-log/files.ts';
import { encodeHeader, FORMAT, HEADER_BYTES } from '../segment-log/header.ts';
import { readSegmentLog } from '../segment-log/read-segment-log.ts';
import { FRAME_BYTES, writeFrame } from '../segment-log/record.ts';
import { segmentFile } from '../segment-log/segment-folder.ts';
import type { AuditEvent } from './audit.ts';
import { type AuditLog, type AuditLogOptions, openAuditLog } from './audit-log.ts';
import type { AuditRecord } from './audit-record.ts';
import { AUDIT_OWNERSHIP, logFolder } from './layout.ts';
import { readAudit } from './read-audit.ts';

export const AT = 1_795_355_425_172;

export function eventOf(change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    what: 'publish',
    who: { user: 'ann', role: 'operator', client: 'console-1', address: '10.0.0.7' },
    topic: 'plant/v1/lyon/tanks/valve-01/cmd',
    payload: Buffer.from('{"cmd":"open"}'),
    outcome: 'allowed',
    ...change,
  };
}

/** A journal that must not meet damage or a failing disk. */
export function openTestAudit(folder: string, options: Partial<AuditLogOptions> = {}): Promise<AuditLog> {
  const fail = (problem: unknown) => {
    throw new Error('this journal must not fail', { cause: problem });
  };
  let at = AT;
  return openAuditLog(folder, { bytesMax: 1_048_576, now: () => at++, onDamage: fail, onFatal: fail, ...options });
}

export async function recordsIn(folder: string, files: Files = realFiles): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const { record } of readAudit(folder, files)) records.push(record);
  return records;
}

/** The bytes of every record, in order. */
export async function bytesIn(folder: string): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const { payload } of readSegmentLog(logFolder(folder), AUDIT_OWNERSHIP)) all.push(Buffer.from(payload));
  return all;
}

/** A segment of these records, with right checksums: what a forger with an editor for such files would make. */
export function forgedSegment(payloads: readonly Buffer[], segment = 1): Buffer {
  const parts: Buffer[] = [encodeHeader({ ...AUDIT_OWNERSHIP, format: FORMAT, segment })];
  let offset = HEADER_BYTES;
  for (const payload of payloads) {
    const frame = Buffer.alloc(FRAME_BYTES);
    writeFrame(frame, 0, { segment, offset, length: payload.length, crc: crc32(payload), mark: 'first of group' });
    parts.push(frame, payload);
    offset += FRAME_BYTES + payload.length;
  }
  return Buffer.concat(parts);
}

export function firstSegmentFile(folder: string): string {
  return segmentFile(logFolder(folder), 1);
}
