// A rule that is saved from the console, on the real pipeline: the rules service takes it while it runs, and the console says so.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loginOf } from './support/logins.ts';
import { startPipeline } from './support/pipeline.ts';
import { until } from './support/processes.ts';

const PAGE = { 'x-penstock-page': '1', 'content-type': 'application/json' };
const FILE = 'tank-temp-high.json';

test('what is saved from the console runs within seconds, and a mistake is not saved', async () => {
  await using pipeline = await startPipeline({ services: ['rules', 'console'] });
  const { consoleUrl, dataDir } = pipeline;
  const { username: user, password } = loginOf(dataDir, 'root');
  const credentials = JSON.stringify({ user, password });
  const login = await fetch(`${consoleUrl}/api/login`, { method: 'POST', headers: PAGE, body: credentials });
  const headers = { ...PAGE, cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' };
  const get = async (url: string) => await (await fetch(`${consoleUrl}${url}`, { headers })).json();
  const put = async (text: string, etag: string) => {
    const body = JSON.stringify({ file: FILE, text });
    const answer = await fetch(`${consoleUrl}/api/rules/file`, {
      ...{ method: 'PUT', headers: { ...headers, 'if-match': etag }, body },
    });
    return { status: answer.status, body: await answer.json() };
  };
  const row = async () => (await get('/api/rules')).files.find(({ file }: { file: string }) => file === FILE);
  await until('the console to know what runs', async () => (await row()).runs !== null);
  const before = await row();
  expect(before.runs.rev).toBe(before.rev);

  const { text, etag } = await get(`/api/rules/file?name=${FILE}`);
  const name = /"name": "([^"]+)"/.exec(text)?.[1] ?? '';
  const saved = await put(text.replace(name, `${name}, as saved`), etag);
  expect(saved).toMatchObject({ status: 200, body: { reload: { outcome: 'taken' }, diff: { state: 'kept' } } });
  const after = await row();
  expect(after).toMatchObject({ name: `${name}, as saved`, runs: { rev: after.rev } });
  expect(after.rev).not.toBe(before.rev);

  const refused = await put(text.replace('"inputs"', '"imputs"'), saved.body.file.etag);
  expect(refused).toMatchObject({ status: 422, body: { findings: [{ file: FILE }, { suggestion: 'inputs' }] } });
  const onDisk = readFileSync(path.join(path.dirname(dataDir), 'rules', FILE), 'utf8');
  expect(onDisk).toBe(saved.body.file.text);
});
