import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { formatProblem } from '#runtime/json-file.ts';
import { readSources } from './read-sources.ts';
import type { Source } from './source.ts';
import { sourceOf } from './testing.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sources-'));
  folders.push(folder);
  mkdirSync(path.join(folder, 'sources'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, 'sources', name), text);
  return folder;
}

function read(files: Readonly<Record<string, string>>): { sources: readonly Source[]; problems: string[] } {
  const { sources, problems } = readSources(folderOf(files), new Set(['lamp']));
  return { sources, problems: problems.map((each) => formatProblem({ ...each, file: path.basename(each.file) })) };
}

const NOTHING_SAID = new Map<string, string>();
function deviceOf(source: Source, topic: string) {
  const match = source.match(topic);
  return match && { device: match.deviceOf(NOTHING_SAID), metric: match.metric };
}

const home = { topic: 'home/{area}/{metric}', format: 'value', site: 'home', device: 'room' };

test('captures, constants and texts that hold captures make device and metric', () => {
  const source = sourceOf({ ...home, device: 'room-{area}' });
  expect(source.filter).toBe('home/+/+');
  expect(deviceOf(source, 'home/kitchen/temperature')).toEqual({
    device: { site: 'home', area: 'kitchen', device: 'room-kitchen' },
    metric: 'temperature',
  });
});

test('a topic without a metric leaves it to the payload', () => {
  const source = sourceOf({ topic: 'zigbee2mqtt/{device}', format: 'json', site: 'home', area: 'house' });
  expect(deviceOf(source, 'zigbee2mqtt/lamp')).toEqual({
    device: { site: 'home', area: 'house', device: 'lamp' },
    metric: null,
  });
});

test.each(['home/kitchen', 'home/kitchen/a/b', 'Home/kitchen/a', 'home', ''])('%j is not its topic', (topic) => {
  expect(sourceOf(home).match(topic)).toBeUndefined();
});

test.each([
  ['home/ky\u0000/a', "the area would be 'ky\u0000', and must be a letter or digit, then up to 63"],
  ['home//a', "the area would be '', and must be"],
  ['home/../a', "the area would be '..', and must be"],
  ['home/{area}/a', "the area would be '{area}', and must be"],
])('%j names no device: refused in words', (topic, words) => {
  expect(deviceOf(sourceOf(home), topic)?.device).toMatchObject({
    reason: 'topic',
    message: expect.stringContaining(words),
  });
});

test('a topic whose capture holds what is excepted is not meant', () => {
  const source = sourceOf({ ...home, except: { area: ['cellar'], metric: ['status', 'set'] } });
  const isMeant = (topic: string) => source.match(topic) !== undefined;
  expect(['home/kitchen/t', 'home/cellar/t', 'home/kitchen/set'].map(isMeant)).toEqual([true, false, false]);
  const { problems } = read({ 'a.json': JSON.stringify({ ...home, except: { room: ['x'] } }) });
  expect(problems).toEqual([expect.stringContaining('the topic has no capture {room}')]);
});

test('every problem is said at once with its place, and costs no other file', () => {
  const { sources, problems } = read({
    'a.json': '{\n  "topic": "home/+/{metric}",\n  "format": "valu",\n  "sites": "home"\n}',
    'b.json': '{ "topic": "x/{device}", "format": "json", "site": "home" }',
    'c.json': '{ "topic": "x/{device}", "format": "json", "site": "home", "area": "{room}" }',
    'd.json': '{ "topic": "x/{a}-{device}", "format": "json", "site": "home", "area": "a" }',
    'e.json': '{ "topic": ',
    'f.json': JSON.stringify(home),
    'g.json': '',
    'h.json': '{ "topic": "x/{device}", "format": "json", "site": "s", "area": "a",\n "metrics": { "x": "a,b" } }',
  });
  expect(sources.map((source) => source.filter)).toEqual(['home/+/+']);
  expect(problems.toSorted()).toEqual([
    'a.json:2:12: topic: write {name} for a level that varies, not + or #',
    expect.stringMatching(/^a\.json:3:13: format must be one of/),
    "a.json:4:3: unknown field 'sites'; did you mean 'site'?",
    'b.json:1:12: the area is not said: capture {area} in the topic or add "area"',
    'c.json:1:12: the topic has no capture {room}',
    'd.json:1:12: topic: a level holds at most one {capture}, of lower-case letters',
    'e.json:1:12: not valid JSON: close brace expected',
    'e.json:1:12: not valid JSON: value expected',
    'g.json:1:1: not valid JSON: value expected',
    expect.stringMatching(/^h\.json:2:20: metrics\.x: must be up to 128 letters/),
  ]);
});

test("an editor's dangling lock link is one problem, not the end", () => {
  const folder = folderOf({ 'a.json': JSON.stringify(home) });
  symlinkSync('nowhere', path.join(folder, 'sources', '.#a.json'));
  const { sources, problems } = readSources(folder, new Set());
  expect(sources).toHaveLength(1);
  expect(problems.map((each) => each.message)).toEqual(['cannot be read (ENOENT)']);
});

test('a folder that is not there has no sources', () => {
  expect(readSources('/nonexistent', new Set())).toMatchObject({ sources: [], problems: [] });
});
