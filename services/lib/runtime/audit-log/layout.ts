// Where an audit journal lies: the log, and beside it the head, which says how far the log had come. Both are files that only
// their owner may read.

import path from 'node:path';
import type { Ownership } from '../segment-log/segment-folder.ts';

/** The version is raised when the records change; a folder of a newer one is then refused rather than misread. */
export const AUDIT_OWNERSHIP: Ownership = { kind: 'audit', version: 1 };

export function auditFolder(dataDir: string): string {
  return path.join(dataDir, 'broker', 'audit');
}

export function logFolder(folder: string): string {
  return path.join(folder, 'log');
}

export function headFile(folder: string): string {
  return path.join(folder, 'head');
}
