// Opens what an engine stands on in its folder: catalogue.db, log/, and a folder of chunk files for every retention policy.

import path from 'node:path';
import type { Files } from '#runtime/segment-log/files.ts';
import type { Damage } from '#runtime/segment-log/segment-folder.ts';
import { openSegmentLog } from '#runtime/segment-log/segment-log.ts';
import { CATALOGUE_LAYOUT, readCatalogue } from './catalogue/catalogue-file.ts';
import { Engine, type EngineOptions } from './engine.ts';
import type { Follower } from './follower.ts';
import { LOG_VERSION } from './log-records.ts';
import { type SealerPort, SealLane } from './seal/seal-lane.ts';
import { catalogueFile } from './seal/sealer.ts';
import { policiesIn, policyFolder } from './shard/spans.ts';
import { SqliteFile } from './sqlite.ts';

export type OpenEngineOptions = EngineOptions & {
  readonly sealer: SealerPort;
  readonly follower: Follower;
  /** Of the log; the real ones where left out. */
  readonly files?: Files;
  /** Resolves after everything else that waits has had its turn. */
  readonly turn: () => Promise<void>;
  /** Resolves after so many milliseconds, or when the signal says so. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onDamage: (damage: Damage) => void;
  /** The disk failed: the owner exits. */
  readonly onFatal: (error: Error) => void;
};

export type OpenEngine = AsyncDisposable & { readonly engine: Engine };

/** The sealer has been opened on the same folder. @throws StartError where the folder holds another format */
export async function openEngine(root: string, options: OpenEngineOptions): Promise<OpenEngine> {
  const { sealer, follower, turn } = options;
  await using opening = new AsyncDisposableStack();
  const log = opening.use(
    await openSegmentLog(path.join(root, 'log'), { ...options, kind: 'historian', version: LOG_VERSION }),
  );
  const lane = new SealLane(sealer, options);
  const parts = { log, lane, follower, stored: storedCatalogue(root), turn };
  const engine = new Engine(parts, options);
  await engine.recover();
  refuseLostCatalogue(root, engine);
  opening.move();
  return {
    engine,
    async [Symbol.asyncDispose]() {
      lane.close();
      await log[Symbol.asyncDispose]();
    },
  };
}

/** Without a catalogue nothing is known of the chunks, and the first sweep would delete them all. */
function refuseLostCatalogue(root: string, engine: Engine): void {
  const unknown = policiesIn(root).filter((policy) => !engine.hasKnown(policy));
  if (unknown.length === 0) return;
  throw new Error(
    `${catalogueFile(root)} is missing or older than the chunks in ${policyFolder(root, unknown[0] as number)}: restore the whole folder from a backup`,
  );
}

/** As the last sealing has left it; the log knows what is new since. */
export function storedCatalogue(root: string): ReturnType<typeof readCatalogue> {
  using file = SqliteFile.forReading(catalogueFile(root), CATALOGUE_LAYOUT);
  return file === undefined ? { entities: [], given: { id: 0, track: 0 } } : readCatalogue(file);
}
