// A log as somebody else than its owner reads it, who may be writing meanwhile: what is whole. Changes nothing, and lets others of
// its process have their turn.

import { type Files, realFiles } from './files.ts';
import { HEADER_BYTES } from './header.ts';
import { FRAME_BYTES, type Place, type Position, payloadOf, scan } from './record.ts';
import { findSegments, type Ownership, readSegment } from './segment-folder.ts';
import type { LogRecord } from './segment-log.ts';
import { Turns } from './turns.ts';

export type ReadingOrder = 'oldest first' | 'newest first';

export type SegmentReading = Ownership & {
  readonly files?: Files;
  /** `oldest first` where left out. */
  readonly order?: ReadingOrder;
  /** The record there, and all before it in this order, are left out. */
  readonly beyond?: Place | undefined;
};

/**
 * Every whole record; none where the folder is not there. A segment at a time is in memory.
 * @throws StartError where the folder holds a log of another kind or of a newer release
 */
export async function* readSegmentLog(
  folder: string,
  { files = realFiles, order = 'oldest first', beyond, ...owner }: SegmentReading,
): AsyncGenerator<LogRecord> {
  const turns = new Turns();
  const isNewestFirst = order === 'newest first';
  const isWanted = ({ segment, offset }: Place) => {
    if (beyond === undefined) return true;
    const ahead = segment === beyond.segment ? offset - beyond.offset : segment - beyond.segment;
    return isNewestFirst ? ahead < 0 : ahead > 0;
  };
  const segments = await findSegments(files, folder, owner);
  for (const segment of isNewestFirst ? segments.reverse() : segments) {
    if (!isWanted({ segment: segment.number, offset: isNewestFirst ? 0 : Number.POSITIVE_INFINITY })) continue;
    const bytes = await readSegment(files, folder, segment);
    if (bytes === undefined) continue; // its owner has just dropped it
    const positions: Position[] = [];
    for (const found of scan(bytes, segment.number, HEADER_BYTES)) {
      await turns.next();
      if (found.kind !== 'record' || !isWanted(found.position)) continue;
      if (isNewestFirst) positions.push(found.position);
      else yield found;
    }
    for (const position of positions.reverse()) {
      await turns.next();
      const { offset } = position;
      yield { position, payload: bytes.subarray(offset + FRAME_BYTES, offset + position.bytes) };
    }
  }
}

/** The payload of one record; undefined where it is not there any more, or not whole. */
export async function readSegmentRecord(
  folder: string,
  place: Place,
  { files = realFiles, ...owner }: Ownership & { readonly files?: Files },
): Promise<Buffer | undefined> {
  const segment = (await findSegments(files, folder, owner)).find(({ number }) => number === place.segment);
  const bytes = segment === undefined ? undefined : await readSegment(files, folder, segment);
  return bytes === undefined ? undefined : payloadOf(bytes.subarray(place.offset), place);
}
