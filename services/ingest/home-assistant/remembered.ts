// What a life of ours leaves to the next: below which prefixes it announced, and which devices files named then. By it is known what
// to take away when discovery is turned off, its prefix is changed, or a device is named no more.

import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { replaceFileSync } from '#runtime/durable-folder.ts';
import type { Log } from '#runtime/log.ts';

const remembered = z.strictObject({ prefixes: z.array(z.string().min(1)), devices: z.array(z.string()) });

export type Remembered = z.infer<typeof remembered>;

export class RememberedFile {
  readonly #file: string;
  readonly #log: Pick<Log, 'warn'>;
  #content: Remembered | null;

  constructor(folder: string, log: Pick<Log, 'warn'>) {
    this.#file = path.join(folder, 'home-assistant.json');
    this.#log = log;
    this.#content = this.#read();
  }

  /** null where nothing was announced. */
  get content(): Remembered | null {
    return this.#content;
  }

  /** Once, where it is another; a disk that does not take it costs nothing now. */
  keep(content: Remembered | null): void {
    if (JSON.stringify(content) === JSON.stringify(this.#content)) return;
    this.#content = content;
    try {
      if (content === null) rmSync(this.#file, { force: true });
      else replaceFileSync(this.#file, `${JSON.stringify(content)}\n`);
    } catch (error) {
      this.#log.warn({ err: error, file: this.#file }, 'what is announced to Home Assistant cannot be written down');
    }
  }

  #read(): Remembered | null {
    try {
      return remembered.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      this.#log.warn(
        { err: error, file: this.#file },
        'cannot be read; what it names is not taken away from Home Assistant',
      );
      return null;
    }
  }
}
