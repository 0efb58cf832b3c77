// The tools on the folder of an engine that goes on writing.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RAW, TestEngine } from '../engine/testing.ts';
import { backup } from './backup.ts';
import { runTool } from './run-tool.ts';
import type { ToolWish } from './wish.ts';

const signal = new AbortController().signal;
const HOUR_US = 3_600_000_000;

let folder: string;
let root: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'historian-tool-'));
  root = path.join(folder, 'historian');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function openWithDatabase(at = root): Promise<TestEngine> {
  const test = await TestEngine.open(at);
  await test.engine.change({ kind: 'create-database', name: 'plant', policy: RAW });
  return test;
}

async function run(wish: ToolWish): Promise<{ exitCode: number; out: string; err: string }> {
  const stdout = new PassThrough();
  const out = text(stdout);
  let err = '';
  const take = (said: string) => {
    err += said;
  };
  const exitCode = await runTool(wish, { stdout, err: take, isTerminal: false, signal });
  stdout.end();
  return { exitCode, out: await out, err };
}

const exported = async (more: object = {}, at = root) =>
  (await run({ tool: 'export', root: at, target: '-', ...more })).out;
const linesOf = (lines: string) => lines.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** `count` samples, a second apart, of two series. */
function ramp(from: number, count: number): string {
  return Array.from({ length: count }, (_, i) => `m,d=${i % 2} v=${from + i} ${(from + i) * 1_000_000}`).join('\n');
}

const ODD_LINES = [
  'm,tag\\ key=a\\,b\\=c\\ d,z=ü float=0.1,whole=3,minus=-0,tiny=5e-324,huge=1.7976931348623157e+308 1000001',
  'm,tag\\ key=a\\,b\\=c\\ d,z=ü i=9223372036854775807i,j=-9223372036854775808i,k=0i 1000002',
  'm,tag\\ key=a\\,b\\=c\\ d,z=ü s="a \\"quote\\", a \\\\ and\na newline, = and ü",yes=true,no=false 1000003',
  'm,tag\\ key=a\\,b\\=c\\ d,z=ü s="" -5',
  'odd\\ name\\,x,t=\\back\\slash field\\ one\\=x=1 2',
  'm s="# no comment\n# DML" 4',
];

describe('export', () => {
  it.each(['in the log', 'in chunks'])('gives every type back as it was when read again: %s', async (where) => {
    await using test = await openWithDatabase();
    expect(await test.write(ODD_LINES.join('\n'))).toMatchObject({ dropped: 0, unreadable: 0 });
    if (where === 'in chunks') await test.engine.seal();
    const first = await exported();
    await using other = await openWithDatabase(path.join(folder, 'other'));
    expect(await other.write(first)).toMatchObject({ stored: 6, dropped: 0, unreadable: 0 });
    await other.engine.seal();
    for (const field of ['float', 'whole', 'minus', 'tiny', 'huge', 'i', 'j', 'k', 's', 'yes', 'no']) {
      expect(other.samples(field), field).toEqual(test.samples(field));
      expect(test.samples(field).length, field).toBeGreaterThan(0);
    }
    expect(other.samples('i')).toEqual([[1_000_002, 9_223_372_036_854_775_807n]]);
    expect(await exported({}, path.join(folder, 'other'))).toBe(first);
    expect(first).toContain('# CONTEXT-DATABASE: plant\n# CONTEXT-RETENTION-POLICY: raw\n');
  });

  it('joins chunks and the log, the later value winning, the fields of a moment on one line', async () => {
    await using test = await openWithDatabase();
    await test.write('m a=1,b=1i 10\nm a=2 20\nm b=3i 30');
    await test.engine.seal();
    await test.write('m a=9 20\nm b=2i 20\nm a=4 40');
    expect(linesOf(await exported())).toEqual(['m a=1,b=1i 10', 'm a=9,b=2i 20', 'm b=3i 30', 'm a=4 40']);
  });

  it('takes a range, a measurement, a policy; and refuses what there is none of', async () => {
    await using test = await openWithDatabase();
    await test.engine.change({
      kind: 'create-policy',
      database: 'plant',
      policy: { ...RAW, name: 'r1m', isDefault: false },
    });
    await test.write('m a=1 10\nm a=2 20\nm a=3 30\nn a=1 20');
    await test.write('m a=7 20', { policy: 'r1m' });
    expect(linesOf(await exported({ policy: 'raw', from: 20, to: 29 }))).toEqual(['m a=2 20', 'n a=1 20']);
    expect(linesOf(await exported({ measurement: 'm', from: 20, to: 20 }))).toEqual(['m a=2 20', 'm a=7 20']);
    await expect(exported({ database: 'plan' })).rejects.toThrow("there is no database 'plan'; there are: plant");
    await expect(exported({ policy: 'r1h' })).rejects.toThrow(
      "there is no retention policy 'r1h'; there are: raw, r1m",
    );
  });

  it('compresses by the name, and replaces no file', async () => {
    await using test = await openWithDatabase();
    await test.write(ramp(0, 1_000));
    const target = path.join(folder, 'all.lp.gz');
    await run({ tool: 'export', root, target });
    expect(gunzipSync(readFileSync(target)).toString()).toBe(await exported());
    await expect(run({ tool: 'export', root, target })).rejects.toThrow('is there already');
    expect(readdirSync(folder).sort()).toEqual(['all.lp.gz', 'historian']);
  });
});

