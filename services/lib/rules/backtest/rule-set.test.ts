import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRuleRevision, readRuleSet } from './rule-set.ts';
import { HOT } from './testing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rules-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: object | string) =>
  writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
const rule = (id: string, more: object = {}) => ({ id, inputs: { t: 'temperature' }, ...HOT, ...more });
const idsOf = ({ files }: { readonly files: readonly { readonly rule: { readonly id: string } }[] }) =>
  files.map((each) => each.rule.id);

describe('readRuleSet()', () => {
  it('reads folders and files, and leaves tests and disabled rules of a folder out', () => {
    write('a.json', rule('a'));
    write('a.test.json', '{}');
    write('b.json', rule('b', { mode: 'disabled' }));
    expect(idsOf(readRuleSet([folder]))).toEqual(['a']);
    expect(idsOf(readRuleSet([path.join(folder, 'b.json')]))).toEqual(['b']);
    expect(idsOf(readRuleSet([folder], 'b'))).toEqual(['a', 'b']);
  });

  it('collects everything that is wrong, with its place', () => {
    write('bad.json', '{ "id": "bad" ');
    write('worse.json', rule('worse', { condition: { '>': [{ var: 'x' }, 80] } }));
    const { problems } = readRuleSet([folder, path.join(folder, 'gone.json')]);
    const said = problems.map(({ file, line, message }) => `${path.basename(file)}:${line} ${message}`);
    expect(said).toEqual([
      'gone.json:1 does not exist',
      expect.stringMatching(/^bad\.json:1 not valid JSON/),
      expect.stringMatching(/^worse\.json:1 there is no input 'x'/),
    ]);
  });

  it('refuses one id twice: which one ran would depend on the order of the files', () => {
    write('a.json', rule('same'));
    write('b.json', rule('same'));
    expect(readRuleSet([folder]).problems).toMatchObject([
      { message: expect.stringMatching(/rule 'same' is also in .*a\.json/) },
    ]);
  });
});

describe('readRuleRevision()', () => {
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example', ...words], { stdio: 'pipe' });

  it('reads the rules as a revision had them, whatever they are now', async () => {
    git('init', '-q');
    write('a.json', rule('a'));
    write('été.json', rule('summer'));
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    write('a.json', '{');
    const set = await readRuleRevision(folder, 'HEAD');
    expect(set.problems).toEqual([]);
    expect(idsOf(set).sort()).toEqual(['a', 'summer']);
  });

  it.each(['none', '--output=/tmp/x', '-p', 'HEAD; rm -rf /', ''])('refuses %j in a sentence', async (revision) => {
    git('init', '-q');
    const { problems } = await readRuleRevision(folder, revision);
    expect(problems).toMatchObject([
      { message: expect.stringMatching(/is neither a folder nor a revision that git knows/) },
    ]);
  });
});
