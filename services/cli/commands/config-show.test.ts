import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedCli } from '../testing.ts';
import { configShowCommand, type ShownSetting, settingsTable } from './config-show.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function show(env: NodeJS.ProcessEnv, settings: readonly string[], options: object = {}) {
  const cli = recordedCli(env);
  const call = { operands: [], options: { json: true, ...options }, settings };
  const exitCode = await configShowCommand.run(call, cli);
  const shown = () => JSON.parse(cli.said.out) as ShownSetting[];
  return { exitCode, said: cli.said, of: (name: string) => shown().find((each) => each.path === name) };
}

describe('config show', () => {
  it('says where each value came from: default, flag, environment, place in the file', async () => {
    const file = path.join(folder, 'penstock.json');
    writeFileSync(file, '{\n  "writer": { "metricsPort": 9204 },\n  "broker": { "port": 1 }\n}\n');
    const env = { PENSTOCK_CONSOLE_PORT: '8081', PENSTOCK_BROKER_PORT: '1884' };
    const { exitCode, of } = await show(env, ['--config', file, '--broker-port', '1885']);
    expect(exitCode).toBe(0);
    expect(of('broker.port')).toEqual({ path: 'broker.port', value: '1885', origin: 'flag --broker-port' });
    expect(of('console.port')).toMatchObject({ value: '8081', origin: 'environment PENSTOCK_CONSOLE_PORT' });
    expect(of('writer.metricsPort')).toMatchObject({ value: 9204, origin: `${file}:2:30` });
    expect(of('historian.port')).toMatchObject({ value: 8086, origin: 'default' });
    expect(of('broker.url')).toMatchObject({ value: null });
  });

  it('never shows a secret, neither as a setting nor within a URL', async () => {
    const env = { PENSTOCK_BROKER_PASSWORD: 'hush-1', PENSTOCK_BROKER_URL: 'mqtt://u:hush-2@broker.example' };
    const { said, of } = await show(env, ['--store-password', 'hush-3'], { effective: true });
    expect(said.out + said.err).not.toMatch(/hush/);
    expect(of('broker.password')).toMatchObject({ value: '********', origin: 'environment PENSTOCK_BROKER_PASSWORD' });
    expect(of('(broker)')).toMatchObject({ value: 'mqtt://u:********@broker.example', origin: 'external' });
    expect(of('(store)')).toMatchObject({ value: 'http://127.0.0.1:8086', origin: 'embedded historian' });
  });

  it('refuses what is wrong, all at once, with exit code 78', async () => {
    const { exitCode, said } = await show({ PENSTOCK_DATAA: 'x' }, ['--broker-port', 'many', '--wrtier-lanes', '2']);
    expect(exitCode).toBe(78);
    expect(said.out).toBe('');
    expect(said.err.trim().split('\n')).toHaveLength(3);
    expect(said.err).toContain('did you mean --writer-lanes?');
  });
});

it('settingsTable() aligns its columns', () => {
  const rows = [
    { path: 'data', value: 'data', origin: 'default' },
    { path: 'broker.url', value: null, origin: 'default' },
    { path: 'demo', value: false, origin: 'flag --demo' },
  ];
  expect(settingsTable(rows, (_, text) => text)).toBe(
    'data        data   default\nbroker.url  -      default\ndemo        false  flag --demo\n',
  );
});
