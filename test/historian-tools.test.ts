// The historian's tools as a person runs them, on a historian that runs: a file into it, out of it again, a backup that takes
// its place.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePorts, ROOT, type Running, run, tempFolder, whenReady } from './support/processes.ts';

const LINES = [
  'm,tag\\ key=a\\,b\\=c\\ d f=0.1,i=9223372036854775807i,b=true 1000001',
  'm,tag\\ key=a\\,b\\=c\\ d s="a \\"quote\\",\na newline and \\\\ ü" 1000002',
  ...Array.from({ length: 20_000 }, (_, i) => `ramp,d=${i % 7} v=${i / 8} ${i * 1_000_000}`),
];

let folder: ReturnType<typeof tempFolder>;
let ports: number[];
let historian: Running;
beforeEach(async () => {
  folder = tempFolder();
  ports = await freePorts(2);
  historian = await start();
});
afterEach(async () => {
  await historian[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const words = () => ['--data', path.join(folder.path, 'data'), '--historian-port', String(ports[0])];
const url = () => `http://127.0.0.1:${ports[0]}`;

async function start(): Promise<Running> {
  const more = ['--historian-metrics-port', String(ports[1]), '--broker-port', '1'];
  const program = path.join(ROOT, 'services/historian/main.ts');
  return whenReady(run(process.execPath, [program, ...words(), ...more]), 'the historian', async () =>
    (await fetch(`${url()}/ping`)).status === 204 ? true : undefined,
  );
}

async function penstock(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const main = path.join(ROOT, 'services/cli/main.ts');
  const child = spawn(process.execPath, [main, 'historian', ...args, ...words()], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { exitCode, out, err };
}

async function query(q: string): Promise<string> {
  const response = await fetch(`${url()}/query`, { method: 'POST', body: new URLSearchParams({ db: 'plant', q }) });
  return response.text();
}

const QUERIES = [
  'SELECT * FROM m GROUP BY *',
  'SELECT count(v), sum(v), last(v) FROM ramp GROUP BY d',
  'SELECT mean(v) FROM ramp WHERE time >= 0 AND time < 6h GROUP BY time(1h), d',
];
const answers = async () => Promise.all(QUERIES.map(query));

test('what is imported is exported, copied, counted and checked while it runs, and restored', async () => {
  const [lines, all, other, copy] = ['lines.lp', 'all.lp.gz', 'other.lp', 'copy'].map((name) =>
    path.join(folder.path, name),
  ) as [string, string, string, string];
  const data = path.join(folder.path, 'data/historian');
  writeFileSync(lines, LINES.join('\n'));
  const refused = await penstock('import', lines, '--database', 'plant', '--precision', 'us');
  expect(refused.err).toContain('error the store at');
  expect(refused.err).toContain('make it there by CREATE DATABASE');
  await query('CREATE DATABASE plant WITH NAME raw');
  const imported = await penstock('import', lines, '--database', 'plant', '--precision', 'us');
  expect(imported).toEqual({ exitCode: 0, out: '', err: '20002 lines stored\n' });
  const before = await answers();
  expect(before[0]).toContain('9223372036854775807');

  expect(await penstock('export', all)).toEqual({ exitCode: 0, out: '', err: '' });
  await query('DROP DATABASE plant');
  expect(await answers()).not.toEqual(before);
  await query('CREATE DATABASE plant WITH NAME raw');
  expect((await penstock('import', all)).err).toBe('20002 lines stored\n');
  expect(await answers()).toEqual(before);

  const backup = await penstock('backup', copy);
  expect(backup.exitCode).toBe(0);
  expect(backup.err).toContain(`to restore: stop Penstock, put this folder in the place of ${data}, start again`);
  expect((await penstock('verify')).exitCode).toBe(0);
  expect((await penstock('verify', '--folder', copy)).exitCode).toBe(0);
  const { out } = await penstock('stats', '--json');
  expect(JSON.parse(out)).toMatchObject({ policies: [{ database: 'plant', policy: 'raw', series: 8 }] });

  await query('DROP DATABASE plant');
  await historian[Symbol.asyncDispose]();
  rmSync(data, { recursive: true });
  renameSync(copy, data);
  const exported = await penstock(
    'export',
    other,
    '--database',
    'plant',
    '--from',
    '1970-01-01T00:00:10',
    '--to',
    '1970-01-01T00:00:12',
  );
  expect(exported).toEqual({ exitCode: 0, out: '', err: '' });
  const kept = readFileSync(other, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('ramp'));
  expect(kept.sort()).toEqual(['ramp,d=3 v=1.25 10000000', 'ramp,d=4 v=1.375 11000000']);
  historian = await start();
  expect(await answers()).toEqual(before);
});
