// The whole stack on a Docker engine, as `docker compose up` starts it: a point from a device to InfluxDB 2, and every query of
// every dashboard through Grafana.

import path from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAll, contextOf } from '../../dashboards/build.ts';
import { askedQueries, choices } from '../../dashboards/check/asked-queries.ts';
import type { DashboardJson } from '../../dashboards/check/lint.ts';
import { ROOT, until } from '../support/processes.ts';
import { noEngine, type Stack, startStack } from './compose-stack.ts';
import { EMPTY_AT_FIRST, queryName } from './empty-at-first.ts';
import { type Grafana, openGrafana, rowsIn } from './grafana.ts';

const DEVICE = 'lyon/tank-farm/tank-09';
const built = buildAll(contextOf(path.join(ROOT, 'rules'))).map(({ text }) => JSON.parse(text) as DashboardJson);
const QUARTER_MS = 15 * 60_000;
const ROWS_MS_MAX = 240_000;
/** A trend asks points and roll-ups; points have no sums, so that of the two one has nothing to say. */
const OF_ROLL_UPS = 'sum("sum")';

const reason = noEngine();
describe.skipIf(reason !== undefined)(`docker compose up${reason === undefined ? '' : `: ${reason}`}`, () => {
  let stack: Stack;
  let grafana: Grafana;
  beforeAll(async () => {
    stack = await startStack();
    const password = await stack.compose('exec', '-T', 'grafana', 'cat', '/login/admin-password');
    grafana = openGrafana({ url: `http://127.0.0.1:${stack.ports.grafana}`, password });
    await until('Grafana', async () => (await grafana.isUp()) || undefined, 120_000);
    await until(
      'a first value of the simulated plant',
      async () => (await readTemperature(stack, 'tank-01')) ?? undefined,
      180_000,
    );
  }, 30 * 60_000);
  afterAll(async () => await stack?.[Symbol.asyncDispose](), 120_000);

  it('brings what a device publishes to InfluxDB', async () => {
    const { password } = JSON.parse(
      await stack.compose('run', '--rm', '-T', 'cli', 'device', 'add', DEVICE, '--json'),
    ) as { password: string };
    await publish(stack.ports.broker, password);
    expect(await until('the point', () => readTemperature(stack, 'tank-09'), 60_000)).toBe(41.5);
  }, 120_000);

  it('shows the console to who has the password of the first start', async () => {
    const [password = ''] = /[\w-]{24}$/m.exec(await stack.compose('logs', '--no-log-prefix', 'init')) ?? [];
    const answer = await fetch(`http://127.0.0.1:${stack.ports.console}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-penstock-page': '1' },
      body: JSON.stringify({ user: 'operator', password }),
    });
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ role: 'engineer' })]);
  });

  it('has every dashboard', async () => {
    expect((await grafana.uids()).sort()).toEqual(built.map(({ uid }) => uid).sort());
  });

  it.each(built.map(({ uid }) => uid))(
    '%s: Grafana answers every query',
    async (uid) => {
      const board = await grafana.dashboard(uid);
      // Rates need two numbers of a service, which tells them every 30 s.
      await until('rows', () => hasRows(grafana, board), ROWS_MS_MAX);
    },
    ROWS_MS_MAX + 120_000,
  );
});

/** @throws Error that names the queries without rows, of those that must have some */
async function hasRows(grafana: Grafana, board: DashboardJson): Promise<true> {
  const to = Date.now();
  const range = { from: to - QUARTER_MS, to };
  const rows = new Map<string, number>();
  for (const choice of await choices(board, (query) => grafana.ask(query, range), range))
    for (const { where, text } of askedQueries(board, choice, { range, tier: 'raw' })) {
      // Asked also where it may be empty: an error is none the less one.
      const answer = await grafana.ask(text, range);
      if (!text.includes(OF_ROLL_UPS)) rows.set(where, (rows.get(where) ?? 0) + rowsIn(answer, text));
    }
  const empty = [...rows.keys()].filter((where) => rows.get(where) === 0 && !EMPTY_AT_FIRST.has(queryName(where)));
  if (rows.size === 0 || empty.length > 0)
    throw new Error(`of ${rows.size} queries, these have no rows: ${empty.join('; ')}`);
  return true;
}

async function publish(port: number, password: string): Promise<void> {
  // The broker looks for new devices once a second.
  const client = await until('the login', () =>
    mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { username: DEVICE, password, reconnectPeriod: 0 }),
  );
  await client.publishAsync(`plant/v1/${DEVICE}/tele`, '{"temperature": 41.5}', { qos: 1 });
  await client.endAsync();
}

async function readTemperature({ compose, ports }: Stack, device: string): Promise<number | undefined> {
  const password = await compose('exec', '-T', 'influxdb', 'cat', '/login/grafana-password');
  const query = `SELECT last(value) FROM "plant"."raw"."reading" WHERE device = '${device}' AND metric = 'temperature'`;
  const answer = await fetch(
    `http://127.0.0.1:${ports.influxdb}/query?${new URLSearchParams({ db: 'plant', q: query })}`,
    {
      headers: { authorization: `Basic ${Buffer.from(`grafana:${password}`).toString('base64')}` },
    },
  );
  const { results } = (await answer.json()) as { results?: { series?: { values: [string, number][] }[] }[] };
  return results?.[0]?.series?.[0]?.values[0]?.[1];
}