describe('backup', () => {
  it.each([1, 2, 3, 4])(
    'has all that was acknowledged before, though all is sealed after file %i of it',
    async (sealedAfter) => {
      await using test = await openWithDatabase();
      await test.write(ramp(0, 2_000));
      await test.engine.seal();
      await test.write(`${ramp(2_000, 500)}\nfresh v=5 5\ngone v=1 1`);
      writeFileSync(path.join(root, 'users.json'), '{"format":1,"users":[]}', { mode: 0o600 });
      const copy = path.join(folder, 'copy');
      let files = 0;
      const onFile = async () => {
        files++;
        await test.write(`${ramp(10_000 + files * 10, 10)}\nnew${files} v=1 1`);
        if (files === sealedAfter) await test.engine.seal();
        const name = files === 1 ? 'gone' : `new${files - 1}`;
        await test.engine.change({ kind: 'drop-measurement', database: 'plant', name });
      };
      expect(await backup({ root, folder: copy, signal, onFile })).toMatchObject({ files: 4 });
      expect(files).toBe(4);
      await using restored = await TestEngine.open(copy);
      await restored.engine.sweep();
      const values = new Map(restored.samples('v'));
      const missing = Array.from({ length: 2_500 }, (_, i) => i).filter((i) => values.get(i * 1_000_000) !== i);
      expect(missing).toEqual([]);
      expect(restored.samples('v', { measurement: 'fresh' })).toEqual([[5, 5]]);
      // What is new gets numbers that nothing that lies there has.
      const before = values.size;
      await restored.write(`${ramp(50_000, 10)}\nnewest v=7 7`);
      await restored.engine.seal();
      expect(restored.samples('v')).toHaveLength(before + 10);
      expect(restored.samples('v', { measurement: 'newest' })).toEqual([[7, 7]]);
      expect(await run({ tool: 'verify', root: copy })).toMatchObject({ exitCode: 0 });
      expect(readFileSync(path.join(copy, 'users.json'), 'utf8')).toBe('{"format":1,"users":[]}');
    },
  );

  it('says how to restore', async () => {
    await using _test = await openWithDatabase();
    const { err } = await run({ tool: 'backup', root, folder: path.join(folder, 'copy') });
    expect(err).toContain(`to restore: stop Penstock, put this folder in the place of ${root}, start again`);
  });

  it('of another process that writes and seals all the time has what that has acknowledged; after kill -9, too', async () => {
    const script = fileURLToPath(new URL('../testdata/write-for-ever.ts', import.meta.url));
    const child = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    const copies: { readonly copy: string; readonly acknowledged: readonly number[] }[] = [];
    try {
      const acknowledged: number[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged.push(Number(line));
        if (acknowledged.length % 1_500 !== 0) continue;
        const copy = path.join(folder, `copy-${copies.length}`);
        copies.push({ copy, acknowledged: [...acknowledged] });
        if (copies.length === 3) {
          child.kill('SIGKILL');
          await once(child, 'exit');
        }
        await run({ tool: 'backup', root, folder: copy });
        expect(await run({ tool: 'verify', root })).toMatchObject({ exitCode: 0 });
        if (copies.length === 3) break;
      }
    } finally {
      child.kill('SIGKILL');
    }
    for (const { copy, acknowledged } of copies) {
      await using restored = await TestEngine.open(copy);
      const stored = new Set(restored.samples('v').map(([, value]) => Number(value)));
      expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
    }
  });

  it('leaves nothing where it is broken off, and replaces nothing that is there', async () => {
    await using test = await openWithDatabase();
    await test.write(ramp(0, 10));
    const copy = path.join(folder, 'copy');
    const over = AbortSignal.abort();
    const stdout = new PassThrough();
    const err = () => {};
    await expect(
      runTool({ tool: 'backup', root, folder: copy }, { stdout, err, isTerminal: false, signal: over }),
    ).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['historian']);
    writeFileSync(copy, 'mine');
    await expect(run({ tool: 'backup', root, folder: copy })).rejects.toThrow('is there already');
    expect(readFileSync(copy, 'utf8')).toBe('mine');
  });
});

