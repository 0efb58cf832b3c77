// The power is cut at random moments of a recording, and what is left is examined.

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Recording } from '../../support/recorded-disk/record.ts';
import { isLong, randomFor } from '../profile.ts';

/** Of each recording. */
export const CUTS = isLong ? 200 : 50;

/** What is found of a folder after a power cut, and what the process had said until then. */
export type Examine = (
  folder: string,
  said: ReadonlyMap<string, Buffer>,
) => Promise<{ readonly acked: number; readonly problems: readonly string[] }>;

export type CutOften = {
  readonly name: string;
  readonly recording: Recording;
  readonly scratch: string;
  readonly examine: Examine;
  /** The mutation; see Recording. */
  readonly withoutSync?: (name: string) => boolean;
};

/** Cuts as often, or until something is wrong: acknowledgements over all cuts, and what is wrong in the last, in sentences. */
export async function cutOften(options: CutOften): Promise<{ acked: number; problems: readonly string[] }> {
  const { name, recording, scratch, examine, withoutSync = () => false } = options;
  let acked = 0;
  for (let i = 0; i < CUTS; i++) {
    const into = path.join(scratch, 'cut');
    mkdirSync(into);
    const { said } = recording.cut({ random: randomFor(`${name} ${i}`), into, withoutSync });
    const found = await examine(into, said).catch((error) => ({ acked: 0, problems: [`it does not open: ${error}`] }));
    rmSync(into, { recursive: true });
    acked += found.acked;
    if (found.problems.length > 0) return { acked, problems: found.problems.map((each) => `cut ${i}: ${each}`) };
  }
  return { acked, problems: [] };
}

export function report(name: string, { events }: Recording, acked: number): void {
  process.stderr.write(`${name}: ${CUTS} power cuts of ${events.length} events, ${acked} acknowledged, none lost\n`);
}
