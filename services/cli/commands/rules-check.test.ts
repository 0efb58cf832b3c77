import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedCli } from '../testing.ts';
import { checkCommand } from './rules-check.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-check-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SOUND = {
  id: 'hot',
  inputs: { temp: 'temperature' },
  condition: { '>': [{ var: 'temp' }, 80] },
  onDelay: '20s',
};
const TEST = {
  kind: 'RuleTest',
  tests: [
    {
      ...{ name: 'comes and goes', rule: 'hot', interval: '10s' },
      series: [{ device: 'd', metric: 'temperature', values: '70 90x4 70x2' }],
      expect: [{ at: '40s', instance: 'd', state: 'UNACK' }],
    },
  ],
};

function write(name: string, content: unknown): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return file;
}

async function check(operands: readonly string[], options: object = {}, input = '') {
  const cli = recordedCli({ PENSTOCK_RULES_DIR: folder });
  const command = checkCommand(() => Promise.resolve(input));
  const exitCode = await command.run({ operands, options: { ...options }, settings: [] }, cli);
  return { exitCode, ...cli.said };
}

describe('rules check', () => {
  it('says nothing of a folder in which all is well, but how much it is', async () => {
    write('hot.json', SOUND);
    write('tests.json', TEST);
    write('models/m.model.json', { model: 'm', metrics: { temperature: { unit: 'Cel' } } });
    write('devices/d.json', { site: 's', area: 'a', devices: { d: { model: 'm' } } });
    expect(await check([])).toEqual({ exitCode: 0, out: '', err: '4 files, 0 errors, 0 warnings\n' });
    expect(await check([folder], { quiet: true, lintFatal: true })).toEqual({ exitCode: 0, out: '', err: '' });
  });

  it('exits 1 where a file is refused, and shows where', async () => {
    const file = write('hot.json', { ...SOUND, priority: 'hgih' });
    const { exitCode, out, err } = await check([file]);
    expect(exitCode).toBe(1);
    expect(out).toContain(
      `${file}:15:15 error SCHEMA: priority must be one of critical, high, medium, low (got "hgih")\n`,
    );
    expect(out).toContain('^ did you mean "high"?\n  help: rules/README.md#SCHEMA\n');
    expect(err).toBe('\n1 file, 1 error, 0 warnings\n');
  });

  it('a warning is exit 0, 3 where it was asked to count, and not told where that was asked', async () => {
    const file = write('hot.json', { ...SOUND, onDelay: '0s' });
    expect(await check([file])).toMatchObject({ exitCode: 0, out: expect.stringContaining('warn R005') });
    expect(await check([file], { lintFatal: true })).toMatchObject({ exitCode: 3 });
    expect(await check([file], { quiet: true, lintFatal: true })).toEqual({ exitCode: 3, out: '', err: '' });
    write('cold.json', { ...SOUND, id: 'cool' });
    expect(await check([file, path.join(folder, 'cold.json')], { lintFatal: true })).toMatchObject({ exitCode: 1 });
  });

  it('reads one rule from stdin, and holds it against the models of the settings', async () => {
    write('models/m.model.json', { model: 'm', metrics: { temperature: { min: 0, max: 50 } } });
    const rule = { ...SOUND, scope: { model: 'm' } };
    expect(await check(['-'], {}, JSON.stringify(rule))).toMatchObject({
      exitCode: 1,
      out: expect.stringMatching(/^stdin:1:\d+ error R003: /),
    });
    expect(await check(['-', folder])).toMatchObject({ exitCode: 2, out: '' });
  });

  it('finds what is wrong in tests, models, devices and sources too', async () => {
    write('hot.json', SOUND);
    const [test] = TEST.tests;
    write('other.test.json', { tests: [{ ...test, rule: 'hott' }] });
    write('bad.test.json', { tests: [{ ...test, series: [{ device: 'd', metric: 'm', values: '1x' }], expect: [] }] });
    write('long.test.json', { tests: [{ ...test, series: [{ device: 'd', metric: 'm', values: '1x999999' }] }] });
    write('models/m.model.json', { model: 'm', metrics: { temperature: { min: 5, max: 1 } } });
    write('models/n.json', { model: 'n', metrics: {} });
    write('devices/d.json', { site: 's', area: 'a', devices: { d: { model: 'n' } } });
    write('sources/s.json', { topic: '#', format: 'jsn' });
    const { exitCode, out } = await check([folder], { json: true });
    const { findings } = JSON.parse(out) as { findings: { file: string; code: string; message: string }[] };
    expect(exitCode).toBe(1);
    expect(out).toBe(`${JSON.stringify(JSON.parse(out), null, 2)}\n`);
    expect(findings.map(({ file, code, message }) => `${path.relative(folder, file)} ${code} ${message}`)).toEqual([
      expect.stringMatching(/^bad\.test\.json SCHEMA tests\.0\.expect: /),
      "devices/d.json SCHEMA there is no model 'n'",
      "hot.json R017 in the tests, 'temp > 80' is never true and never false",
      expect.stringMatching(/^long\.test\.json RULE the series has more than/),
      expect.stringMatching(/^models\/m\.model\.json SCHEMA .*min must be below max/),
      'models/n.json RULE is not read: the name of a model file ends in .model.json',
      "other.test.json RULE there is no rule 'hott' beside the tests",
      expect.stringMatching(/^sources\/s\.json SCHEMA topic: write \{name\}/),
      'sources/s.json SCHEMA format must be one of json, value, senml-json, senml-cbor, line-protocol, csv, binary, sparkplug (got "jsn")',
    ]);
  });

  it('R017: a rule of a whole folder that no test reaches; of a file that was named nothing is known', async () => {
    const file = write('hot.json', SOUND);
    expect(await check([folder])).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('warn R017: no test reaches'),
    });
    expect(await check([file])).toMatchObject({ exitCode: 0, out: '' });
  });

  it.each(['junit', 'github'])('writes %s', async (format) => {
    write('hot.json', { ...SOUND, priority: 'hgih' });
    const { out } = await check([folder], { format });
    expect(out).toMatch(
      format === 'junit' ? /^<\?xml .*<failure message=/s : /^::error file=.*hot\.json,line=15,col=15/,
    );
  });

  it('refuses what it cannot do, in a sentence', async () => {
    expect(await check([], { format: 'xml' })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("text, json, junit, github, not 'xml'"),
    });
    expect(await check([path.join(folder, 'nowhere')])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('there is no file or folder'),
    });
    expect(await check([])).toEqual({
      ...{ exitCode: 2, out: '' },
      err: `error: no rule file found: looked for *.json in ${folder}; name a file or another folder, or set rules.dir\n`,
    });
  });

  it('shows control characters of a file harmlessly, in every format', async () => {
    write('hot.json', `{ "id": "hot", "\u001b]0;owned\u0007": 1, "\u009b31m": 2 }`);
    for (const format of ['text', 'json', 'junit', 'github']) {
      const { out } = await check([folder], { format });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });
});

