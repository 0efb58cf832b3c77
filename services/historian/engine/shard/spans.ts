// Which file of a policy holds a moment, and how files are called.

import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** A file spans at most this, so that a chunk's number has room for its millisecond. */
const FILE_US_MAX = 7 * 86_400_000_000;

/** A file's name says no less. */
const SECOND_US = 1_000_000;

/** What one file of a policy spans: its shard duration in whole seconds, as far as a file can. */
export function fileUsOf(shardDurationUs: number): number {
  return Math.min(Math.floor(shardDurationUs / SECOND_US) * SECOND_US, FILE_US_MAX);
}

/** Start of the span that holds a moment. */
export function spanStart(us: number, fileUs: number): number {
  return Math.floor(us / fileUs) * fileUs;
}

const SUFFIX = '.db';

/** `2026-11-29T00-00-00.db` */
export function spanFile(startUs: number): string {
  return new Date(startUs / 1_000).toISOString().slice(0, -5).replaceAll(':', '-') + SUFFIX;
}

const NAME = /^([+-]?\d+-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d)\.db$/;

export function policyFolder(root: string, policy: number): string {
  return path.join(root, `policy-${policy}`);
}

/** Starts of the spans that have a file in a policy's folder, ascending; none where there is no folder. */
export function spansIn(folder: string): number[] {
  const starts: number[] = [];
  for (const name of namesIn(folder)) {
    const [, date, hour, minute, second] = NAME.exec(name) ?? [];
    if (date !== undefined) starts.push(Date.parse(`${date}${hour}:${minute}:${second}Z`) * 1_000);
  }
  return starts.sort((a, b) => a - b);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Numbers of the policies that have a folder. */
export function policiesIn(root: string): number[] {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return namesIn(root).flatMap((name) => {
    const [, number] = /^policy-(\d+)$/.exec(name) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
}
