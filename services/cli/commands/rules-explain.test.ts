import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../program.ts';
import { recordedCli } from '../testing.ts';
import { rulesExplainCommand } from './rules-explain.ts';

const START = Date.UTC(2026, 9, 25);

let folder: string;
const file = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'explain-'));
  mkdirSync(file('rules'));
  const rule = {
    id: 'hot',
    inputs: { t: { metric: 'temperature', maxAge: '30s' } },
    condition: { '>': [{ var: 't' }, 80] },
    onDelay: '20s',
  };
  writeFileSync(file('rules/hot.json'), JSON.stringify(rule, null, 2));
  const lines = [70, 90, 91, 92].map(
    (value, i) => `reading,area=a,device=d1,metric=temperature,site=s value=${value} ${START + i * 10_000}\n`,
  );
  writeFileSync(file('night.lp'), lines.join(''));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...words: string[]) {
  const cli = { ...recordedCli(), now: () => START + 3_600_000 };
  const exitCode = await runProgram(
    [rulesExplainCommand],
    ['rules', 'explain', ...words, '--rules-dir', file('rules')],
    cli,
  );
  return { exitCode, ...cli.said };
}

const at = (time: string) => ['--file', file('night.lp'), '--at', `2026-10-25T${time}`];

describe('penstock rules explain', () => {
  it.each([
    ['00:00:05', /not active: temperature 70 > 80 is false/],
    ['00:00:25', /not active yet: temperature 91 > 80 has held for 15 s of 20 s/],
    ['00:00:31', /active since 2026-10-25 00:00:30: temperature 92 > 80/],
    ['00:01:05', /whether it may return is unknown because temperature of d1 is STALE \(age 35 s > 30 s\)/],
  ])('at %s', async (time, sentence) => {
    const { exitCode, out } = await run('hot/s/a/d1', ...at(time));
    expect(out).toMatch(sentence);
    expect(exitCode).toBe(0);
  });

  it('shows each operand with its place in the file, and takes the name of the topic too', async () => {
    const { out, err } = await run('s/a/hot/d1', ...at('00:00:05'));
    expect(out).toMatch(/temperature 70 > 80 +false +\S*hot\.json:9:16\n/);
    expect(err).toMatch(/^replayed 2026-10-24 23:00:05 to 2026-10-25 00:00:05 UTC, points: 1;/);
  });

  it('gives the same as data', async () => {
    const { out } = await run('hot/s/a/d1', ...at('00:00:25'), '--json');
    expect(JSON.parse(out)).toMatchObject({
      state: 'PENDING',
      levels: [{ evidence: { haveMs: 15_000, neededMs: 20_000 } }],
      points: 3,
    });
  });

  it('sees no further than it is told to', async () => {
    const { exitCode, err } = await run('hot/s/a/d1', ...at('00:00:25'), '--lookback', '1s');
    expect([exitCode, err]).toEqual([
      1,
      expect.stringMatching(/there is no alarm 'hot\/s\/a\/d1' from .* \(0 points\)/),
    ]);
  });

  it.each<readonly [what: string, words: () => string[], exitCode: number, sentence: RegExp]>([
    ['no name', () => [], 2, /name an alarm: rule\/site\/area\/instance/],
    ['half a name', () => ['hot', ...at('00:00')], 1, /'hot' names no alarm/],
    ['a mistyped rule', () => ['hto/s/a/d1', ...at('00:00')], 1, /no rule 'hto' .*did you mean 'hot'/],
    [
      'a mistyped device',
      () => ['hot/s/a/d2', ...at('00:00:10')],
      1,
      /there is no alarm 'hot\/s\/a\/d2'.*did you mean 'hot\/s\/a\/d1'/,
    ],
    ['a lookback that is none', () => ['hot/s/a/d1', '--lookback', 'long'], 2, /--lookback must be a duration/],
    ['a moment that is none', () => ['hot/s/a/d1', '--at', 'then'], 2, /--at must be a moment/],
    [
      'no store',
      () => ['hot/s/a/d1', '--store-url', 'http://127.0.0.1:1'],
      69,
      /the store at 127\.0\.0\.1:1 does not answer/,
    ],
  ])('says in a sentence: %s', async (_, words, exitCode, sentence) => {
    const said = await run(...words());
    expect(said.err).toMatch(sentence);
    expect([said.exitCode, said.out]).toEqual([exitCode, '']);
  });

  it('says of a rule that is suppressed by a plant state why it is not here, and how to say the state', async () => {
    const rule = {
      id: 'quiet',
      inputs: { t: { metric: 'temperature', maxAge: '30s' } },
      condition: { '>': [{ var: 't' }, 80] },
      suppressWhen: { '==': [{ state: 'mode' }, 'cleaning'] },
    };
    writeFileSync(file('rules/quiet.json'), JSON.stringify(rule));
    const untold = await run('quiet/s/a/d1', ...at('00:00:25'));
    expect(untold.out).toMatch(/: UNACK, medium\n/);
    expect(untold.out).toMatch(/; suppressWhen is unknown and suppresses nothing, because mode .*\(STATE\)\n/);
    expect(untold.err).toMatch(
      /^hint the history of points does not say what mode was: add --state s\/a\/mode=<value>\n/,
    );
    const told = await run('quiet/s/a/d1', ...at('00:00:25'), '--state', 's/a/mode=cleaning');
    expect(told.out).toMatch(/: UNACK, DSUPR, medium\n/);
    expect(told.err).toMatch(/^replayed /);
  });

  it('explains beside a broken rule, and warns of it', async () => {
    writeFileSync(file('rules/bad.json'), '{');
    const { exitCode, err } = await run('hot/s/a/d1', ...at('00:00:05'));
    expect([exitCode, err]).toEqual([0, expect.stringMatching(/^warning .*bad\.json:1:\d+: not valid JSON/)]);
  });
});
