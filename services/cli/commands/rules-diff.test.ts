import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedCli } from '../testing.ts';
import { rulesDiffCommand } from './rules-diff.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-diff-'));
  mkdirSync(path.join(folder, 'old'));
  mkdirSync(path.join(folder, 'new'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const rule = (limit: number) =>
  JSON.stringify({ id: 'hot', inputs: { temp: 'temperature' }, condition: { '>': [{ var: 'temp' }, limit] } });
const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
const at = (name: string) => path.join(folder, name);

async function diff(operands: readonly string[], options: object = {}) {
  const cli = recordedCli({ PENSTOCK_RULES_DIR: folder });
  const exitCode = await rulesDiffCommand.run({ operands, options: { ...options }, settings: [] }, cli);
  return { exitCode, out: cli.said.out, err: cli.said.err };
}

const SENTENCE = 'hot: limit 80 → 85; gathered evidence starts anew\n';

describe('rules diff', () => {
  it('compares two files, and exits 1 where they differ', async () => {
    write('old/hot.json', rule(80));
    write('new/hot.json', rule(85));
    expect(await diff([at('old/hot.json'), at('new/hot.json')])).toEqual({ exitCode: 1, out: SENTENCE, err: '' });
    expect(await diff([at('old'), at('old')])).toEqual({ exitCode: 0, out: '', err: '' });
  });

  it('compares two folders, as JSON where asked', async () => {
    write('old/hot.json', rule(80));
    const { exitCode, out } = await diff([at('old'), at('new')], { json: true });
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual([{ rule: 'hot', kind: 'removed', changes: [], state: 'retired' }]);
  });

  it('compares the folder with a revision', async () => {
    write('hot.json', rule(80));
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
        env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
      });
    git('init', '-q');
    git('add', 'hot.json');
    git('-c', 'core.hooksPath=/dev/null', 'commit', '-q', '-m', 'first');
    expect((await diff([], { against: 'HEAD' })).exitCode).toBe(0);
    write('hot.json', rule(85));
    expect(await diff([], { against: 'HEAD' })).toEqual({ exitCode: 1, out: SENTENCE, err: '' });
    const { exitCode, err } = await diff([], { against: 'no-such-revision' });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('at no-such-revision cannot be read: fatal:')]);
    expect((await diff([], { against: '--output=x' })).err).toContain("'--output=x' is no revision");
  });

  it('says where a file is wrong, exit 78', async () => {
    write('old/hot.json', rule(80));
    write('new/hot.json', '{ "id": "hot" }');
    const { exitCode, out, err } = await diff([at('old'), at('new')]);
    expect([exitCode, out]).toEqual([78, '']);
    expect(err).toContain(`${at('new/hot.json')}:1:1: `);
  });

  it.each([[[]], [['one']]])('asks for two sides: %j', async (operands) => {
    expect((await diff(operands)).exitCode).toBe(2);
  });

  it('says which side is not there', async () => {
    expect((await diff([at('old'), at('gone')])).err).toBe(`error: there is no file or folder ${at('gone')}\n`);
  });
});
