// The log's part of a verification. What lies torn at the end of the newest segment is what a power cut leaves, or a writer that
// is in the middle of it: it was never acknowledged, and is no finding.

import { realFiles } from '#runtime/segment-log/files.ts';
import { HEADER_BYTES } from '#runtime/segment-log/header.ts';
import { scan } from '#runtime/segment-log/record.ts';
import { tornIn } from '#runtime/segment-log/recover.ts';
import { findSegments, readSegment, segmentFile } from '#runtime/segment-log/segment-folder.ts';
import { decodeRecord } from '../engine/log-records.ts';
import { attempt, type Tell } from './finding.ts';
import { LOG_OWNER, logFolder } from './read-folder.ts';

/** How many records there are. */
export async function verifyLog(root: string, tell: Tell): Promise<number> {
  const folder = logFolder(root);
  const segments = await findSegments(realFiles, folder, LOG_OWNER);
  let records = 0;
  for (const segment of segments) {
    const file = segmentFile(folder, segment.number);
    const bytes = await readSegment(realFiles, folder, segment);
    if (bytes === undefined) continue; // sealed meanwhile
    const isNewest = segment === segments.at(-1);
    const torn = new Set((isNewest ? tornIn(bytes, segment.number) : []).map(({ offset }) => offset));
    if (segment.version === undefined && bytes.length >= HEADER_BYTES) tell(file, 'its header is damaged');
    for (const found of scan(bytes, segment.number, HEADER_BYTES)) {
      const { offset } = found.position;
      if (found.kind === 'record') {
        records++;
        const why = (message: string) => tell(`${file}:${offset}`, `a record cannot be read: ${message}`);
        attempt(() => decodeRecord(found.payload), why);
      } else if (!torn.has(offset)) {
        tell(`${file}:${offset}`, `${found.position.bytes} bytes are damaged; the records that lay there are lost`);
      }
    }
  }
  return records;
}
