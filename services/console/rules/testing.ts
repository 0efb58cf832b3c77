// What the tests of the rule workbench share: a rules folder, and a store with as many points as a test wants.

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const TANK_HOT = {
  $schema: './schemas/rule.schema.json',
  id: 'tank-hot',
  name: 'Tank hot',
  priority: 'high',
  scope: { model: 'tank' },
  groupBy: ['device'],
  inputs: { temp: { metric: 'temperature', unit: 'Cel' } },
  condition: { '>': [{ var: 'temp' }, 80] },
  deadband: 2,
  onDelay: '20s',
  offDelay: '10s',
  rationalisation: { cause: 'the valve sticks', consequence: 'it boils', response: 'close it', timeToRespond: '10m' },
};

export const TANK_HOT_TEST = {
  kind: 'RuleTest',
  tests: [
    {
      name: 'is told after its delay',
      interval: '5s',
      series: [{ device: 't1', model: 'tank', metric: 'temperature', values: '85x20' }],
      expect: [
        { at: '10s', instance: 't1', state: 'PENDING' },
        { at: '30s', instance: 't1', state: 'UNACK' },
      ],
    },
  ],
};

const MODEL = { model: 'tank', metrics: { temperature: { unit: 'Cel', interval: '5s' } } };

export const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** Of tanks t1 to t`devices`, with the files given besides. The caller removes it. */
export function makeRulesFolder(files: { readonly [name: string]: string } = {}, devices = 2): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'console-rules-'));
  const named = Object.fromEntries(Array.from({ length: devices }, (_, i) => [`t${i + 1}`, { model: 'tank' }]));
  const all = {
    'models/tank.model.json': json(MODEL),
    'devices/farm.json': json({ site: 'lyon', area: 'farm', devices: named }),
    'tank-hot.json': json(TANK_HOT),
    'tank-hot.test.json': json(TANK_HOT_TEST),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.join(dir, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}

export type FakeStore = {
  readonly url: string;
  readonly queries: string[];
  readonly close: () => Promise<void>;
};

type StoreOptions = {
  readonly intervalMs: number;
  readonly devices: number;
  readonly valueAt: (at: number, device: number) => number;
  /** Settles when a query may be answered. */
  readonly gate?: () => Promise<void>;
};

/** Answers what a backtest asks of an InfluxDB: readings of `temperature` between two moments, up to a limit. */
export async function openFakeStore({ intervalMs, devices, valueAt, gate }: StoreOptions): Promise<FakeStore> {
  const queries: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const query = new URLSearchParams(body).get('q') ?? '';
    queries.push(query);
    await gate?.();
    const number = (pattern: RegExp) => Number(pattern.exec(query)?.[1]);
    const [from, to] = [number(/time >= (-?\d+)ms/), number(/time < (-?\d+)ms/)];
    const limit = number(/LIMIT (\d+)/);
    const values: unknown[] = [];
    for (let at = Math.ceil(from / intervalMs) * intervalMs; at < to && values.length < limit; at += intervalMs)
      for (let i = 0; i < devices && values.length < limit; i++)
        values.push([at, valueAt(at, i), null, null, null, null, 'lyon', 'farm', `t${i + 1}`, 'temperature']);
    response.end(JSON.stringify({ results: [{ series: [{ values }] }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
