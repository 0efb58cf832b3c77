// The file that `tail --out` appends to. A message is done when it is in the file, so that a slow disk makes the broker wait
// and no queue grow here.

import { type FileHandle, open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { type Tailed, tailedRecord } from './format-delivery.ts';

export type TailFile = AsyncDisposable & {
  /** Given with its reason, in words, when the file can take no more. */
  readonly failed: AbortSignal;
  /** `onDone` is called when the message is in the file, or never will be. */
  write(message: Tailed, onDone: () => void): void;
};

/** @throws where the file cannot be opened for appending */
export async function openTailFile(name: string): Promise<TailFile> {
  const handle: FileHandle = await open(name, 'a');
  const stream = handle.createWriteStream();
  const failed = new AbortController();
  stream.on('error', () => {}); // the write that failed has said it
  return {
    failed: failed.signal,
    write: (message, onDone) => {
      stream.write(`${JSON.stringify(tailedRecord(message))}\n`, (error) => {
        if (error) failed.abort(error.message); // the first reason stays
        onDone();
      });
    },
    [Symbol.asyncDispose]: async () => {
      if (!failed.signal.aborted) stream.end();
      await finished(stream).catch(() => {}); // told by `failed`
    },
  };
}

/** Where no file is wanted: every message is done at once. */
export const NO_FILE: TailFile = {
  failed: new AbortController().signal,
  write: (_message, onDone) => onDone(),
  [Symbol.asyncDispose]: async () => {},
};
