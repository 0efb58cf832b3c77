// A log as a command line tool reads it, while the service that owns it may be writing: what is whole. Changes nothing.

import { type Files, realFiles } from './files.ts';
import { HEADER_BYTES } from './header.ts';
import { scan } from './record.ts';
import { findSegments, type Ownership, readSegment } from './segment-folder.ts';
import type { LogRecord } from './segment-log.ts';

/**
 * Every whole record, in order; none where the folder is not there.
 * @throws StartError where the folder holds a log of another kind or of a newer release
 */
export async function* readSegmentLog(
  folder: string,
  { files = realFiles, ...owner }: Ownership & { readonly files?: Files },
): AsyncIterable<LogRecord> {
  for (const segment of await findSegments(files, folder, owner)) {
    const bytes = await readSegment(files, folder, segment);
    if (bytes === undefined) continue; // its owner has just dropped it
    for (const found of scan(bytes, segment.number, HEADER_BYTES)) if (found.kind === 'record') yield found;
  }
}