describe('rules check, of what lies in the folder beside rules', () => {
  it('a folder named as a rule, and a pipe, are findings and no crash', async () => {
    write('hot.json', SOUND);
    write('tests.json', TEST);
    mkdirSync(path.join(folder, 'x.json'));
    execFileSync('mkfifo', [path.join(folder, 'pipe.json'), path.join(folder, 'pipe.test.json')]);
    const { exitCode, out, err } = await check([]);
    expect(exitCode).toBe(1);
    expect(out).toContain(`${path.join(folder, 'x.json')}:1:1 error JSON: cannot be read (EISDIR)\n`);
    expect(out).toContain(`${path.join(folder, 'pipe.json')}:1:1 error JSON: cannot be read: it is no plain file\n`);
    expect(err).toBe('\n5 files, 3 errors, 0 warnings\n');
  });

  it('a rule of another ending is not told to be well', async () => {
    const file = write('jc.jsonc', { ...SOUND, id: 'jc' });
    for (const operands of [[], [file]]) {
      const { exitCode, out } = await check(operands);
      expect(exitCode).toBe(1);
      expect(out).toContain(`${file}:1:1 error RULE: is not read: the name must end in .json`);
    }
  });

  it('the folder above the rules holds none, and says so', async () => {
    write('rules/hot.json', SOUND);
    expect(await check([])).toMatchObject({ exitCode: 2, err: expect.stringContaining('no rule file found') });
  });

  it('rules in a subfolder are a warning', async () => {
    write('hot.json', SOUND);
    write('tests.json', TEST);
    write('night/hot.json', SOUND);
    expect(await check([])).toMatchObject({ exitCode: 0, out: expect.stringContaining('hot.json in it is not read') });
  });
});
