import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { maxAgeOf, readPlantFiles, requireRulesFolder } from './plant-files.ts';
import { thinningOf } from './thinning-model.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function read(files: Readonly<Record<string, unknown>>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'plant-'));
  folders.push(folder);
  for (const kind of ['models', 'devices']) mkdirSync(path.join(folder, kind));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  const { models, devices, problems } = readPlantFiles(folder);
  return {
    models,
    devices,
    problems: problems.map((each) => `${path.relative(folder, each.file)}:${each.line}: ${each.message}`),
  };
}

const tank = { model: 'tank', metrics: { level: { unit: 'm', min: 0, max: 10 } } };

test('the example plant of this repository has no problem', () => {
  const { models, devices, problems } = readPlantFiles('rules');
  expect(problems).toEqual([]);
  expect(models.size).toBeGreaterThan(0);
  expect(devices.get('lyon/tank-farm/tank-01')).toMatchObject({ model: 'tank-sensor', labels: { tank: 'T1' } });
});

test('models and devices are what their files say', () => {
  const { models, devices, problems } = read({
    'models/tank.model.json': tank,
    'models/notes.json': 'not a model',
    'devices/a.json': { site: 's', area: 'a', devices: { t1: { model: 'tank' }, t2: {} } },
  });
  expect(problems).toEqual([]);
  expect(models.get('tank')?.metrics.get('level')).toEqual({ type: 'number', unit: 'm', min: 0, max: 10 });
  expect([...devices]).toEqual([
    ['s/a/t1', { site: 's', area: 'a', device: 't1', model: 'tank', role: null, labels: {} }],
    ['s/a/t2', { site: 's', area: 'a', device: 't2', model: null, role: null, labels: {} }],
  ]);
});

test('every problem is said, and a bad file hides no good one', () => {
  const { models, devices, problems } = read({
    'models/a.model.json': tank,
    'models/b.model.json': tank,
    'models/c.model.json': { model: 'c', metrics: { x: { min: 5, max: 5 }, y: { interval: '5 s' }, 'a,b': {} } },
    'devices/a.json': { site: 's', area: 'a', devices: { t1: { model: 'tnk' }, t2: { model: 'tank' } } },
    'devices/b.json': { site: 's', area: 'a', devices: { t2: {}, 'a/b': {}, t3: { lables: {} } } },
    'devices/c.json': { site: 's', area: 'a', devices: { t2: {} } },
    'devices/d.json': '{',
  });
  expect([...models.keys()]).toEqual(['tank']);
  expect([...devices.keys()]).toEqual(['s/a/t2']);
  expect(problems).toEqual([
    expect.stringMatching(/^models\/c\.model\.json:1: .*min must be below max/),
    expect.stringMatching(/^models\/c\.model\.json:1: metrics\.y\.interval: must be a duration with one unit/),
    expect.stringMatching(/^models\/c\.model\.json:1: metrics\.a,b: /),
    expect.stringMatching(/^devices\/b\.json:1: devices\.a\/b: /),
    "devices/b.json:1: unknown field 'lables'; did you mean 'labels'?",
    'devices/d.json:1: not valid JSON: close brace expected',
    "models/b.model.json:1: model 'tank' is described twice",
    "devices/a.json:1: there is no model 'tnk'; did you mean 'tank'?",
    "devices/c.json:1: device 's/a/t2' is described twice",
  ]);
});

test.each([
  ['number', { changes: true }, 'changes: is for booleans and texts; say "deadband": 0 of a number'],
  ['boolean', { deadband: 1 }, 'deadband: is for numbers; say "changes": true of a boolean'],
  ['text', { swingingDoor: 0 }, 'swingingDoor: is for numbers; say "changes": true of a text'],
  ['number', {}, 'says nothing of what is kept; say one of deadband, swingingDoor, changes'],
  ['number', { deadband: 1, swingingDoor: 1 }, 'keep one of deadband, swingingDoor'],
  ['number', { deadband: 1, atLeastEvery: '2h' }, 'atLeastEvery: is too long: at most 1h'],
  ['number', { deadband: 1, atLeastEvery: '0s' }, 'atLeastEvery: must be longer than 0s'],
  ['number', { swingDoor: 1 }, "unknown field 'swingDoor'; did you mean 'swingingDoor'?"],
])('what is kept of a %s cannot be %j', (type, store, message) => {
  const { problems } = read({ 'models/a.model.json': { model: 'a', metrics: { x: { type, store } } } });
  expect(problems[0]).toContain(message);
});

