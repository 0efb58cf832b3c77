// The promise itself, over random lives of a log: whatever is cut, torn or flipped, what was committed is there, in order, and
// nothing else is.

import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '#domain/random.ts';
import { PowerCutFiles } from './power-cut-files.ts';
import type { Position } from './record.ts';
import { segmentFile } from './segment-folder.ts';
import type { SegmentLog } from './segment-log.ts';
import { FOLDER, openTestLog, type Told } from './test-log.ts';

type Entry = {
  readonly text: string;
  readonly position: Position;
  isCommitted: boolean;
  drop: 'none' | 'asked' | 'done';
};

/** A log and what it owes. */
class Life {
  files = new PowerCutFiles();
  entries: Entry[] = [];
  log: SegmentLog | undefined;
  told: Told | undefined;
  #count = 0;

  async start(): Promise<void> {
    const { log, ...told } = await openTestLog(this.files);
    this.log = log;
    this.told = told;
    const found: Entry[] = [];
    for await (const { payload, position } of log.records())
      found.push({ text: payload.toString(), position, isCommitted: true, drop: 'none' });
    const texts = new Set(found.map(({ text }) => text));
    const known = this.entries.filter(({ text }) => texts.has(text));
    expect(found.map(({ text, position }) => ({ text, position }))).toEqual(
      known.map(({ text, position }) => ({ text, position })),
    );
    expect(
      this.entries.filter(({ isCommitted, drop, text }) => isCommitted && drop === 'none' && !texts.has(text)),
    ).toEqual([]);
    expect(known.filter(({ drop }) => drop === 'done')).toEqual([]);
    expect(told.damages.filter(({ kind }) => kind === 'damaged')).toEqual([]);
    this.entries = found;
  }

  append(bytes: number): void {
    const text = `${this.#count++}:`.padEnd(bytes, 'x');
    const position = this.log?.append(Buffer.from(text));
    if (position !== undefined) this.entries.push({ text, position, isCommitted: false, drop: 'none' });
  }

  commit(): void {
    const before = [...this.entries];
    void this.log?.commit().then(() => {
      for (const entry of before) entry.isCommitted = true;
    });
  }

  drop(): void {
    const [oldest, ...others] = this.log?.segments ?? [];
    if (oldest === undefined || others.length === 0) return;
    const dropped = this.entries.filter(({ position }) => position.segment === oldest.number);
    // From now on it may be gone, and for sure when the drop is done.
    for (const entry of dropped) entry.drop = 'asked';
    void this.log?.drop(oldest.number).then(() => {
      for (const entry of dropped) entry.drop = 'done';
    });
  }

  async kill(): Promise<void> {
    this.files = this.files.kill();
    await this.start();
  }

  roll(): void {
    this.log?.roll();
  }

  async cut(seed: number): Promise<void> {
    this.files = this.files.cut(createRandom(seed));
    await this.start();
  }
}

const step = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 900 }).map((bytes) => (life: Life) => life.append(bytes)) },
  { weight: 5, arbitrary: fc.constant((life: Life) => life.commit()) },
  {
    weight: 5,
    arbitrary: fc.integer({ min: 1, max: 12 }).map((turns) => async () => {
      for (let i = 0; i < turns; i++) await turn();
    }),
  },
  { weight: 1, arbitrary: fc.constant((life: Life) => life.drop()) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 2_000 }).map((bytes) => (life: Life) => {
      life.files.bytesFree = bytes;
    }),
  },
  { weight: 1, arbitrary: fc.constant((life: Life) => life.roll()) },
  { weight: 2, arbitrary: fc.constant((life: Life) => life.kill()) },
  { weight: 2, arbitrary: fc.integer().map((seed) => (life: Life) => life.cut(seed)) },
);

test('power cuts and kills: every committed record is there, in order, and nothing is invented or told as damage', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.integer(), async (steps, seed) => {
      const life = new Life();
      await life.start();
      for (const each of steps) await each(life);
      await life.cut(seed);
      expect(life.told?.fatal).toEqual([]);
      // And it goes on.
      life.append(20);
      await life.log?.commit();
      await life.cut(seed + 1);
      expect(life.entries.length).toBeGreaterThan(0);
    }),
    { numRuns: 1000 },
  );
});

test('flipped bits: the records that they hit are missing and told, all others are there', async () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 }),
      flips,
      async (sizes, hits) => {
        const life = new Life();
        await life.start();
        for (const [i, size] of sizes.entries()) {
          life.append(size);
          if (i % 3 === 0) await life.log?.commit();
        }
        await life.log?.[Symbol.asyncDispose]();
        const files = (life.log?.segments ?? []).map(({ number }) => {
          const bytes = life.files.bytesOf(segmentFile(FOLDER, number));
          return { number, bytes, before: Buffer.from(bytes) };
        });
        for (const [which, at, bit] of hits) {
          const bytes = files[which % files.length]?.bytes ?? Buffer.alloc(1);
          bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
        }
        const isHit = ({ position: { segment, offset, bytes: length } }: Entry) => {
          const file = files.find(({ number }) => number === segment);
          return file?.bytes.compare(file.before, offset, offset + length, offset, offset + length) !== 0;
        };
        const { log, damages, fatal } = await openTestLog(life.files);
        const found = new Set<string>();
        for await (const { payload } of log.records()) found.add(payload.toString());
        const missing = life.entries.filter(({ text }) => !found.has(text));
        expect(missing.filter((entry) => !isHit(entry))).toEqual([]);
        expect(life.entries.length - missing.length).toBe(found.size);
        if (missing.length > 0) expect(damages).not.toEqual([]);
        for (const { position } of missing)
          expect(
            damages.some(
              ({ segment, offset, bytes }) =>
                segment === position.segment &&
                offset <= position.offset &&
                offset + bytes >= position.offset + position.bytes,
            ),
          ).toBe(true);
        expect(fatal).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});
