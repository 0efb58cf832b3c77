// Where rejections lie: a log that their service writes, and beside it, a file for each of its segments, the marks of those
// that were replayed. Marks stand apart because the command line makes them while the service writes.

import path from 'node:path';
import type { Ownership } from '../segment-log/segment-folder.ts';

/** Services that keep rejections; each in a folder of its own. */
export const REJECTING_SERVICES = ['ingest', 'writer'] as const;
export type RejectingService = (typeof REJECTING_SERVICES)[number];

/** The version is raised when the records change; a folder of a newer one is then refused rather than misread. */
export const LOG_OWNERSHIP: Ownership = { kind: 'rejected', version: 1 };

export function rejectedFolder(dataDir: string, service: RejectingService): string {
  return path.join(dataDir, service, 'rejected');
}

export function logFolder(folder: string): string {
  return path.join(folder, 'log');
}

export function marksFolder(folder: string): string {
  return path.join(folder, 'replayed');
}
