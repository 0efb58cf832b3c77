import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeOf, findingsText } from '../commands/doctor.ts';
import { type AllSettings, readSettings } from '../settings.ts';
import { recordedCli } from '../testing.ts';
import { checkBroker } from './broker.ts';
import type { Finding, Patient } from './finding.ts';
import { checkClock, checkDataFolder, checkNode } from './machine.ts';
import { checkPorts } from './ports.ts';
import { checkRulesFolder } from './rules-folder.ts';
import { checkServices } from './services.ts';
import { checkStore, skewFindings } from './store.ts';

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-doctor-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  if (server !== undefined) await new Promise((resolve) => server?.close(resolve));
  server = undefined;
});

function patient(words: readonly string[] = [], more: Partial<Patient> = {}): Patient {
  const loaded = readSettings(['--data', folder, ...words], recordedCli());
  if (typeof loaded === 'number') throw new Error('the settings of the test are wrong');
  return { config: loaded.config as AllSettings, nodeVersion: 'v24.21.0', cli: recordedCli(), ...more };
}

async function listen(answer: (path: string) => { status: number; headers?: object; body?: object }): Promise<number> {
  server = createServer((request, response) => {
    const { status, headers = {}, body = {} } = answer(request.url ?? '');
    response.writeHead(status, { ...headers }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const statuses = (findings: readonly Finding[]) => findings.map(({ check, status }) => `${check} ${status}`);

describe('the machine', () => {
  it.each([
    ['v24.11.0', 'ok'],
    ['v26.0.1', 'ok'],
    ['v24.10.9', 'fail'],
    ['v20.20.0', 'fail'],
  ])('Node %s is %s', async (nodeVersion, status) => {
    expect(await checkNode(patient([], { nodeVersion }))).toMatchObject([{ status }]);
  });

  it('a data folder that is not there yet is fine; secrets that others can read are not', async () => {
    expect(statuses(await checkDataFolder(patient(['--data', path.join(folder, 'a/b')])))).toEqual(['data folder ok']);
    mkdirSync(path.join(folder, 'secrets'));
    chmodSync(path.join(folder, 'secrets'), 0o755);
    expect(statuses(await checkDataFolder(patient()))).toEqual(['data folder ok', 'secrets warn']);
    chmodSync(path.join(folder, 'secrets'), 0o700);
    expect(statuses(await checkDataFolder(patient()))).toEqual(['data folder ok']);
  });

  it('a data folder that is a file is no folder', async () => {
    const file = path.join(folder, 'plain-file');
    writeFileSync(file, '', { mode: 0o755 });
    const findings = await checkDataFolder(patient(['--data', file]));
    expect(findings).toMatchObject([{ status: 'fail', detail: expect.stringContaining('is not a folder') }]);
  });

  it('an emptied secret is found before a service refuses it', async () => {
    mkdirSync(path.join(folder, 'secrets'), { mode: 0o700 });
    writeFileSync(path.join(folder, 'secrets/operations-key'), '', { mode: 0o600 });
    const findings = await checkDataFolder(patient());
    expect(statuses(findings)).toEqual(['data folder ok', 'secrets fail']);
    expect(findings[1]).toMatchObject({ fix: expect.stringContaining('delete the file') });
  });

  it('a clock from before this software is wrong', async () => {
    const at = (now: number) => checkClock(patient([], { cli: { ...recordedCli(), now: () => now } }));
    expect(await at(0)).toMatchObject([{ status: 'fail', fix: expect.stringContaining('timedatectl') }]);
    expect(await at(Date.UTC(2026, 5))).toMatchObject([{ status: 'ok' }]);
  });
});

describe('the services', () => {
  const nobody = ['broker', 'historian', 'rules', 'writer', 'console', 'ingest', 'watchdog'].flatMap((name) => [
    `--${name}-metrics-port`,
    '0',
  ]);

  it('that none runs is a warning, not ok', async () => {
    const findings = await checkServices(patient(nobody));
    expect(findings).toMatchObject([{ status: 'warn', detail: expect.stringContaining('none is running') }]);
  });

  it('broken rules are not ok: the rules service says how many, and what does not run beside it is a warning', async () => {
    const body = { service: 'rules', problems: { rules: '16 problems in rule files' } };
    const port = await listen(() => ({ status: 503, body }));
    const findings = await checkServices(patient([...nobody, '--rules-metrics-port', String(port)]));
    const of = (name: string) => findings.find(({ check }) => check === `${name} service`);
    expect(of('rules')).toMatchObject({ status: 'fail', detail: 'not ready: rules: 16 problems in rule files' });
    expect(of('writer')).toMatchObject({ status: 'warn', detail: expect.stringContaining('not running') });
  });

  it('a stranger on the port of a service is not that service', async () => {
    const port = await listen(() => ({ status: 200, body: { service: 'other' } }));
    const findings = await checkServices(patient([...nobody, '--rules-metrics-port', String(port)]));
    expect(statuses(findings)).toEqual(['services warn']);
  });
});

describe('the rules folder', () => {
  it('counts rules, and names a bad rule or device file with its place', async () => {
    mkdirSync(path.join(folder, 'devices'));
    const rule = { id: 'a', inputs: { t: 'temperature' }, condition: { '>': [{ var: 't' }, 80] } };
    writeFileSync(path.join(folder, 'a.json'), JSON.stringify(rule));
    writeFileSync(path.join(folder, 'b.json'), JSON.stringify({ ...rule, id: 'b', delay: '5s' }));
    writeFileSync(path.join(folder, 'a.test.json'), '{}');
    writeFileSync(path.join(folder, 'devices/x.json'), '{\n  "sight": "lyon" }');
    const findings = await checkRulesFolder(patient(['--rules-dir', folder]));
    expect(findings[0]).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('1 rules and 0 devices in'),
    });
    expect(findings.slice(1).some(({ detail }) => detail.includes('x.json:2:3'))).toBe(true);
    expect(findings.slice(1).some(({ detail }) => /b\.json:1:\d+.*'delay'/.test(detail))).toBe(true);
  });

  it('fails where there is none', async () => {
    const findings = await checkRulesFolder(patient(['--rules-dir', path.join(folder, 'none')]));
    expect(findings).toMatchObject([{ status: 'fail', fix: expect.stringContaining('PENSTOCK_RULES_DIR') }]);
  });
});

describe('the outside', () => {
  it('a broker that does not answer is unreachable', async () => {
    const port = await listen(() => ({ status: 200 }));
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    const cli = { ...recordedCli(), sleep: async () => {} };
    const findings = await checkBroker(patient(['--broker-url', `mqtt://127.0.0.1:${port}`], { cli }));
    expect(findings).toMatchObject([{ status: 'fail', isUnreachable: true }]);
    expect(exitCodeOf(findings)).toBe(69);
  });

  it('a store answers /ping; another status is unreachable', async () => {
    const port = await listen((url) =>
      url === '/ping' ? { status: 204, headers: { 'x-influxdb-version': '1.6.7' } } : { status: 404 },
    );
    const found = await checkStore(patient(['--store-url', `http://127.0.0.1:${port}`]));
    expect(statuses(found)).toEqual(['store ok', 'clocks ok']);
    expect(found[0]?.detail).toContain('1.6.7');
    const elsewhere = await checkStore(patient(['--store-url', `http://127.0.0.1:${port}/influx`]));
    expect(elsewhere).toMatchObject([{ status: 'fail', detail: expect.stringContaining('404'), isUnreachable: true }]);
  });

  it.each([
    [2_000, 'ok'],
    [20_000, 'warn'],
    [90_000, 'fail'],
  ])('clocks %d ms apart: %s', (skewMs, status) => {
    const now = Date.UTC(2026, 0, 1);
    for (const sign of [-1, 1]) {
      expect(skewFindings(new Date(now + sign * skewMs).toUTCString(), now)).toMatchObject([{ status }]);
    }
  });

  it('tells a port of ours from a port of a stranger', async () => {
    const port = await listen(() => ({ status: 200, body: { service: 'console' } }));
    const zeros = ['--broker-url', 'mqtt://x', '--store-url', 'http://x', '--console-port', '0'];
    for (const name of ['ingest', 'rules', 'writer', 'watchdog']) zeros.push(`--${name}-metrics-port`, '0');
    const ofPort = async (words: readonly string[]) =>
      (await checkPorts(patient(words))).find(({ check }) => check === `port ${port}`);
    expect(await ofPort([...zeros, '--console-metrics-port', String(port)])).toMatchObject({
      status: 'ok',
      detail: 'held by the console that is running',
    });
    const stranger = [...zeros, '--console-metrics-port', '0', '--ingest-metrics-port', String(port)];
    expect(await ofPort(stranger)).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('PENSTOCK_INGEST_METRICS_PORT'),
    });
  });
});

it('findingsText() puts what to do below what is wrong', () => {
  const findings: Finding[] = [
    { check: 'node', status: 'ok', detail: 'v24' },
    { check: 'port 1', status: 'fail', detail: 'in use', fix: 'stop that' },
  ];
  expect(findingsText(findings, (_, text) => text)).toBe(
    'ok   node    v24\nfail port 1  in use\n             fix: stop that\n',
  );
  expect(exitCodeOf(findings)).toBe(1);
  expect(exitCodeOf(findings.slice(0, 1))).toBe(0);
});
