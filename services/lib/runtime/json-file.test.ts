import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { didYouMean, formatProblem, nearestWord, parseJsonFile, readJsonFiles, splitSuggestion } from './json-file.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const schema = z.strictObject({
  name: z.string(),
  inputs: z.record(z.string(), z.strictObject({ metric: z.string(), window: z.number().optional() })).optional(),
  list: z.array(z.strictObject({ a: z.number() })).optional(),
});

function problemsOf(text: string): string[] {
  const result = parseJsonFile('a.json', text, schema);
  return Array.isArray(result) ? result.map(formatProblem) : [];
}

test('comments and trailing commas are allowed, and places can be asked for', () => {
  const file = parseJsonFile('a.json', '// why\n{\n  "name": "x", /* y */\n  "list": [{ "a": 1 },],\n}\n', schema);
  if (Array.isArray(file)) throw new Error(file.map(formatProblem).join());
  expect(file.value).toEqual({ name: 'x', list: [{ a: 1 }] });
  expect(file.at(['list', 0, 'a'])).toEqual({ line: 4, column: 19 });
  expect(file.at(['list', 7, 'b'])).toEqual({ line: 4, column: 11 });
  expect(file.at([])).toEqual({ line: 2, column: 1 });
});

test.each([
  ['AND', ['and', 'or'], 'and'],
  ['=', ['!', '=='], '=='],
  ['mean', ['min', 'avg'], 'avg'],
  ['mean', ['min', 'sum'], 'min'],
  ['x', ['y'], undefined],
  ['onDealy', ['onDelay', 'offDelay'], 'onDelay'],
  ['__proto__', ['constructor'], undefined],
])('of the known words %s means', (word, known, meant) => {
  expect(nearestWord(word, known)).toBe(meant);
});

test.each([
  ['', ['a.json:1:1: not valid JSON: value expected']],
  ['{\n  "name": "x"\n  "list": []\n}', ['a.json:3:3: not valid JSON: comma expected']],
  ['{}', ['a.json:1:1: name is missing']],
  ['{\n  "name": "x",\n  "lst": []\n}', ["a.json:3:3: unknown field 'lst'; did you mean 'list'?"]],
  [
    '{"name":"x","inputs":{"t":{"metric":"m","windw":1}}}',
    ["a.json:1:41: unknown field 'windw'; did you mean 'window'?"],
  ],
  [
    '{"name":"x","list":[{"a":1},{"a":"b","zzzz":1}]}',
    [expect.stringMatching(/^a\.json:1:34: list\.1\.a: /), "a.json:1:38: unknown field 'zzzz'"],
  ],
  ['{"name":"x","__proto__":{"list":5}}', ["a.json:1:13: unknown field '__proto__'"]],
  [
    '{"name":5,"inputs":{"t":{}}}',
    [expect.stringMatching(/^a\.json:1:9: name: /), 'a.json:1:25: inputs.t.metric is missing'],
  ],
  [
    '{"name":"x",\n"list":[{"a":1,"a":2}], "name":"y", "name":"z"}',
    [
      "a.json:2:25: field 'name' is written twice, and only the last would count; keep one",
      "a.json:2:37: field 'name' is written twice, and only the last would count; keep one",
      "a.json:2:16: field 'a' is written twice, and only the last would count; keep one",
    ],
  ],
  [`{\n"name": ${'{"a":'.repeat(250)}1${'}'.repeat(250)}}`, ['a.json:2:1004: not valid JSON: it nests too deeply']],
])('%j: every problem with its place', (text, expected) => {
  expect(problemsOf(text)).toEqual(expected);
});

test('a word that is none of the allowed ones is said with those, and with the one that was meant', () => {
  const words = z.strictObject({ level: z.enum(['low', 'high']), kind: z.literal('Rule').default('Rule') });
  expect(parseJsonFile('a.json', '{"level":"hgih","kind":5}', words)).toEqual([
    {
      ...{ file: 'a.json', line: 1, column: 10, code: 'SCHEMA' },
      message: 'level must be one of low, high (got "hgih"); did you mean \'high\'?',
    },
    { file: 'a.json', line: 1, column: 24, code: 'SCHEMA', message: 'kind must be Rule (got 5)' },
  ]);
});

test('splitSuggestion() takes apart what didYouMean() put together', () => {
  expect(splitSuggestion(`there is no x 'tmp'${didYouMean('tmp', ['temp'])}`)).toEqual({
    message: "there is no x 'tmp'",
    suggestion: 'temp',
  });
  expect(splitSuggestion('all is well')).toEqual({ message: 'all is well' });
});

test('a folder is read in name order, and a file that cannot be read costs no other', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'json-file-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'b.json'), '{"name":"b"}');
  writeFileSync(path.join(folder, 'a.json'), '{"name":"a"}');
  writeFileSync(path.join(folder, 'c.json'), '{"name":');
  writeFileSync(path.join(folder, 'note.txt'), 'x');
  mkdirSync(path.join(folder, 'd.json'));
  symlinkSync('nowhere', path.join(folder, '.#a.json'));
  const { files, problems } = readJsonFiles(folder, (name) => name.endsWith('.json'), schema);
  expect(files.map(({ value }) => value.name)).toEqual(['a', 'b']);
  expect(problems.map((each) => `${path.basename(each.file)}: ${each.message}`)).toEqual([
    '.#a.json: cannot be read (ENOENT)',
    'c.json: not valid JSON: value expected',
    'c.json: not valid JSON: close brace expected',
    'd.json: cannot be read (EISDIR)',
  ]);
});

test('a file of 200,000 opening brackets is one more problem, and hides no other file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'json-file-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'deep.json'), '['.repeat(200_000));
  writeFileSync(path.join(folder, 'good.json'), '{"name":"good"}');
  const { files, problems } = readJsonFiles(folder, (name) => name.endsWith('.json'), schema);
  expect(files.map(({ value }) => value.name)).toEqual(['good']);
  expect(problems).toEqual([
    {
      file: path.join(folder, 'deep.json'),
      line: 1,
      column: 201,
      message: 'not valid JSON: it nests too deeply',
      code: 'JSON',
    },
  ]);
});

test('a folder that is none is a problem, not a crash', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'json-file-'));
  folders.push(folder);
  const models = path.join(folder, 'models');
  writeFileSync(models, '');
  expect(readJsonFiles(models, () => true, schema)).toEqual({
    files: [],
    problems: [{ file: models, line: 1, column: 1, message: 'cannot be read (ENOTDIR)' }],
  });
});

test('didYouMean() suggests what is near, and nothing where nothing is', () => {
  expect(didYouMean('temprature', ['pressure', 'temperature'])).toBe("; did you mean 'temperature'?");
  expect(didYouMean('xyzzy', ['pressure', 'temperature'])).toBe('');
  expect(didYouMean('x', [])).toBe('');
});
