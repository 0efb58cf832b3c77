// Where the chain goes on when the journal is opened, and whether its end is the one that was left. A log that is shorter than
// the head's file says has lost its end: the chain then goes on behind what is missing, so that the gap shows for ever.

import type { SegmentLog } from '../segment-log/segment-log.ts';
import { type ChainHead, decodeRecord, formatHead, NO_RECORD, sha256 } from './audit-record.ts';

export type ChainEnd = {
  /** What the next record follows from. */
  readonly head: ChainHead;
  /** What is not as it was left, in words. */
  readonly broken: string | undefined;
};

/** @param saved what the head's file says */
export async function findEnd(log: SegmentLog, saved: ChainHead | undefined | 'unreadable'): Promise<ChainEnd> {
  const { last, hashAt } = await readEnd(log, typeof saved === 'object' ? saved.n : Number.POSITIVE_INFINITY);
  if (saved === 'unreadable') return { head: last, broken: 'the file of its head is damaged' };
  if (saved === undefined) return { head: last, broken: last.n > 0 ? 'the file of its head is gone' : undefined };
  if (saved.n > last.n) {
    const broken = `the log ends at record ${last.n}, and had come to ${formatHead(saved)}: its end is missing`;
    return { head: saved, broken };
  }
  const isSame = hashAt === saved.hash;
  return { head: last, broken: isSame ? undefined : `record ${saved.n} is not the one that was written` };
}

/** The last record, and the hash of record `n` where it is there: both are near the end, so the newest segments are read first. */
async function readEnd(log: SegmentLog, n: number): Promise<{ last: ChainHead; hashAt: string | undefined }> {
  let last: ChainHead | undefined;
  for (const { number } of log.segments.toReversed()) {
    let hashAt: string | undefined;
    let first: number | undefined;
    let newest: ChainHead | undefined;
    for await (const { payload, position } of log.records(number)) {
      if (position.segment !== number) break;
      const record = decodeRecord(payload);
      if (record === undefined) continue;
      first ??= record.n;
      newest = { n: record.n, hash: sha256(payload) };
      if (record.n === n) hashAt = newest.hash;
    }
    last ??= newest;
    if (last !== undefined && (hashAt !== undefined || last.n < n || (first !== undefined && first <= n)))
      return { last, hashAt };
  }
  return { last: last ?? NO_RECORD, hashAt: undefined };
}
