// The power goes at a random moment of writing and sealing: whatever was acknowledged is there afterwards, and the store
// opens without repair. The log's disk is the double; chunks lie on the real one, where SQLite has synced what it committed.
// (What a disk may hold in the middle of a commit is tried with real processes in test/faults/.)

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '#domain/random.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import { TestEngine } from './testing.ts';

const SEEDS = Number(process.env.POWER_CUT_SEEDS ?? 60);

test(`nothing acknowledged is lost (${SEEDS} seeds)`, async () => {
  let acknowledged = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const root = mkdtempSync(path.join(tmpdir(), 'penstock-cut-'));
    try {
      acknowledged += await cutOnce(root, seed);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  expect(acknowledged).toBeGreaterThan(SEEDS * 10);
}, 120_000);

/** How many samples had been acknowledged. */
async function cutOnce(root: string, seed: number): Promise<number> {
  const random = createRandom(seed);
  const files = new PowerCutFiles();
  const before = await TestEngine.openPlant(root, { files, samples: 60 });
  /** Of each moment, what was acknowledged last, and what was sent since. */
  const acknowledged = new Map<number, number>();
  const sent = new Map<number, Set<number>>();
  let value = 0;
  // Each writer has moments of its own: of what is written at the same time, either may be last.
  const writing = Array.from({ length: 8 }, async (_, writer) => {
    for (let request = 0; request < 12; request++) {
      const lines: [at: number, value: number][] = [];
      for (let i = 0; i < 1 + random() * 6; i++) lines.push([writer * 1_000 + Math.floor(random() * 60), ++value]);
      for (const [at, v] of lines) sent.set(at, (sent.get(at) ?? new Set()).add(v));
      await before.write(lines.map(([at, v]) => `m v=${v} ${at}`).join('\n'));
      for (const [at, v] of lines) acknowledged.set(at, v);
    }
  });
  void Promise.all(writing);
  if (random() < 0.5) void before.engine.seal();
  for (let turns = Math.floor(random() * 300); turns > 0; turns--) await new Promise(setImmediate);
  const known = new Map(acknowledged);
  const after = files.cut(random);
  before.abandon();
  await using engine = await TestEngine.open(root, { files: after, samples: 60 });
  const found = new Map(engine.samples('v'));
  for (const [at, v] of known)
    expect(Number(found.get(at) ?? -1), `seed ${seed}, moment ${at}`).toBeGreaterThanOrEqual(v);
  for (const [at, v] of found) expect(sent.get(at), `seed ${seed}, moment ${at}`).toContain(v);
  return known.size;
}
