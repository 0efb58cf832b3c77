import path from 'node:path';
import type { Files } from './files.ts';

/** Puts a whole new file in the place of another; on disk when it resolves. Where it rejects, the file of before is still whole. */
export async function replaceFile(files: Files, file: string, bytes: Buffer): Promise<void> {
  const draft = `${file}.draft`;
  const open = await files.open(draft, 'create');
  try {
    await open.write(bytes, 0);
    await open.truncate(bytes.length);
    await open.sync();
  } finally {
    await open.close();
  }
  await files.rename(draft, file);
  await files.syncFolder(path.dirname(file));
}
