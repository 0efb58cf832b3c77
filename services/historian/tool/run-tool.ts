// One wish to its tool, its answer in words, and the exit code.

import type { Writable } from 'node:stream';
import { EXIT } from '#runtime/start-error.ts';
import { type Backup, backup } from './backup.ts';
import { stats, statsText } from './stats.ts';
import { type Verified, verify } from './verify.ts';
import type { ToolWish } from './wish.ts';
import { writeExport } from './write-export.ts';

/** Clears the line that shows how far it is. */
const CLEAR = '\r\x1b[2K';
/** Places of damage; beyond, they are counted. */
const SHOWN_MAX = 100;

export type Terminal = {
  /** Data. */
  readonly stdout: Writable;
  /** Messages. */
  readonly err: (text: string) => void;
  /** Whether a person reads the messages. */
  readonly isTerminal: boolean;
  readonly signal: AbortSignal;
};

/** @throws StartError */
export async function runTool(wish: ToolWish, { stdout, err, isTerminal, signal }: Terminal): Promise<number> {
  switch (wish.tool) {
    case 'backup': {
      const onFile = ({ files, bytes }: Backup) => {
        if (isTerminal) err(`${CLEAR}${files} files, ${bytes} bytes`);
      };
      const { files, bytes } = await backup({ ...wish, signal, onFile });
      err(`${isTerminal ? CLEAR : ''}${files} files, ${bytes} bytes in ${wish.folder}\n`);
      err(`to restore: stop Penstock, put this folder in the place of ${wish.root}, start again\n`);
      return EXIT.ok;
    }
    case 'export': {
      const { root, target, tool, ...which } = wish;
      let damaged = 0;
      const onDamage = (place: string, why: string) => {
        if (++damaged <= SHOWN_MAX) err(`error ${place} is left out: ${why}\n`);
      };
      await writeExport(root, which, { target, stdout, signal, onDamage });
      if (damaged === 0) return EXIT.ok;
      err(`${damaged} chunks are damaged and left out, all else is exported; a backup may have them\n`);
      return EXIT.findings;
    }
    case 'stats': {
      const found = await stats(wish.root);
      stdout.write(wish.isJson ? `${JSON.stringify(found, null, 2)}\n` : statsText(found));
      return EXIT.ok;
    }
    case 'verify':
      return tellVerified(await verify(wish.root), err);
  }
}

function tellVerified({ files, chunks, samples, records, findings }: Verified, err: (text: string) => void): number {
  for (const { place, what } of findings.slice(0, SHOWN_MAX)) err(`error ${place}: ${what}\n`);
  if (findings.length > SHOWN_MAX) err(`and ${findings.length - SHOWN_MAX} more\n`);
  err(`looked at ${chunks} chunks in ${files} files with ${samples} samples, and ${records} records of the log\n`);
  if (findings.length === 0) return EXIT.ok;
  err('save what can be read with `penstock historian export`, then restore the historian from a backup\n');
  return EXIT.findings;
}
