// The segments of a folder as they lie there: which there are, whether they are ours, and their bytes. Changes nothing.

import path from 'node:path';
import { StartError } from '../start-error.ts';
import type { Files, OpenFile } from './files.ts';
import { decodeHeader, FORMAT, HEADER_BYTES } from './header.ts';

/** Whose log it is. `kind` is ASCII, at most 24 characters; `version` that of the owner's records, from 1. */
export type Ownership = { readonly kind: string; readonly version: number };

/** Bytes that no checksum answers for. */
export type Damage = {
  /** torn: at the end of what was written last, so probably never acknowledged; damaged: had been on disk whole. */
  readonly kind: 'torn' | 'damaged';
  readonly file: string;
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
};

export type Segment = {
  readonly number: number;
  readonly bytes: number;
  /** Of the owner's records in it; undefined where the header is damaged. */
  readonly version: number | undefined;
};

const NAME = /^(\d{10})\.log$/;

export function segmentFile(folder: string, segment: number): string {
  return path.join(folder, `${String(segment).padStart(10, '0')}.log`);
}

/**
 * Every segment, oldest first; what else lies in the folder is none of ours.
 * @throws StartError where one of them belongs to somebody else or to a newer release
 */
export async function findSegments(files: Files, folder: string, owner: Ownership): Promise<Segment[]> {
  const numbers = (await files.names(folder)).flatMap((name) => NAME.exec(name)?.slice(1).map(Number) ?? []);
  const segments: Segment[] = [];
  for (const number of numbers.sort((a, b) => a - b)) {
    const file = segmentFile(folder, number);
    const found = await withFile(files, file, (open) => readHeader(open, { file, number, owner }));
    if (found !== undefined) segments.push(found);
  }
  return segments;
}

/** The first `bytes` of a segment; undefined where it has been dropped meanwhile. */
export async function readSegment(files: Files, folder: string, segment: Segment): Promise<Buffer | undefined> {
  return await withFile(files, segmentFile(folder, segment.number), async (open) => {
    const into = Buffer.allocUnsafeSlow(segment.bytes);
    return into.subarray(0, await open.read(into, 0));
  });
}

async function readHeader(
  open: OpenFile,
  { file, number, owner }: { readonly file: string; readonly number: number; readonly owner: Ownership },
): Promise<Segment> {
  const first = Buffer.alloc(HEADER_BYTES);
  const header = decodeHeader(first.subarray(0, await open.read(first, 0)));
  const bytes = await open.size();
  if (header === undefined || header.segment !== number) return { number, bytes, version: undefined };
  const refuse = (what: string) => new StartError(`${file} ${what}; it was not touched`);
  if (header.format > FORMAT)
    throw refuse(`has format ${header.format}, of a newer release; this one reads format ${FORMAT} and older`);
  if (header.kind !== owner.kind) throw refuse(`is a log of '${header.kind}', not of '${owner.kind}'`);
  if (header.version > owner.version)
    throw refuse(
      `holds ${owner.kind} records of version ${header.version}, of a newer release; this one reads ${owner.version} and older`,
    );
  return { number, bytes, version: header.version };
}

/** undefined where the file is not there. */
async function withFile<T>(files: Files, file: string, use: (open: OpenFile) => Promise<T>): Promise<T | undefined> {
  let open: OpenFile;
  try {
    open = await files.open(file, 'read');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return await use(open);
  } finally {
    await open.close();
  }
}
