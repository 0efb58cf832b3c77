// The audit journal for the command line, while its owner may be writing. Changes nothing.

import { type Files, realFiles } from '../segment-log/files.ts';
import { readSegmentLog } from '../segment-log/read-segment-log.ts';
import { type AuditRecord, type ChainHead, decodeRecord, NO_RECORD, sha256 } from './audit-record.ts';
import { AUDIT_OWNERSHIP, logFolder } from './layout.ts';

/**
 * Every record that can be read, oldest first; none where there is no journal.
 * @throws StartError where the folder holds something else, or was written by a newer release
 */
export async function* readAudit(
  folder: string,
  files: Files = realFiles,
): AsyncIterable<{ readonly record: AuditRecord; readonly hash: string }> {
  for await (const { payload } of readSegmentLog(logFolder(folder), { ...AUDIT_OWNERSHIP, files })) {
    const record = decodeRecord(payload);
    if (record !== undefined) yield { record, hash: sha256(payload) };
  }
}

/** The end of the chain as it lies there. */
export async function readChainHead(folder: string): Promise<ChainHead> {
  let head = NO_RECORD;
  for await (const { record, hash } of readAudit(folder)) head = { n: record.n, hash };
  return head;
}
