// Which rejections were sent again: a line of a moment and an offset for each, in a file for each segment of the log, so that
// marks go with what they mark. Written by whoever sends them again, a line at a time and each on disk before it counts; a line that
// was torn means nothing, and its rejection is then sent once more at worst.

import { access, constants, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Place } from '../segment-log/record.ts';
import { marksFolder } from './layout.ts';

const LINE = /^(\d+) (\d+)$/;

/** Marks rejections as sent again at that moment; on disk when it resolves. */
export async function markReplayed(folder: string, places: readonly Place[], at: number): Promise<void> {
  await makeMarksFolder(folder);
  for (const [segment, marked] of Map.groupBy(places, (place) => place.segment)) {
    const file = await open(path.join(marksFolder(folder), String(segment)), 'a', 0o600);
    try {
      // A new line first: what a power cut left of the last one must not swallow ours.
      await file.write(`\n${marked.map(({ offset }) => `${at} ${offset}\n`).join('')}`);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** When each of a segment was sent again, by its offset. */
export async function readReplays(folder: string, segment: number): Promise<Map<number, number>> {
  const replays = new Map<number, number>();
  const text = await readFile(path.join(marksFolder(folder), String(segment)), 'utf8').catch(missing);
  // Behind the last newline is nothing, or what a power cut left.
  for (const line of text.split('\n').slice(0, -1)) {
    const [, at, offset] = LINE.exec(line) ?? [];
    if (offset !== undefined) replays.set(Number(offset), Number(at));
  }
  return replays;
}

/** @throws what the system says where marks cannot be made in the folder */
export async function makeMarksFolder(folder: string): Promise<void> {
  await mkdir(marksFolder(folder), { recursive: true, mode: 0o700 });
  await access(marksFolder(folder), constants.W_OK);
}

/** Of segments that are gone. */
export async function forgetReplays(folder: string, isGone: (segment: number) => boolean): Promise<void> {
  for (const name of await namesIn(marksFolder(folder))) {
    if (isGone(Number(name))) await rm(path.join(marksFolder(folder), name), { force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error) => {
    missing(error);
    return [];
  });
}

/** Where nothing was sent again there is no file. */
function missing(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') throw error;
  return '';
}
