import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTestFiles } from '#rules/testing/run-test-files.ts';
import type { Answers } from '../rules/ask-rule-wish.ts';
import { recordedCli } from '../testing.ts';
import { type Ask, newCommand } from './rules-new.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-new-'));
  mkdirSync(path.join(folder, 'models'));
  const metrics = { temperature: { unit: 'Cel', min: -20, max: 150, interval: '2s' }, running: { type: 'boolean' } };
  Object.assign(metrics, { 'speed/of fan': {} });
  writeFileSync(path.join(folder, 'models', 'tank.model.json'), JSON.stringify({ model: 'tank', metrics }));
});
afterEach(() => rmSync(folder, { recursive: true }));

const nobody: Ask = async () => {
  throw new Error('nobody is there to be asked');
};

async function create(options: Answers, ask?: Ask) {
  const cli = recordedCli({ PENSTOCK_RULES_DIR: folder });
  const command = newCommand(ask ?? nobody, () => ask !== undefined);
  const exitCode = await command.run({ operands: [], options, settings: [] }, cli);
  return { exitCode, out: cli.said.out, err: cli.said.err };
}

const read = (name: string) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Record<string, unknown>;
const written = () => readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('rules new', () => {
  it('writes a rule whose test passes, with what the model says and the deadband that is usual', async () => {
    const { exitCode, out } = await create({ metric: 'temperature', above: '80', model: 'tank' });
    expect(exitCode).toBe(0);
    expect(out.trim().split('\n')).toEqual([
      path.join(folder, 'temperature-above.json'),
      path.join(folder, 'temperature-above.test.json'),
    ]);
    expect(read('temperature-above.json')).toMatchObject({
      scope: { model: 'tank' },
      inputs: { value: { metric: 'temperature', unit: 'Cel', maxAge: '6s' } },
      params: { limit: { default: 80, unit: 'Cel' } },
      deadband: 1.7,
    });
    const { results } = runTestFiles([path.join(folder, 'temperature-above.test.json')]);
    expect(results.map(({ failures }) => failures)).toEqual([[], []]);
  });

  it.each<[options: Answers]>([
    [{ metric: 'temperature', below: '-5', deadband: '0' }],
    [{ metric: 'temperature', rising: '1.5', window: '1m' }],
    [{ metric: 'temperature', silent: '2m', priority: 'high', response: 'Look', timeToRespond: '10m' }],
    [{ metric: 'running', equals: 'false' }],
    [{ metric: 'speed/of fan', equals: '3', id: 'fan-3' }],
  ])('takes %j', async (options) => {
    expect(await create(options)).toMatchObject({ exitCode: 0, err: '' });
    expect(written()).toHaveLength(2);
  });

  it('tells what the validator warns of', async () => {
    const { exitCode, err } = await create({ metric: 'flow', above: '45' });
    expect([exitCode, err]).toEqual([0, "warning R019: no model has a metric 'flow'\n"]);
  });

  it('never overwrites, and then writes neither file', async () => {
    writeFileSync(path.join(folder, 'hot.test.json'), 'mine');
    const { exitCode, err } = await create({ metric: 'temperature', above: '80', id: 'hot' });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('hot.test.json is there already')]);
    expect(readFileSync(path.join(folder, 'hot.test.json'), 'utf8')).toBe('mine');
    expect(written()).toEqual(['hot.test.json']);
  });

  it.each<[options: Answers, problem: string]>([
    [{}, '--metric is missing'],
    [{ metric: 'temperature' }, 'say what to be alarmed of'],
    [{ metric: 'temperature', above: '80', below: '1' }, 'write two rules'],
    [{ metric: 'temprature', above: '80' }, "no model has a metric 'temprature'; did you mean 'temperature'?"],
    [{ metric: 'temperature', above: '80', model: 'tnak' }, "there is no model 'tnak'; did you mean 'tank'?"],
    [{ metric: 'temperature', above: 'eighty' }, '--above must be a number'],
    [{ metric: 'temperature', above: '' }, '--above must be a number'],
    [
      { metric: 'running', above: '80' },
      "--above compares with a number, and the model says that 'running' is a boolean",
    ],
    [
      { metric: 'running', equals: '1' },
      "--equals compares with a number, and the model says that 'running' is a boolean",
    ],
    [{ metric: 'temperature', above: '80', priority: 'urgent' }, '--priority is one of'],
    [{ metric: 'temperature', above: '80', priority: 'high' }, 'needs --response'],
    [{ metric: 'temperature', above: '80', id: '../../evil' }, '--id must be'],
    [{ metric: 'temperature', above: '0x10' }, '--above must be a number'],
    [{ metric: 'temperature', above: '200', model: 'tank' }, 'R003: the condition is always false'],
    [{ metric: 'temperature', above: '80', model: 'tank', unit: 'bar' }, 'R002: temperature comes in Cel'],
  ])('refuses %j', async (options, problem) => {
    const { exitCode, err } = await create(options);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(problem)]);
    expect(written()).toEqual([]);
  });

  it('asks a person for what is not said, with the metrics of the models', async () => {
    const { exitCode } = await create({ metric: 'temperature' }, async (given, { metrics, deadbandFor }) => {
      expect(metrics.map(({ metric, model }) => `${model}/${metric}`)).toEqual([
        'tank/temperature',
        'tank/running',
        'tank/speed/of fan',
      ]);
      expect(deadbandFor('temperature', 'tank')).toBe(1.7);
      return { ...given, below: '5' };
    });
    expect(exitCode).toBe(0);
    expect(written()).toContain('temperature-below.json');
  });

  it('writes nothing where the person gives up', async () => {
    expect((await create({}, async () => undefined)).exitCode).toBe(130);
    expect(written()).toEqual([]);
  });
});
