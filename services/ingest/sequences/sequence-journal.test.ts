import { expect, test, vi } from 'vitest';
import { createRandom } from '#domain/random.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import { openSegmentLog, type SegmentLog } from '#runtime/segment-log/segment-log.ts';
import { GapReporter, SETTLE_MS } from './gap-reporter.ts';
import { decodeDevice, encodeDevice, JOURNAL_OWNERSHIP, SequenceJournal } from './sequence-journal.ts';
import { Sequences } from './sequences.ts';

const NOW = 1_795_355_425_172;

type Life = { readonly log: SegmentLog; readonly sequences: Sequences; readonly journal: SequenceJournal };

async function live(files: PowerCutFiles, { growthBytesMin = 1_000_000, devicesMax = 100_000 } = {}): Promise<Life> {
  const log = await openSegmentLog('/sequences', {
    ...JOURNAL_OWNERSHIP,
    files,
    segmentBytesMax: 4_000,
    fullRetryMs: 1,
    onDamage: () => {},
    onFatal: (error) => {
      throw error;
    },
  });
  const sequences = new Sequences({ devicesMax });
  return { log, sequences, journal: await SequenceJournal.open(log, sequences, { growthBytesMin }) };
}

const written = ({ journal }: Life) => new Promise<void>((resolve) => journal.afterWrite(resolve));

test('what was written down is known in the next life: records, holes, what was refused in part, reports', async () => {
  const files = new PowerCutFiles();
  const life = await live(files);
  const take = (n: number, kind: 'whole' | 'unfinished' = 'whole') =>
    life.sequences.take('a/b/c', { boot: 3, n }, NOW, kind);
  for (const n of [1, 2, 5, 8]) take(n);
  take(9, 'unfinished');
  await new GapReporter({ sequences: life.sequences, keepMs: 1e9, publish: async () => {} }).run(NOW + SETTLE_MS);
  await written(life);
  await life.log[Symbol.asyncDispose]();
  const { sequences } = await live(files);
  expect([1, 2, 3, 5, 8, 9].map((n) => sequences.has('a/b/c', { boot: 3, n }))).toEqual([
    ...[true, true, false, true, true, false],
  ]);
  const told: unknown[] = [];
  const reporter = new GapReporter({ sequences, keepMs: 1e9, publish: async (...each) => void told.push(each) });
  await reporter.run(NOW + SETTLE_MS);
  expect(told).toMatchObject([['a/b/c', { missed: 4, since: NOW }]]);
  expect(reporter.missed).toBe(0); // they were counted when they were found
  for (const n of [3, 4, 6, 7]) sequences.take('a/b/c', { boot: 3, n }, NOW, 'whole');
  await reporter.run(NOW + SETTLE_MS);
  expect(told.at(-1)).toEqual(['a/b/c', null]);
});

test('a report whose gap was filled just before the end is taken away in the next life', async () => {
  const files = new PowerCutFiles();
  const life = await live(files);
  const take = (n: number) => life.sequences.take('a/b/c', { boot: 3, n }, NOW, 'whole');
  for (const n of [1, 3]) take(n);
  await new GapReporter({ sequences: life.sequences, keepMs: 1e9, publish: async () => {} }).run(NOW + SETTLE_MS);
  take(2);
  await written(life);
  const { sequences } = await live(files.cut(createRandom(1)));
  const told: unknown[] = [];
  await new GapReporter({ sequences, keepMs: 1e9, publish: async (...each) => void told.push(each) }).run(NOW);
  expect(told).toEqual([['a/b/c', null]]);
});

test('nobody waits where nothing is to be written', async () => {
  const { journal } = await live(new PowerCutFiles());
  const done = vi.fn();
  journal.afterWrite(done);
  expect(done).toHaveBeenCalledOnce();
});

test('a full disk holds acknowledgements back, says so, and lets them go by itself', async () => {
  const files = new PowerCutFiles();
  const life = await live(files);
  files.bytesFree = 0;
  life.sequences.take('a/b/c', { boot: 1, n: 1 }, NOW, 'whole');
  const done = vi.fn();
  life.journal.afterWrite(done);
  await vi.waitFor(() => expect(life.journal.problem()).toContain('the disk is full'));
  expect(done).not.toHaveBeenCalled();
  files.bytesFree = Number.POSITIVE_INFINITY;
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
});

test('the folder stays small: everything is written again from time to time, and what was before goes', async () => {
  const files = new PowerCutFiles();
  let life = await live(files, { growthBytesMin: 20_000, devicesMax: 1_000 });
  for (let n = 0; n < 100; n++) {
    for (let device = 0; device < 20; device++) life.sequences.take(`a/b/d${device}`, { boot: 1, n }, NOW, 'whole');
    // A device that is heard once and never again must not be lost when its segment goes.
    life.sequences.take(`a/b/once${n}`, { boot: 1, n }, NOW, 'whole');
    await written(life);
    expect(life.log.bytes).toBeLessThan(100_000);
  }
  expect(life.log.segments[0]?.number).toBeGreaterThan(5);
  life = await live(files.cut(createRandom(3)));
  for (let device = 0; device < 20; device++)
    expect(life.sequences.has(`a/b/d${device}`, { boot: 1, n: 99 })).toBe(true);
  for (let n = 0; n < 100; n++) expect(life.sequences.has(`a/b/once${n}`, { boot: 1, n })).toBe(true);
});

test('200 lives cut short: what was acknowledged is known, and nothing is known that was not taken', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    let files = new PowerCutFiles();
    const taken = new Set<string>();
    const promised = new Set<string>();
    for (let lives = 0; lives < 3; lives++) {
      const life = await live(files, { growthBytesMin: 3_000 });
      for (const each of promised) expect(isKnown(life.sequences, each), `seed ${seed}: ${each}`).toBe(true);
      for (let step = 0; step < 40; step++) {
        const device = `a/b/d${Math.floor(random() * 6)}`;
        const n = lives * 100 + step + Math.floor(random() * 4);
        life.sequences.take(device, { boot: 1, n }, NOW, 'whole');
        taken.add(`${device}:${n}`);
        const wait = new Promise<void>((resolve) =>
          life.journal.afterWrite(() => {
            if (life.sequences.has(device, { boot: 1, n })) promised.add(`${device}:${n}`);
            resolve();
          }),
        );
        if (random() < 0.4) await wait;
      }
      files = files.cut(random);
      for (const each of everything(life.sequences)) expect(taken.has(each), `seed ${seed}: ${each}`).toBe(true);
    }
  }
}, 60_000);

function isKnown(sequences: Sequences, each: string): boolean {
  const [device = '', n] = each.split(':');
  return sequences.has(device, { boot: 1, n: Number(n) });
}

function everything(sequences: Sequences): string[] {
  return Array.from({ length: 6 * 400 }, (_, i) => `a/b/d${i % 6}:${Math.floor(i / 6)}`).filter((each) =>
    isKnown(sequences, each),
  );
}

test('decodeDevice() gives back what encodeDevice() wrote', () => {
  const sequences = new Sequences();
  for (const [n, kind] of [
    [1, 'whole'],
    [4, 'unfinished'],
    [9, 'whole'],
  ] as const)
    sequences.take('a/b/c', { boot: 7, n }, NOW, kind);
  const [entry] = sequences.all();
  if (entry === undefined) throw new Error('it was taken');
  const { boot, first, newest, missing, unfinished, unlisted } = entry.boots[0] ?? {};
  expect(decodeDevice(encodeDevice(entry))).toEqual({
    device: 'a/b/c',
    isReported: false,
    boots: [{ boot, first, newest, missing, unfinished, unlisted }],
  });
});
