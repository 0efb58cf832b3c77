// What a log does with its folder before anything is written: segments of others are refused, a segment whose making was cut
// short is taken away, and what lies torn at the end of the newest is cut off. A process that was killed leaves what it wrote and
// had not synced; whoever reads it builds on it, so it is synced first.

import type { Files, OpenFile } from './files.ts';
import { HEADER_BYTES } from './header.ts';
import { FRAME_BYTES, fillerFrame, type Position, scan } from './record.ts';
import { type Damage, findSegments, type Ownership, readSegment, type Segment, segmentFile } from './segment-folder.ts';

export type RecoverOptions = Ownership & {
  readonly files: Files;
  readonly onDamage: (damage: Damage) => void;
};

export type Recovered = {
  readonly segments: Segment[];
  /** Where the next record goes. */
  readonly end: { readonly segment: number; readonly offset: number };
};

/** @throws StartError where a segment belongs to somebody else or to a newer release; nothing has then been touched */
export async function recover(folder: string, options: RecoverOptions): Promise<Recovered> {
  const { files, version } = options;
  await files.makeFolder(folder);
  const segments = await findSegments(files, folder, options);
  const newest = segments.at(-1);
  if (newest === undefined) return { segments, end: { segment: 1, offset: HEADER_BYTES } };
  if (newest.version === undefined && newest.bytes <= HEADER_BYTES) {
    // No record is written before the header is synced: there never was one.
    await files.remove(segmentFile(folder, newest.number));
    await files.syncFolder(folder);
    return { segments: segments.slice(0, -1), end: { segment: newest.number, offset: HEADER_BYTES } };
  }
  await files.syncFolder(folder);
  const bytes = await mendEnd(folder, newest, options);
  segments.splice(-1, 1, { ...newest, bytes });
  // One segment holds records of one version; and behind a damaged header nothing new is put.
  if (newest.version !== version) return { segments, end: { segment: newest.number + 1, offset: HEADER_BYTES } };
  return { segments, end: { segment: newest.number, offset: bytes } };
}

/** Cuts off, or covers, what no later group says had been synced. Gives the bytes that are left. */
async function mendEnd(folder: string, segment: Segment, { files, onDamage }: RecoverOptions): Promise<number> {
  const bytes = (await readSegment(files, folder, segment)) ?? Buffer.alloc(0);
  const torn = tornIn(bytes, segment.number);
  const file = segmentFile(folder, segment.number);
  const open = await files.open(file, 'write');
  try {
    const left = await mend(open, bytes, torn);
    await open.sync();
    for (const { offset, bytes: length } of torn)
      onDamage({ kind: 'torn', file, segment: segment.number, offset, bytes: length });
    return left;
  } finally {
    await open.close();
  }
}

async function mend(open: OpenFile, bytes: Buffer, torn: readonly Position[]): Promise<number> {
  let left = bytes.length;
  for (const place of torn) {
    const end = place.offset + place.bytes;
    if (end === bytes.length) {
      left = place.offset;
      await open.truncate(left);
    } else if (place.bytes >= FRAME_BYTES) {
      await open.write(fillerFrame(bytes.subarray(place.offset, end), place), place.offset);
    }
  }
  return left;
}

/** Stretches after the last beginning of a group: the disk may write the pieces of one group in any order. */
export function tornIn(bytes: Buffer, segment: number): Position[] {
  let torn: Position[] = [];
  for (const found of scan(bytes, segment, HEADER_BYTES)) {
    if (found.kind === 'damage') torn.push(found.position);
    else if (found.mark === 'first of group') torn = [];
  }
  return torn;
}
