// Logs for tests, on the file system that can lose its power.

import type { PowerCutFiles } from './power-cut-files.ts';
import type { Damage } from './segment-folder.ts';
import { openSegmentLog, type SegmentLog, type SegmentLogOptions } from './segment-log.ts';

export const FOLDER = '/log';

export type Told = { readonly damages: Damage[]; readonly fatal: Error[] };

/** Small segments, so that a few records fill some; quick to try a full disk again. */
export async function openTestLog(
  files: PowerCutFiles,
  options: Partial<SegmentLogOptions> = {},
): Promise<Told & { readonly log: SegmentLog }> {
  const told: Told = { damages: [], fatal: [] };
  const log = await openSegmentLog(FOLDER, {
    files,
    kind: 'test',
    version: 1,
    segmentBytesMax: 2_000,
    fullRetryMs: 1,
    onDamage: (damage) => told.damages.push(damage),
    onFatal: (error) => told.fatal.push(error),
    ...options,
  });
  return { log, ...told };
}

export async function textsOf(records: AsyncIterable<{ readonly payload: Buffer }>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { payload } of records) texts.push(payload.toString());
  return texts;
}
