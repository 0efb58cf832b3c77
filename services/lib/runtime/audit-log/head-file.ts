// The head of the chain in a file of its own, so that a log whose end was cut off is noticed. It is never ahead of what is on
// disk, and behind it by a second at most.

import path from 'node:path';
import type { Files } from '../segment-log/files.ts';
import { replaceFile } from '../segment-log/replace-file.ts';
import { type ChainHead, formatHead, parseHead } from './audit-record.ts';
import { headFile } from './layout.ts';

const BYTES_MAX = 256;

/** undefined where there is no such file; `unreadable` where it holds something else. */
export async function readHead(files: Files, folder: string): Promise<ChainHead | undefined | 'unreadable'> {
  const file = headFile(folder);
  if (!(await files.names(folder)).includes(path.basename(file))) return undefined;
  const open = await files.open(file, 'read');
  try {
    const into = Buffer.alloc(BYTES_MAX);
    return parseHead(into.toString('latin1', 0, await open.read(into, 0))) ?? 'unreadable';
  } finally {
    await open.close();
  }
}

/** On disk when it resolves; where it rejects, the head of before is still whole. */
export function writeHead(files: Files, folder: string, head: ChainHead): Promise<void> {
  return replaceFile(files, headFile(folder), Buffer.from(`${formatHead(head)}\n`));
}