test.each<[string, object, string | undefined]>([
  ['an argument', { equals: { arg: 'position' }, tolerance: 2 }, undefined],
  ['a value', { metric: 'isShut', equals: true }, undefined],
  ['an unknown metric', { metric: 'positon' }, "the model has no metric 'positon'; did you mean 'position'?"],
  ['a metric of every object', { metric: 'constructor' }, "the model has no metric 'constructor'"],
  [
    'an unknown argument',
    { equals: { arg: 'positon' } },
    "command 'set' has no argument 'positon'; did you mean 'position'?",
  ],
  ['an argument of every object', { equals: { arg: 'constructor' } }, "command 'set' has no argument 'constructor'"],
  ['an argument of another type', { metric: 'isShut' }, "is a number; metric 'isShut' is a boolean"],
  ['a value of another type', { equals: 'open' }, "is a text; metric 'position' is a number"],
  ['an argument in another unit', { equals: { arg: 'angle' } }, "is in deg; metric 'position' is in %"],
  ['a tolerance of no number', { metric: 'isShut', equals: true, tolerance: 1 }, 'is for numbers'],
])('what shows a command done by %s is checked', (_, verify, problem) => {
  const model = {
    model: 'valve',
    metrics: { position: { unit: '%' }, isShut: { type: 'boolean' } },
    commands: {
      set: {
        args: { position: { unit: '%' }, angle: { unit: 'deg', optional: true } },
        verify: { metric: 'position', equals: { arg: 'position' }, within: '30s', ...verify },
      },
    },
  };
  const { models, problems } = read({ 'models/valve.model.json': model });
  expect(problems).toEqual(problem === undefined ? [] : [expect.stringContaining(problem)]);
  expect(models.has('valve')).toBe(problem === undefined);
});

test('a model that admits unknown metrics may be shown by one', () => {
  const verify = { metric: 'other', equals: 1, within: '30s' };
  const model = { model: 'valve', metrics: {}, unknownMetrics: 'admit', commands: { set: { verify } } };
  expect(read({ 'models/valve.model.json': model }).problems).toEqual([]);
});

test('thinningOf() a metric is all in numbers, and nothing where its model asks for none', () => {
  const { models } = read({
    'models/a.model.json': {
      model: 'a',
      metrics: {
        level: { store: { swingingDoor: 0.5, atLeastEvery: '1m' }, deadband: 3 },
        flow: { store: { deadband: 0 } },
        running: { type: 'boolean', store: { changes: true } },
        other: { deadband: 3 },
      },
    },
  });
  const found = [...(models.get('a')?.metrics ?? [])].map(([name, metric]) => [name, thinningOf(metric)]);
  expect(Object.fromEntries(found)).toEqual({
    level: { kind: 'swingingDoor', within: 0.5, atLeastEveryMs: 60_000 },
    flow: { kind: 'deadband', within: 0, atLeastEveryMs: 600_000 },
    running: { kind: 'changes', within: 0, atLeastEveryMs: 600_000 },
    other: undefined,
  });
});

test('a rules folder that is not there is named with its setting; one without folders in it is enough', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plant-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'file'), '');
  const missing = path.join(folder, 'missing');
  expect(() => requireRulesFolder(missing)).toThrow(
    `the folder of rules ${missing} does not exist; create it or set PENSTOCK_RULES_DIR`,
  );
  expect(() => requireRulesFolder(path.join(folder, 'file'))).toThrow(/is no folder; create it or set/);
  expect(() => requireRulesFolder(folder)).not.toThrow();
});

test.each([
  ['5s', 15_000],
  ['200ms', 600],
  [undefined, 60_000],
])('maxAgeOf() a metric of interval %s is %i ms', (interval, ms) => {
  expect(maxAgeOf(interval === undefined ? {} : { interval })).toBe(ms);
  expect(maxAgeOf(undefined)).toBe(60_000);
});
