import { describe, expect, test } from 'vitest';
import { createRandom } from '#domain/random.ts';
import { HEADER_BYTES } from './header.ts';
import { PowerCutFiles } from './power-cut-files.ts';
import type { Position } from './record.ts';
import { segmentFile } from './segment-folder.ts';
import { FOLDER, openTestLog, textsOf } from './test-log.ts';

const FILE = segmentFile(FOLDER, 1);

/** Two groups of three records, in one segment. */
async function twoGroups() {
  const files = new PowerCutFiles();
  const { log } = await openTestLog(files, { segmentBytesMax: 1_000_000 });
  const positions: Position[] = [];
  for (const group of ['a', 'b']) {
    for (const n of [1, 2, 3]) positions.push(log.append(Buffer.from(`${group}${n}`.padEnd(100, '.'))));
    await log.commit();
  }
  return { files, positions };
}

function wreck(files: PowerCutFiles, position: Position | undefined): void {
  const { offset, bytes } = position ?? { offset: 0, bytes: 0 };
  files.bytesOf(FILE).fill(0xee, offset, offset + bytes);
}

async function reopen(files: PowerCutFiles) {
  const opened = await openTestLog(files, { segmentBytesMax: 1_000_000 });
  const texts = (await textsOf(opened.log.records())).map((text) => text.slice(0, 2));
  return { ...opened, texts };
}

describe('what no checksum answers for', () => {
  test('in the last group it is torn: told once, and the records behind it are kept', async () => {
    const { files, positions } = await twoGroups();
    wreck(files, positions[3]);
    wreck(files, positions[5]);
    const first = await reopen(files);
    expect(first.texts).toEqual(['a1', 'a2', 'a3', 'b2']);
    expect(first.damages).toEqual([
      { ...positions[3], kind: 'torn', file: FILE },
      { ...positions[5], kind: 'torn', file: FILE },
    ]);
    first.log.append(Buffer.from('c1'));
    await first.log[Symbol.asyncDispose]();
    const second = await reopen(files);
    expect([second.texts, second.damages]).toEqual([['a1', 'a2', 'a3', 'b2', 'c1'], []]);
  });

  test('before a later group it is damage: told at every start, and left as it is', async () => {
    const { files, positions } = await twoGroups();
    wreck(files, positions[1]);
    const before = Buffer.from(files.bytesOf(FILE));
    for (let start = 0; start < 2; start++) {
      const { texts, damages, log } = await reopen(files);
      expect(texts).toEqual(['a1', 'a3', 'b1', 'b2', 'b3']);
      expect(await textsOf(log.records())).toHaveLength(5);
      expect(await log.read(positions[1] as Position)).toBeUndefined();
      expect(damages).toEqual([{ ...positions[1], kind: 'damaged', file: FILE }]);
    }
    expect(files.bytesOf(FILE)).toEqual(before);
  });

  test('a header that is damaged costs no record, and nothing new is put behind it', async () => {
    const { files } = await twoGroups();
    files.bytesOf(FILE)[9] = 0xff;
    const { texts, damages, log } = await reopen(files);
    expect(texts).toHaveLength(6);
    expect(damages).toEqual([{ kind: 'damaged', file: FILE, segment: 1, offset: 0, bytes: HEADER_BYTES }]);
    expect(log.append(Buffer.from('new')).segment).toBe(2);
  });

  test('a segment that was never finished is no damage', async () => {
    for (const left of [0, 20, HEADER_BYTES]) {
      const { files } = await twoGroups();
      const next = await files.open(segmentFile(FOLDER, 2), 'create');
      await next.write(Buffer.alloc(left, 0xee), 0);
      const { texts, damages, log } = await reopen(files);
      log.append(Buffer.from('new'));
      await log.commit();
      expect([texts.length, damages, log.segments.map(({ number }) => number)]).toEqual([6, [], [1, 2]]);
    }
  });

  test('bytes of a log inside a payload are no records, however the frame around them breaks', async () => {
    const { files } = await twoGroups();
    const stolen = Buffer.from(files.bytesOf(FILE));
    const first = await reopen(files);
    const position = first.log.append(stolen);
    first.log.append(Buffer.from('c2'));
    await first.log[Symbol.asyncDispose]();
    files.bytesOf(FILE)[position.offset] = 0; // its length
    const { texts } = await reopen(files);
    expect(texts).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c2']);
  });

  test('megabytes of garbage are passed over quickly', async () => {
    const { files } = await twoGroups();
    const random = createRandom(1);
    const garbage = Buffer.from(Array.from({ length: 4_000_000 }, () => Math.floor(random() * 256)));
    await (await files.open(segmentFile(FOLDER, 3), 'create')).write(garbage, 0);
    const startedAt = performance.now();
    const { texts, log } = await reopen(files);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(texts).toHaveLength(6);
    expect(log.append(Buffer.from('new')).segment).toBe(4);
  });
});
