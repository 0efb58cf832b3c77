import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempFolder } from '../../../test/support/processes.ts';
import { runProgram } from '../program.ts';
import { recordedCli } from '../testing.ts';
import { historianImportCommand } from './historian-import.ts';

type Answer = readonly [status: number, error?: string];

let folder: ReturnType<typeof tempFolder>;
let server: Server;
let asked: { readonly query: string; readonly lines: string[] }[];
let answer: (lines: readonly string[]) => Answer;
beforeEach(async () => {
  folder = tempFolder();
  asked = [];
  answer = () => [204];
  server = createServer(async (request, response) => {
    const lines = (await text(request)).split('\n');
    asked.push({ query: request.url ?? '', lines });
    const [status, error] = answer(lines);
    response.writeHead(status).end(error === undefined ? '' : JSON.stringify({ error }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  folder[Symbol.dispose]();
});

async function importFile(
  content: string | Buffer,
  words: readonly string[] = ['--database', 'd'],
  cli = recordedCli(),
) {
  const file = path.join(folder.path, 'lines.lp');
  writeFileSync(file, content);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const all = ['historian', 'import', file, ...words, '--store-url', url];
  const exitCode = await runProgram([historianImportCommand], all, cli);
  return { exitCode, err: cli.said.err };
}

const many = (count: number) => Array.from({ length: count }, (_, i) => `m v=${i} ${i}`);

describe('penstock historian import', () => {
  it('writes all lines in batches, in their order, where the flags say', async () => {
    const lines = many(12_000);
    const { exitCode, err } = await importFile(lines.join('\n'), [
      '--database',
      'd',
      '--policy',
      'p',
      '--precision',
      's',
    ]);
    expect([exitCode, err]).toEqual([0, '12000 lines stored\n']);
    expect(asked.flatMap((each) => each.lines)).toEqual(lines);
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ query }) => query))).toEqual(new Set(['/write?db=d&precision=s&rp=p']));
  });

  it('follows what an export says of itself; compressed, too', async () => {
    const file = [
      '# DML\n# precision: us (and so on)\n# CONTEXT-DATABASE: plant\n# CONTEXT-RETENTION-POLICY: raw\nm v=1 1\n',
      '# CONTEXT-RETENTION-POLICY: r1m\n\nm s="a\n# CONTEXT-DATABASE: no\n" 2\n',
    ].join('');
    expect((await importFile(gzipSync(file), [])).exitCode).toBe(0);
    expect(asked).toEqual([
      { query: '/write?db=plant&precision=u&rp=raw', lines: ['m v=1 1'] },
      { query: '/write?db=plant&precision=u&rp=r1m', lines: ['m s="a', '# CONTEXT-DATABASE: no', '" 2'] },
    ]);
  });

  it('finds the lines that the store refuses, tells place and words, and stores the others', async () => {
    const lines = ['m s="two\nlines" 1', ...many(99)];
    const stored = new Set<string>();
    answer = (batch) => {
      const bad = batch.filter((line) => /v=(?:17|60) /.test(line));
      for (const line of batch) if (!bad.includes(line)) stored.add(line);
      return bad.length === 0 ? [204] : [400, `partial write: of ${bad.length} one is bad dropped=${bad.length}`];
    };
    const { exitCode, err } = await importFile(lines.join('\n'));
    expect(exitCode).toBe(1);
    expect(err).toBe(
      'line 20: partial write: of 1 one is bad dropped=1\nline 63: partial write: of 1 one is bad dropped=1\n98 lines stored, 2 refused\n',
    );
    expect(stored.size).toBe(lines.length - 2 + 1); // one of them is two of the server's
  });

  it('asks once where all lines are refused for one reason', async () => {
    answer = (batch) => [400, `partial write: points beyond retention policy dropped=${batch.length}`];
    const { exitCode, err } = await importFile(many(3_000).join('\n'));
    expect([exitCode, err]).toEqual([
      1,
      'lines 1 to 3000: partial write: points beyond retention policy dropped=3000\n0 lines stored, 3000 refused\n',
    ]);
    expect(asked).toHaveLength(1);
  });

  it('halves what is too large', async () => {
    answer = (batch) => (batch.length > 100 ? [413, 'Request Entity Too Large'] : [204]);
    expect(await importFile(many(300).join('\n'))).toEqual({ exitCode: 0, err: '300 lines stored\n' });
  });

  it('sends again what a busy store did not take; nothing is lost', async () => {
    const refusals: Answer[] = [[503, 'busy'], [500, 'engine'], [429]];
    const taken: string[] = [];
    answer = (batch) => {
      const refusal = refusals.shift();
      if (refusal === undefined) taken.push(...batch);
      return refusal ?? [204];
    };
    const cli = { ...recordedCli(), sleep: async () => {} };
    expect(await importFile(many(7_000).join('\n'), ['--database', 'd'], cli)).toEqual({
      exitCode: 0,
      err: '7000 lines stored\n',
    });
    expect(taken).toEqual(many(7_000));
  });

  it('gives up on one that takes nothing for a minute, and says what then', async () => {
    answer = () => [503, 'the disk is full'];
    let ms = 0;
    const sleep = async (more: number) => {
      ms += more;
    };
    const { exitCode, err } = await importFile('m v=1 1', ['--database', 'd'], {
      ...recordedCli(),
      sleep,
      now: () => ms,
    });
    expect(exitCode).toBe(69);
    expect(err).toMatch(
      /^0 lines stored\nerror the store at \S+ takes nothing \(the disk is full\); import the file again/,
    );
  });

  it.each<readonly [Answer, number, string]>([
    [[404, 'database not found: "d"'], 1, 'says: database not found: "d"; make it there by CREATE DATABASE'],
    [[500, 'retention policy not found: p'], 1, 'CREATE RETENTION POLICY'],
    [[401, 'authorization failed'], 69, 'set PENSTOCK_STORE_USERNAME and PENSTOCK_STORE_PASSWORD'],
  ])('an answer of %j ends it with %i and a way out', async (first, code, sentence) => {
    answer = () => first;
    const { exitCode, err } = await importFile('m v=1 1');
    expect(exitCode).toBe(code);
    expect(err).toContain(sentence);
    expect(asked).toHaveLength(1);
  });

  it.each([
    [[], 'line 1 belongs to no database: the file names none; name one by --database'],
    [['--database', 'd', '--precision', 'min'], "--precision must be ns, us, ms or s, and not 'min'"],
  ])('%j is wrong usage', async (words, sentence) => {
    const { exitCode, err } = await importFile('m v=1 1', words);
    expect(exitCode).toBe(2);
    expect(err).toContain(sentence);
    expect(asked).toEqual([]);
  });
});
