// Whether a historian's folder is what was written into it: every chunk against its checksum and what stands beside it, chunks
// against the catalogue, the log record by record. Changes nothing; a historian may be running on it.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { readUsers, USER_FILE } from '../auth/user-file.ts';
import { Catalogue } from '../engine/catalogue/catalogue.ts';
import type { Entity } from '../engine/catalogue/entry.ts';
import { storedCatalogue } from '../engine/open-engine.ts';
import { catalogueFile } from '../engine/seal/sealer.ts';
import { shardPath } from '../engine/shard/shard-cache.ts';
import { policiesIn, policyFolder, spansIn } from '../engine/shard/spans.ts';
import { attempt, type Finding, type Tell } from './finding.ts';
import { expectFolder } from './read-folder.ts';
import { verifyLog } from './verify-log.ts';
import { verifyShard } from './verify-shard.ts';

export type Verified = {
  readonly files: number;
  readonly chunks: number;
  readonly samples: number;
  readonly records: number;
  readonly findings: readonly Finding[];
};

/** @throws StartError where there is no historian's folder */
export async function verify(root: string): Promise<Verified> {
  expectFolder(root);
  const findings: Finding[] = [];
  const tell = (place: string, what: string) => findings.push({ place: path.relative(root, place), what });
  const records = await verifyLog(root, tell);
  const catalogue = attempt(
    () => verifyCatalogue(root, tell),
    (why) => tell(catalogueFile(root), why),
  );
  let [files, chunks, samples] = [0, 0, 0];
  const orphans: { readonly file: string; readonly tracks: ReadonlySet<number> }[] = [];
  for (const policy of policiesIn(root)) {
    for (const startUs of spansIn(policyFolder(root, policy))) {
      const seen = verifyShard(root, { policy, startUs }, { catalogue, tell });
      files++;
      chunks += seen.chunks;
      samples += seen.samples;
      if (seen.orphans.size > 0) orphans.push({ file: shardPath(root, { policy, startUs }), tracks: seen.orphans });
    }
  }
  if (catalogue !== undefined && orphans.length > 0) {
    // A chunk is written after what it is called by, so what has been made since is in the catalogue now.
    const tracks = new Set(storedCatalogue(root).entities.flatMap(({ kind, id }) => (kind === 'track' ? [id] : [])));
    for (const { file, tracks: suspects } of orphans) {
      const count = suspects.difference(tracks).size;
      if (count > 0) tell(file, `${count} tracks are not in the catalogue: the next start deletes their chunks`);
    }
  }
  if (existsSync(path.join(root, USER_FILE))) {
    attempt(
      () => readUsers(path.join(root, USER_FILE)),
      (why) => tell(path.join(root, USER_FILE), why),
    );
  }
  return { files, chunks, samples, records, findings };
}

function verifyCatalogue(root: string, tell: Tell): Catalogue {
  const { entities, given } = storedCatalogue(root);
  const catalogue = new Catalogue();
  for (const entity of entities) catalogue.apply(entity);
  const kept = new Set([...catalogue.entries()].map(nameOf));
  for (const entity of entities) {
    if (!kept.has(nameOf(entity))) tell(catalogueFile(root), `${nameOf(entity)} belongs to nothing that is there`);
    const last = entity.kind === 'track' ? given.track : given.id;
    if (entity.id > last) tell(catalogueFile(root), `${nameOf(entity)} has a number that was never given`);
  }
  return catalogue;
}

function nameOf({ kind, id }: Entity): string {
  return `${kind} ${id}`;
}
