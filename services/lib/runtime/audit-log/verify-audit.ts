// Whether an audit journal is what was written: every record follows from the one before, the first is the one that an anchor
// names, and the last is not before the head. It finds what was changed, removed, inserted or put in another order by whoever
// did not also write everything behind it anew, and the head's file; against him helps only a head that was noted elsewhere.

import { type Files, realFiles } from '../segment-log/files.ts';
import { readSegmentLog } from '../segment-log/read-segment-log.ts';
import { segmentFile } from '../segment-log/segment-folder.ts';
import type { LogRecord } from '../segment-log/segment-log.ts';
import { type AuditRecord, type ChainHead, decodeRecord, NO_RECORD, sha256 } from './audit-record.ts';
import { readHead } from './head-file.ts';
import { AUDIT_OWNERSHIP, logFolder } from './layout.ts';

export type AuditFinding = {
  /** Where in the log; undefined where it is the whole of it that is wrong. */
  readonly place: { readonly file: string; readonly offset: number } | undefined;
  /** The record it is about; undefined where it bears no number. */
  readonly n: number | undefined;
  readonly problem: string;
};

export type AuditVerdict = {
  readonly records: number;
  /** Number of the oldest and of the newest record that is there; 0 where there is none. */
  readonly from: number;
  readonly to: ChainHead;
  readonly findings: readonly AuditFinding[];
};

export type VerifyOptions = {
  /** A head that was noted elsewhere. */
  readonly noted?: ChainHead | undefined;
  readonly files?: Files;
};

/** While its owner writes, a segment may go between two looks: what seems wrong is looked at again. */
const TRIES = 3;

/** @throws StartError where the folder holds something else, or was written by a newer release */
export async function verifyAudit(
  folder: string,
  { noted, files = realFiles }: VerifyOptions = {},
): Promise<AuditVerdict> {
  let verdict = await verifyOnce(folder, noted, files);
  for (let i = 1; i < TRIES && verdict.findings.length > 0; i++) verdict = await verifyOnce(folder, noted, files);
  return verdict;
}

async function verifyOnce(folder: string, noted: ChainHead | undefined, files: Files): Promise<AuditVerdict> {
  // Before the log: that has come at least so far.
  const head = await readHead(files, folder);
  const walk = new Walk(
    folder,
    [noted, typeof head === 'object' ? head : undefined].flatMap((each) => each?.n ?? []),
  );
  for await (const record of readSegmentLog(logFolder(folder), { ...AUDIT_OWNERSHIP, files })) walk.take(record);
  const { findings, last } = walk;
  // Its owner may have dropped the oldest records after we had seen how long the log is; the anchor then lies behind that.
  if (walk.beginning().length > 0)
    for await (const { payload } of readSegmentLog(logFolder(folder), { ...AUDIT_OWNERSHIP, files }))
      walk.noteAnchor(decodeRecord(payload));
  findings.push(...walk.beginning());
  if (head === 'unreadable') findings.push(whole('the file of the head is damaged: a cut end would not be noticed'));
  else if (head === undefined && last.n > 0)
    findings.push(whole('the file of the head is gone: a cut end would not be noticed'));
  else if (head !== undefined) findings.push(...walk.compare(head, 'its file of the head'));
  if (noted !== undefined) findings.push(...walk.compare(noted, 'the head that was noted'));
  return { records: walk.count, from: walk.first?.n ?? 0, to: last, findings };
}

function whole(problem: string): AuditFinding {
  return { place: undefined, n: undefined, problem };
}

class Walk {
  readonly findings: AuditFinding[] = [];
  count = 0;
  first: AuditRecord | undefined;
  last: ChainHead = NO_RECORD;
  #firstPlace: AuditFinding['place'];
  /** Whether an anchor says that the chain begins where it does. */
  readonly #anchors = new Set<string>();
  readonly #folder: string;
  readonly #wanted: ReadonlySet<number>;
  readonly #hashes = new Map<number, string>();

  constructor(folder: string, wanted: readonly number[]) {
    this.#folder = folder;
    this.#wanted = new Set(wanted);
  }

  take({ payload, position }: LogRecord): void {
    const place = { file: segmentFile(logFolder(this.#folder), position.segment), offset: position.offset };
    const record = decodeRecord(payload);
    if (record === undefined) {
      this.findings.push({ place, n: undefined, problem: 'this is no record of the audit journal: it was put there' });
      return;
    }
    this.count++;
    const { n } = record;
    if (this.first === undefined) {
      this.first = record;
      this.#firstPlace = place;
    } else {
      const problem = this.#problemOf(record);
      if (problem !== undefined) this.findings.push({ place, n, problem });
    }
    this.noteAnchor(record);
    const hash = sha256(payload);
    if (this.#wanted.has(n) && !this.#hashes.has(n)) this.#hashes.set(n, hash);
    this.last = { n, hash };
  }

  noteAnchor(record: AuditRecord | undefined): void {
    if (record?.what === 'anchor' && record.begins !== undefined)
      this.#anchors.add(`${record.begins.n}:${record.begins.prev}`);
  }

  #problemOf({ n, prev }: AuditRecord): string | undefined {
    const expected = this.last.n + 1;
    if (n > expected) {
      const which = n - expected === 1 ? `record ${expected} is` : `records ${expected} to ${n - 1} are`;
      return `${which} missing before record ${n}: removed, or damaged on disk`;
    }
    if (n < expected) return `record ${n} is where record ${expected} belongs: inserted, or put in another order`;
    if (prev !== this.last.hash)
      return `record ${n} does not follow from record ${n - 1}: that one was changed, or this one put in its place`;
    return undefined;
  }

  /** What is wrong with where the chain begins. */
  beginning(): AuditFinding[] {
    if (this.first === undefined) return [];
    const { n, prev } = this.first;
    if (n === 1 ? prev === NO_RECORD.hash : this.#anchors.has(`${n}:${prev}`)) return [];
    const problem =
      n === 1
        ? 'record 1 does not say that it is the first: it was changed'
        : `the log begins with record ${n}, and no record says that the ones before were dropped for room: they were removed`;
    return [{ place: this.#firstPlace, n, problem }];
  }

  compare({ n, hash }: ChainHead, whose: string): AuditFinding[] {
    const { first, last } = this;
    if (n > last.n) {
      const missing = last.n + 1 === n ? `record ${n} is` : `records ${last.n + 1} to ${n} are`;
      return [
        { place: undefined, n, problem: `${missing} missing at the end: ${whose} says that there was record ${n}` },
      ];
    }
    const found = this.#hashes.get(n);
    if (found === hash) return [];
    if (found === undefined) {
      const isOld = first !== undefined && n < first.n;
      const problem = isOld
        ? `record ${n} is not kept any more, so ${whose} cannot be compared; note a newer one`
        : `record ${n}, which ${whose} names, is missing`;
      return [{ place: undefined, n, problem }];
    }
    return [{ place: undefined, n, problem: `record ${n} is another than ${whose} says: the chain was written anew` }];
  }
}
