import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedCli } from '../testing.ts';
import { rulesTestCommand } from './rules-test.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-test-'));
  write('hot.json', { id: 'hot', inputs: { temp: 'temperature' }, condition: { '>': [{ var: 'temp' }, 80] } });
  write('hot.test.json', { tests: [test('comes', 'UNACK'), test('stays \u001b[2J', 'NORM')] });
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, value: object) => writeFileSync(path.join(folder, name), JSON.stringify(value));
const test = (name: string, state: string) => ({
  ...{ name, interval: '10s', series: [{ device: 'd1', metric: 'temperature', values: '90' }] },
  expect: [{ at: '0s', instance: 'd1', state }],
});

async function run(options: Record<string, unknown> = {}, operands: readonly string[] = []) {
  const cli = recordedCli({ PENSTOCK_RULES_DIR: folder });
  const exitCode = await rulesTestCommand.run({ operands, options, settings: [] }, cli);
  return { exitCode, out: cli.said.out, err: cli.said.err };
}

describe('rules test', () => {
  it('runs the folder of the settings; exit 1 where one fails, and no name steers the terminal', async () => {
    const { exitCode, out, err } = await run();
    expect(exitCode).toBe(1);
    expect(out).toContain('ok    hot: comes\n');
    expect(out).toContain('FAIL  hot: stays \\x1b[2J\n');
    expect(out).not.toContain('\u001b');
    expect(err).toMatch(/^2 tests: 1 passed, 1 failed, in \d+ ms\n$/);
  });

  it('--run takes a regular expression; nothing run is nothing proved', async () => {
    expect(await run({ run: '^hot: c' })).toMatchObject({ exitCode: 0, out: 'ok    hot: comes\n' });
    expect(await run({ run: 'cmoes' })).toMatchObject({ exitCode: 2, err: "error: no test matches 'cmoes'\n" });
    expect(await run({ run: '(' })).toMatchObject({ exitCode: 2, err: expect.stringContaining('--run: ') });
  });

  it('--diff shows both sides', async () => {
    expect((await run({ diff: true })).out).toContain('      - expected  NORM\n      + got       UNACK\n');
  });

  it('--junit writes the report', async () => {
    const file = path.join(folder, 'report.xml');
    await run({ junit: file });
    expect(readFileSync(file, 'utf8')).toContain('<testsuites tests="2" failures="1">');
    const { exitCode, err } = await run({ junit: path.join(folder, 'no', 'report.xml') });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('cannot be written (ENOENT)')]);
    expect(existsSync(path.join(folder, 'no'))).toBe(false);
  });

  it('--coverage shows the table, a threshold decides', async () => {
    const wanted = { run: 'comes' };
    expect((await run({ ...wanted, coverage: true })).out).toContain('arm temp > 80: never false');
    expect((await run({ ...wanted, coverageThreshold: '50' })).exitCode).toBe(0);
    const low = await run({ ...wanted, coverageThreshold: '51' });
    expect([low.exitCode, low.err]).toEqual([
      1,
      expect.stringContaining('coverage is 50.0 %, below the threshold of 51 %'),
    ]);
    for (const coverageThreshold of ['half', '-1', '101', 'NaN'])
      expect((await run({ ...wanted, coverageThreshold })).exitCode).toBe(2);
  });

  it('--json is one document', async () => {
    const { out } = await run({ json: true, coverage: true });
    expect(JSON.parse(out)).toMatchObject({
      results: [{ rule: 'hot', failures: [] }, { failures: [{ field: 'state', expected: 'NORM', got: 'UNACK' }] }],
      problems: [],
      coverage: [{ rule: 'hot', covered: 1, total: 2 }],
    });
  });

  it('says that there are no tests, and which path is not there', async () => {
    expect(await run({}, [path.join(folder, 'hot.json')])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('there are no tests in'),
    });
    expect(await run({}, [path.join(folder, 'gone')])).toMatchObject({ exitCode: 2 });
  });

  it('a file that is wrong fails the run with its place', async () => {
    write('cold.test.json', { tests: 3 });
    const { exitCode, err } = await run({ run: 'comes' });
    expect([exitCode, err]).toEqual([1, expect.stringContaining('cold.test.json:1:10: tests')]);
  });
});
