// What a mistake in a model refused is sent again once the model is mended, over HTTP and from the command line, on the real
// pipeline: nothing was lost, and the audit journal says who did it.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashPassword } from '#runtime/access/password-hash.ts';
import { writePrivateFile } from '#runtime/access/private-file.ts';
import { auditFolder } from '#runtime/audit-log/layout.ts';
import { readAudit } from '#runtime/audit-log/read-audit.ts';
import { openTestRejectedLog, rejectionOf } from '#runtime/rejected-log/testing.ts';
import type { RejectedGroupsView, ReplayView } from '../services/console/api/rejected.ts';
import { type Pipeline, startPipeline } from './support/pipeline.ts';
import { ROOT, run, until } from './support/processes.ts';

const PASSWORD = 'a password of the rejected test';
const TANK = 'plant/v1/lyon/tank-farm/tank-01/tele';
const LINE = 'reading,area=tank-farm,device=tank-02,metric=level,site=lyon value=42 1795355425172';

let pipeline: Pipeline;
let modelFile: string;
let cookie: string;

beforeAll(async () => {
  pipeline = await startPipeline({
    services: ['ingest', 'writer', 'console'],
    rules: (folder) => {
      cpSync(path.join(ROOT, 'rules'), folder, { recursive: true });
      modelFile = path.join(folder, 'models/tank-sensor.model.json');
    },
  });
  const users = { eva: { role: 'engineer', password: await hashPassword(PASSWORD) } };
  const file = path.join(pipeline.dataDir, 'access/users.json');
  const before = JSON.parse(readFileSync(file, 'utf8'));
  await writePrivateFile(file, JSON.stringify({ users: { ...before.users, ...users } }));
  cookie = await until('eva to be known', async () => {
    const answer = await ask('POST', 'login', { user: 'eva', password: PASSWORD });
    return answer.headers.get('set-cookie')?.split(';')[0];
  });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

async function ask(method: 'GET' | 'POST', what: string, body?: object): Promise<Response> {
  return await fetch(`${pipeline.consoleUrl}/api/${what}`, {
    method,
    headers: { cookie: cookie ?? '', 'x-penstock-page': '1', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}
const json = async <T>(answer: Promise<Response>) => (await (await answer).json()) as T;
const stored = (device: string, metric: string) =>
  pipeline.query(`SELECT "value" FROM "reading" WHERE "device" = '${device}' AND "metric" = '${metric}'`);

async function ordersIn(): Promise<[user: string | undefined, order: object][]> {
  const orders: [string | undefined, object][] = [];
  for await (const { record } of readAudit(auditFolder(pipeline.dataDir)))
    if (record.topic === 'rejected-op/v1/replay')
      orders.push([record.who.user, JSON.parse(record.payload?.text ?? '')]);
  return orders;
}

it('over HTTP: a group of what was refused is stored, once the model is mended', async () => {
  const device = await pipeline.client();
  // Each with a time of its own: what has none gets that of its replay, and these come within one millisecond.
  for (const value of [11, 12, 13])
    await device.publishAsync(TANK, JSON.stringify({ ts: Date.now() + value, turbidity: value }), { qos: 1 });
  const group = await until('the refusals', async () => {
    const { groups } = await json<RejectedGroupsView>(ask('GET', 'rejected/groups?device=lyon/tank-farm/tank-01'));
    return groups.find(({ reason, count }) => reason === 'metric' && count === 3);
  });
  expect(group.message).toContain("'turbidity'");
  const model = JSON.parse(readFileSync(modelFile, 'utf8'));
  model.metrics.turbidity = { unit: '1' };
  writeFileSync(modelFile, JSON.stringify(model));
  await pipeline.processes.get('ingest')?.[Symbol.asyncDispose]();
  await pipeline.restart('ingest');
  const what = { group: group.id };
  const foretold = await json<ReplayView>(ask('POST', 'rejected/replay', { ...what, dryRun: true }));
  expect([foretold.count, foretold.topics]).toEqual([3, [{ topic: TANK, count: 3 }]]);
  expect(await json<ReplayView>(ask('POST', 'rejected/replay', what))).toMatchObject({ count: 3, next: null });
  await until('what they say to be stored', async () => {
    const values = (await stored('tank-01', 'turbidity')).map(([, value]) => value);
    return [11, 12, 13].every((value) => values.includes(value)) || undefined;
  });
  expect(await ordersIn()).toMatchObject([
    ['replay', { op: 'replay', by: 'eva', role: 'engineer', what }],
    ['replay', { op: 'replayed', sent: 3, by: 'eva', what }],
  ]);
});

it('from the command line: a line that the store refused reaches the store, by the login for replays', async () => {
  await pipeline.processes.get('writer')?.[Symbol.asyncDispose]();
  rmSync(path.join(pipeline.dataDir, 'writer/rejected'), { recursive: true, force: true });
  {
    await using log = await openTestRejectedLog(pipeline.dataDir, { service: 'writer' });
    await log.put(rejectionOf(LINE, { topic: 'points/v1/7', refusals: [{ reason: 'store', message: 'no' }] }));
  }
  await pipeline.restart('writer');
  const words = ['rejected', 'replay', '--reason', 'store', '--data', pipeline.dataDir];
  const settings = ['--broker-port', String(pipeline.brokerPort)];
  const program = run(process.execPath, [path.join(ROOT, 'services/cli/main.ts'), ...words, ...settings]);
  await until('the command to end', () => program.child.exitCode ?? undefined);
  expect([program.child.exitCode, program.output()]).toEqual([0, expect.stringContaining('1 sent again')]);
  await until('the line to be stored', async () => (await stored('tank-02', 'level')).length > 0 || undefined);
  const [, ended] = (await ordersIn()).slice(-2);
  expect(ended).toMatchObject(['replay', { op: 'replayed', sent: 1, what: { reasons: ['store'] } }]);
});
