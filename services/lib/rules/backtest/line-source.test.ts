import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textsOfFile } from './line-file.ts';
import { lineSource } from './line-source.ts';
import { HOUR, linesOf, pointOf, pointsOf, SECOND, T0, textsOf } from './testing.ts';

const everything = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const never = new AbortController().signal;

describe('lineSource()', () => {
  it('gives the points and counts what is none, with the first of it', async () => {
    const text = `# a comment\n\ngarbage\n${linesOf([pointOf(T0, 1)])}alarm_event x=1 1\n`;
    const source = lineSource(textsOf(text), { range: everything });
    expect((await pointsOf(source)).map(({ value }) => value)).toEqual([1]);
    expect(source.counts).toMatchObject({ unreadable: 2, tooLate: 0, outside: 0 });
    expect(source.counts.firstUnreadable).toContain('garbage');
  });

  it('is not led astray by a clock far in the future', async () => {
    const points = [pointOf(T0 + 1_000 * HOUR, 1), pointOf(T0, 2), pointOf(T0 + SECOND, 3)];
    const source = lineSource(textsOf(linesOf(points)), { range: { from: T0, to: T0 + HOUR } });
    expect((await pointsOf(source)).map(({ value }) => value)).toEqual([2, 3]);
    expect(source.counts).toMatchObject({ outside: 1, tooLate: 0 });
  });

  it('holds back as long as it is told, for an export that goes series by series', async () => {
    const series = ['d1', 'd2'].map((device) => [0, 60, 120].map((s) => pointOf(T0 + s * SECOND, s, { device })));
    const text = linesOf(series.flat());
    const short = lineSource(textsOf(text), { range: everything });
    expect([(await pointsOf(short)).length, short.counts.tooLate]).toEqual([4, 2]);
    const long = lineSource(textsOf(text), { range: everything, holdMs: HOUR });
    expect((await pointsOf(long)).map(({ value }) => value)).toEqual([0, 0, 60, 60, 120, 120]);
  });

  it('bears an empty recording, and a text field of many megabytes', async () => {
    expect(await pointsOf(lineSource(textsOf(), { range: everything }))).toEqual([]);
    const line = linesOf([pointOf(T0, 'x'.repeat(3_000_000))]);
    const pieces = [...(line.match(/[\s\S]{1,100000}/g) ?? []), linesOf([pointOf(T0 + 1, 7)])];
    const source = lineSource(textsOf(...pieces), { range: everything });
    expect((await pointsOf(source)).at(-1)?.value).toBe(7);
  });
});

describe('textsOfFile()', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'recording-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const lines = linesOf(Array.from({ length: 5_000 }, (_, i) => pointOf(T0 + i, `é${i}`)));
  const stdin = Readable.from([]);
  const readAll = async (name: string, from: Readable = stdin) => {
    let all = '';
    for await (const text of textsOfFile(name, { stdin: from, signal: never })) all += text;
    return all;
  };
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };

  it('reads a plain file and a compressed one alike, whatever they are called', async () => {
    expect(await readAll(file('a.gz', lines))).toBe(lines);
    expect(await readAll(file('b.lp', gzipSync(lines)))).toBe(lines);
    expect(await readAll(file('c.lp', ''))).toBe('');
  });

  it('reads standard input, a character cut in two pieces included', async () => {
    const bytes = Buffer.from(lines);
    const cut = bytes.indexOf(0xc3) + 1;
    expect(await readAll('-', Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)]))).toBe(lines);
  });

  it.each<readonly [what: string, name: () => string, sentence: RegExp]>([
    ['is not there', () => path.join(folder, 'none.lp'), /none\.lp does not exist; name a file/],
    ['is a folder', () => folder, /is a folder; name a file/],
    ['is cut off', () => file('x.gz', gzipSync(lines).subarray(0, 400)), /x\.gz ends in the middle of its compressed/],
    [
      'is damaged',
      () => file('y.gz', Buffer.concat([gzipSync(lines).subarray(0, 30), Buffer.alloc(500, 0xff)])),
      /y\.gz is damaged/,
    ],
  ])('says in a sentence that a file %s', async (_, name, sentence) => {
    await expect(readAll(name())).rejects.toThrow(sentence);
  });

  it('stops waiting for an input that never ends', async () => {
    const stop = new AbortController();
    const silent = new Readable({ read() {} });
    const texts = textsOfFile('-', { stdin: silent, signal: stop.signal })[Symbol.asyncIterator]();
    const next = texts.next();
    stop.abort();
    await expect(next).rejects.toThrow();
    expect(silent.destroyed).toBe(true);
  });
});