describe('verify', () => {
  async function sealed(): Promise<string> {
    await using test = await openWithDatabase();
    await test.write(ramp(0, 3_000));
    await test.write(`m s="text" ${HOUR_US}\nm b=true ${HOUR_US}\nm i=9223372036854775807i ${HOUR_US}`);
    await test.engine.seal();
    await test.write(ramp(3_000, 300));
    const [name = ''] = readdirSync(path.join(root, 'policy-2')).filter((each) => each.endsWith('.db'));
    return path.join(root, 'policy-2', name);
  }

  const flip = (file: string, at: number) => {
    const bytes = readFileSync(file);
    bytes[at] = (bytes[at] as number) ^ 0x10;
    writeFileSync(file, bytes);
  };

  it('finds nothing wrong where nothing is, also while a historian runs', async () => {
    await sealed();
    const expected = {
      exitCode: 0,
      err: 'looked at 5 chunks in 1 files with 3003 samples, and 2 records of the log\n',
    };
    const quiet = await run({ tool: 'verify', root });
    expect(quiet).toMatchObject(expected);
    await using _running = await TestEngine.open(root);
    expect((await run({ tool: 'verify', root })).exitCode).toBe(0);
  });

  it('finds a flipped byte of a chunk, and says which series and when', async () => {
    const file = await sealed();
    const digits = readFileSync(file).indexOf('9223372036854775807');
    expect(digits).toBeGreaterThan(0);
    flip(file, digits + 5);
    const { exitCode, err } = await run({ tool: 'verify', root });
    expect(exitCode).toBe(1);
    const place = '"m i" from 1970-01-01T01:00:00.000Z to 1970-01-01T01:00:00.000Z';
    expect(err).toContain(`error policy-2/1970-01-01T00-00-00.db: ${place}: the checksum of a chunk does not fit`);
    expect(err).toContain('restore the historian from a backup');
    // All else can be saved.
    const saved = await run({ tool: 'export', root, target: '-' });
    expect(saved.exitCode).toBe(1);
    expect(saved.err).toContain(`error ${place} is left out: the checksum`);
    expect(linesOf(saved.out)).toHaveLength(3_301);
    expect(saved.out).toContain('s="text"');
  });

  it('finds a flipped byte of the log', async () => {
    await sealed();
    const [name = ''] = readdirSync(path.join(root, 'log')).sort();
    // In the middle of a record that others follow.
    await using test = await TestEngine.open(root);
    await test.write(ramp(4_000, 300));
    await test.write(ramp(5_000, 300));
    flip(path.join(root, 'log', name), 3_000);
    const { exitCode, err } = await run({ tool: 'verify', root });
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^error log\/\d{10}\.log:\d+: \d+ bytes are damaged; the records that lay there are lost/);
  });

  it('finds a catalogue that is lost: all chunks would be deleted', async () => {
    await sealed();
    rmSync(path.join(root, 'catalogue.db'));
    const { exitCode, err } = await run({ tool: 'verify', root });
    expect(exitCode).toBe(1);
    expect(err).toContain('5 tracks are not in the catalogue: the next start deletes their chunks');
  });
});

describe('stats', () => {
  it('counts what is in chunks and what is in the log', async () => {
    await using test = await openWithDatabase();
    await test.write(ramp(0, 1_000));
    await test.engine.seal();
    await test.write(ramp(1_000, 10));
    const { out } = await run({ tool: 'stats', root, isJson: true });
    expect(JSON.parse(out)).toMatchObject({
      policies: [
        { database: 'plant', policy: 'raw', series: 2, files: 1, samples: 1_000, firstAt: 0, lastAt: 999_000 },
      ],
      log: { samples: 10 },
    });
    const shown = (await run({ tool: 'stats', root, isJson: false })).out;
    expect(shown).toMatch(/plant +raw +2 +1000 +\d+ +\d+\.\d\d +1970-01-01 00:00:00/);
    expect(shown).toContain('log: 10 samples that are not in chunks yet, ');
  });

  it('says where there is no historian', async () => {
    await expect(run({ tool: 'stats', root, isJson: false })).rejects.toThrow('there is no historian in');
  });
});
