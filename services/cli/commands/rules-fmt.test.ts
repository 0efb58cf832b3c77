import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedCli } from '../testing.ts';
import { fmtCommand } from './rules-fmt.ts';

const RAW = '{"condition":true, // always\n"id":"x","inputs":{"t":"m"}}';
const FORMATTED = '{\n  "id": "x",\n  "inputs": { "t": "m" },\n  "condition": true // always\n}\n';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-fmt-'));
  mkdirSync(path.join(folder, 'models'));
  writeFileSync(path.join(folder, 'x.json'), RAW);
  writeFileSync(path.join(folder, 'good.json'), FORMATTED);
  writeFileSync(path.join(folder, 'models', 'm.model.json'), '{"metrics":{},"model":"m"}');
  writeFileSync(path.join(folder, 'notes.txt'), '{"not":   "ours"}');
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

async function fmt(operands: readonly string[], options: object = {}, input = '') {
  const cli = recordedCli({ PENSTOCK_RULES_DIR: folder });
  const call = { operands, options: { ...options }, settings: [] };
  const exitCode = await fmtCommand(async () => input).run(call, cli);
  return {
    exitCode,
    said: cli.said,
    listed: cli.said.out
      .trim()
      .split('\n')
      .filter((line) => line !== ''),
  };
}

describe('rules fmt', () => {
  it('formats the folder of the settings, with its models, and says what it changed', async () => {
    const { exitCode, listed, said } = await fmt([]);
    expect(exitCode).toBe(0);
    expect(listed).toEqual([path.join(folder, 'x.json'), path.join(folder, 'models', 'm.model.json')]);
    expect(said.err).toBe('2 of 3 files formatted\n');
    expect(read('x.json')).toBe(FORMATTED);
    expect(read('models/m.model.json')).toBe('{\n  "model": "m",\n  "metrics": {}\n}\n');
    expect(read('notes.txt')).toBe('{"not":   "ours"}');
    expect((await fmt([])).listed).toEqual([]);
  });

  it('--check writes nothing, lists, and exits 1 until all is well', async () => {
    const { exitCode, listed } = await fmt([], { check: true });
    expect([exitCode, listed.length, read('x.json')]).toEqual([1, 2, RAW]);
    expect((await fmt([path.join(folder, 'good.json')], { check: true })).exitCode).toBe(0);
  });

  it('--dry-run writes nothing, lists, and exits 0', async () => {
    const { exitCode, listed } = await fmt([folder], { dryRun: true });
    expect([exitCode, listed.length, read('x.json')]).toEqual([0, 2, RAW]);
  });

  it('- takes stdin to stdout', async () => {
    const { exitCode, said } = await fmt(['-'], {}, RAW);
    expect([exitCode, said.out]).toEqual([0, FORMATTED]);
    expect((await fmt(['-', folder], {}, RAW)).exitCode).toBe(2);
  });

  it('formats the others where one is no JSON, and exits 1', async () => {
    writeFileSync(path.join(folder, 'bad.json'), '{\n  "id": ');
    const { exitCode, said } = await fmt([]);
    expect(exitCode).toBe(1);
    expect(said.err).toContain(`${path.join(folder, 'bad.json')}:2:9: not valid JSON`);
    expect([read('bad.json'), read('x.json')]).toEqual(['{\n  "id": ', FORMATTED]);
  });

  it('says which path is not there', async () => {
    const { exitCode, said } = await fmt([path.join(folder, 'gone')]);
    expect([exitCode, said.err]).toEqual([2, `error: there is no file or folder ${path.join(folder, 'gone')}\n`]);
  });

  it('keeps the mode of a file, follows a link instead of replacing it, and leaves no draft behind', async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'penstock-fmt-'));
    writeFileSync(path.join(elsewhere, 'real.json'), RAW);
    chmodSync(path.join(elsewhere, 'real.json'), 0o640);
    symlinkSync(path.join(elsewhere, 'real.json'), path.join(folder, 'link.json'));
    await fmt([path.join(folder, 'link.json')]);
    expect(readFileSync(path.join(elsewhere, 'real.json'), 'utf8')).toBe(FORMATTED);
    expect(statSync(path.join(elsewhere, 'real.json')).mode & 0o777).toBe(0o640);
    expect(readdirSync(elsewhere)).toEqual(['real.json']);
    rmSync(elsewhere, { recursive: true });
  });
});

it('the files that ship are in the form', async () => {
  const { exitCode, listed } = await fmt([path.resolve(import.meta.dirname, '../../../rules')], { check: true });
  expect([exitCode, listed]).toEqual([0, []]);
});
