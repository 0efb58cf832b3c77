// A historian's folder as a tool reads it, whether a historian runs on it or not: nothing is asked, locked or changed. The log
// is read first, then the catalogue, then the chunks: what is sealed out of the log meanwhile is found in the chunks, so
// nothing that was acknowledged before the reading began is missing. What is written or dropped meanwhile may be in it or not.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { readSegmentLog } from '#runtime/segment-log/read-segment-log.ts';
import { StartError } from '#runtime/start-error.ts';
import { Catalogue } from '../engine/catalogue/catalogue.ts';
import type { Entry } from '../engine/catalogue/entry.ts';
import { Generation } from '../engine/head/generation.ts';
import type { SampleBatch } from '../engine/intake/sample-batch.ts';
import { decodeRecord, LOG_VERSION } from '../engine/log-records.ts';
import { storedCatalogue } from '../engine/open-engine.ts';
import { ReadStore } from '../engine/read/read-store.ts';
import { catalogueFile } from '../engine/seal/sealer.ts';

export const LOG_OWNER = { kind: 'historian', version: LOG_VERSION };

export type Folder = {
  readonly root: string;
  /** Of the catalogue's file, then of the log, in the order in which they are applied. */
  readonly entries: readonly Entry[];
  /** What the log holds: as much as the historian's memory at most. */
  readonly batches: readonly SampleBatch[];
};

export function logFolder(root: string): string {
  return path.join(root, 'log');
}

/** @throws StartError where there is no historian's folder */
export function expectFolder(root: string): void {
  if (existsSync(catalogueFile(root)) || existsSync(logFolder(root))) return;
  throw new StartError(
    `there is no historian in ${root}; PENSTOCK_DATA says where the data folder is, --folder names another one`,
  );
}

export async function readFolder(root: string): Promise<Folder> {
  expectFolder(root);
  const entries: Entry[] = [];
  const batches: SampleBatch[] = [];
  for await (const { payload } of readSegmentLog(logFolder(root), LOG_OWNER)) {
    const record = decodeRecord(payload);
    if (record?.kind === 'entries') entries.push(...record.entries);
    // A deletion is acknowledged when it is done in the chunks, and what came before it in the log is gone by then.
    else if (record?.kind === 'samples') batches.push(record.batch);
  }
  return { root, entries: [...storedCatalogue(root).entities, ...entries], batches };
}

export function catalogueOf({ entries }: Folder): Catalogue {
  const catalogue = new Catalogue();
  for (const entry of entries) catalogue.apply(entry);
  return catalogue;
}

/** For reading samples, of chunks and of the log together; of a chunk that cannot be read `onDamage` is told. */
export function storeOf({ root, entries, batches }: Folder, onDamage: (place: string, why: string) => void): ReadStore {
  const store = new ReadStore(root, onDamage);
  store.entries(entries as Entry[]);
  store.generation(generationOf(batches).memory);
  store.refresh();
  return store;
}

function generationOf(batches: readonly SampleBatch[]): Generation {
  let [samples, textBytes, tracks] = [0, 0, 0];
  for (const batch of batches) {
    samples += batch.length;
    textBytes += batch.textBytes;
    for (const track of batch.tracks.subarray(0, batch.length)) {
      tracks = Math.max(tracks, (track < 0 ? ~track : track) + 1);
    }
  }
  const generation = Generation.allocate(1, { samples, textBytes, tracks });
  for (const batch of batches) generation.fill(batch);
  return generation;
}
