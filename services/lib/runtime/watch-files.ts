// Tells when one of a few files has become another. It looks instead of being told: certificates are often renewed by turning
// a link somewhere else (certbot's `live/`, Kubernetes' secrets), which the file system tells nobody who watches the name.

import { statSync } from 'node:fs';

const LOOK_MS = 200;

/** Calls `onChange` when what the paths lead to has changed, and has then been the same for one look: not half-written. */
export function watchFiles(files: readonly string[], onChange: () => void): Disposable {
  let taken = stateOf(files);
  let seen = taken;
  const timer = setInterval(() => {
    const state = stateOf(files);
    const isStill = state === seen;
    seen = state;
    if (state === taken || !isStill) return;
    taken = state;
    onChange();
  }, LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function stateOf(files: readonly string[]): string {
  return files.map(stateOfOne).join('|');
}

function stateOfOne(file: string): string {
  try {
    // With its mode: a file that others may read is not taken, until it is mended.
    const { ino, size, mtimeNs, mode } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${mode}`;
  } catch (error) {
    return `${(error as NodeJS.ErrnoException).code}`;
  }
}
