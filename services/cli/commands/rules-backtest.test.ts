import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../program.ts';
import { recordedCli } from '../testing.ts';
import { rulesBacktestCommand } from './rules-backtest.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backtest-'));
  mkdirSync(path.join(folder, 'rules'));
  rule('hot', {});
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => path.join(folder, name);
const rule = (id: string, more: object, into = 'rules') =>
  writeFileSync(
    file(`${into}/${id}.json`),
    JSON.stringify({
      id,
      inputs: { t: { metric: 'temperature', maxAge: '1h' } },
      condition: { '>': [{ var: 't' }, 80] },
      ...more,
    }),
  );

const NOW = Date.UTC(2026, 10, 1);
const START = Date.UTC(2026, 9, 25);

/** A value a minute from midnight on; a night in which European clocks go back. */
function record(values: readonly number[], more = ''): string {
  const lines = values.map(
    (value, i) => `reading,area=a,device=d1,metric=temperature,site=s value=${value} ${START + i * 60_000}\n`,
  );
  writeFileSync(file('night.lp'), lines.join('') + more);
  return file('night.lp');
}

async function run(...words: string[]) {
  const cli = { ...recordedCli(), now: () => NOW };
  const exitCode = await runProgram(
    [rulesBacktestCommand],
    ['rules', 'backtest', ...words, '--rules-dir', file('rules')],
    cli,
  );
  return { exitCode, ...cli.said };
}

describe('penstock rules backtest', () => {
  it('reports a recording, plain or compressed', async () => {
    const recording = record([20, 90, 91, 20], 'garbage\n');
    const { exitCode, out, err } = await run('--file', recording);
    expect([exitCode, err]).toEqual([0, 'took 0.0 s, 4,000 points/s\n']);
    expect(out).toMatch(
      /^2026-10-25 00:00:00 to 2026-10-25 00:03:00 UTC \(3 min\): 4 points of 1 series\n1 line without a point/,
    );
    expect(out).toMatch(/hot +active +medium +1 of 1 +1 +2 min +2 min +- +-\n/);
    writeFileSync(file('night.lp.gz'), gzipSync(readFileSync(recording)));
    expect((await run('--file', file('night.lp.gz'))).out).toBe(out);
  });

  it('counts an hour of a night in which clocks go back as an hour', async () => {
    const values = Array.from({ length: 240 }, (_, i) => (i % 60 === 30 ? 90 : 20));
    const night = [
      '--file',
      record(values),
      '--from',
      '2026-10-25T02:00+02:00',
      '--to',
      '2026-10-25T04:00+01:00',
      '--json',
    ];
    const { out } = await run(...night);
    const { range, results } = JSON.parse(out);
    expect((range.to - range.from) / 3_600_000).toBe(3);
    expect(results[0].kpis).toMatchObject({ alarms: 3, averages: { perHour: 1 } });
  });

  it('draws what it found', async () => {
    expect((await run('--file', record([90]), '--svg', file('night.svg'))).exitCode).toBe(0);
    expect(readFileSync(file('night.svg'), 'utf8')).toContain('hot/s/a/d1');
    const { exitCode, err } = await run('--file', file('night.lp'), '--svg', file('none/night.svg'));
    expect([exitCode, err]).toEqual([2, expect.stringMatching(/cannot be written \(ENOENT\); give --svg a file/)]);
  });

  it('compares with another folder, in one pass', async () => {
    mkdirSync(file('old'));
    rule('hot', { onDelay: '2m' }, 'old');
    rule('gone', {}, 'old');
    const { out } = await run('--file', record([90, 91, 92, 20]), '--against', file('old'));
    expect(out).toContain('begins 2 min earlier');
    expect(out).toContain('1 episode only before');
    const named = await run(file('rules/hot.json'), '--file', file('night.lp'), '--against', file('old'));
    expect(named.out).toContain('0 episodes only before');
  });

  it.each<readonly [what: string, words: () => string[], exitCode: number, sentence: RegExp]>([
    [
      'a moment that is none',
      () => ['--from', 'yesterday'],
      2,
      /--from must be a moment such as .* and not 'yesterday'/,
    ],
    ['a range the wrong way round', () => ['--from', 'now', '--to', 'now-1h'], 2, /--from must be before --to/],
    ['a hold that is none', () => ['--file', 'x', '--hold', '5'], 2, /--hold must be a duration/],
    ['a hold of the store', () => ['--hold', '5m'], 2, /--hold is about a recording/],
    ['a state that is none', () => ['--state', 'mode=auto'], 2, /--state must be site\/area\/name=value/],
    ['no such recording', () => ['--file', file('none.lp')], 1, /none\.lp does not exist/],
    ['an empty recording', () => ['--file', record([])], 1, /there is not one point in it/],
    ['no such rule', () => ['--rule', 'cold', '--file', record([1])], 1, /there is no rule 'cold' in/],
    ['no such folder', () => [file('nowhere'), '--file', record([1])], 1, /nowhere:1:1: does not exist/],
    [
      'no such revision',
      () => ['--against', 'nonsense', '--file', record([1])],
      1,
      /nonsense:1:1: is neither a folder nor a revision/,
    ],
    [
      'a store that is not there',
      () => ['--store-url', 'http://127.0.0.1:1'],
      69,
      /the store at 127\.0\.0\.1:1 does not answer/,
    ],
  ])('says in a sentence: %s', async (_, words, exitCode, sentence) => {
    const said = await run(...words());
    expect(said.err).toMatch(sentence);
    expect([said.exitCode, said.out]).toEqual([exitCode, '']);
  });

  it('runs nothing where a rule has an error, and says where', async () => {
    rule('broken', { condition: { '>': [{ var: 'x' }, 80] } });
    const { exitCode, out, err } = await run('--file', record([90]));
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toMatch(/broken\.json:1:\d+: there is no input 'x'/);
    const alone = await run('--file', file('night.lp'), '--rule', 'hot');
    expect([alone.exitCode, alone.err]).toEqual([0, expect.stringMatching(/^warning .*broken\.json/)]);
  });

  it('lets no label turn the terminal round', async () => {
    const { out } = await run('--file', record([90], 'reading,site=\u001b]0;x\u0007 value=1 1\n'));
    expect(out).toContain('\\x1b]0;x\\x07');
    expect(out).not.toContain('\u001b');
  });

  it('stops at Ctrl-C and reports nothing', async () => {
    const asked = AbortSignal.abort();
    const cli = { ...recordedCli(), stopSignals: () => ({ asked, insisted: asked }) };
    const words = ['rules', 'backtest', '--file', record([90]), '--rules-dir', file('rules')];
    expect(await runProgram([rulesBacktestCommand], words, cli)).toBe(130);
    expect(cli.said).toEqual({ out: '', err: 'stopped before the end; nothing is reported\n' });
  });

  it('shows a terminal how far it is, and clears that away', async () => {
    let at = NOW;
    const cli = { ...recordedCli(), isTerminal: true, now: () => (at += 1_000) };
    const words = [
      'rules',
      'backtest',
      '--file',
      record([90, 91]),
      '--from',
      '2026-10-25',
      '--to',
      '2026-10-25T00:02',
      '--rules-dir',
      file('rules'),
    ];
    expect(await runProgram([rulesBacktestCommand], words, cli)).toBe(0);
    const shown = cli.said.err.replaceAll('\r\x1b[2K', '<cleared>');
    expect(shown).toMatch(/<cleared>98 % {2}2026-10-25 00:01 {2}\d+ points\/s<cleared>took/);
  });
});
