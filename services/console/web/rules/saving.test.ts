import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { RuleFileView } from '../../api/rules.ts';

let saving: typeof import('./saving.ts');
let openWork: typeof import('./work.ts').openWork;
type Sent = { readonly method: string; readonly path: string; readonly headers: object; readonly body: unknown };
const sent: Sent[] = [];
const answers: { readonly [call: string]: () => Response } = {};

beforeAll(async () => {
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('location', { hash: '' });
  vi.stubGlobal('fetch', async (path: string, { method, headers, body }: RequestInit) => {
    sent.push({
      path,
      method: `${method}`,
      headers: { ...headers },
      body: body === undefined ? null : JSON.parse(`${body}`),
    });
    return (
      answers[`${method} ${path.replace(/\?.*/, '')}`] ?? (() => Response.json({ sentences: [], state: null }))
    )();
  });
  saving = await import('./saving.ts');
  ({ openWork } = await import('./work.ts'));
});
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  sent.length = 0;
  for (const call of Object.keys(answers)) Reflect.deleteProperty(answers, call);
});

const SAVED: RuleFileView = { file: 'a.json', text: '{"old": 1}', test: null, etag: '"1"' };
const problem = (status: number) => () => Response.json({ detail: `it is ${status}` }, { status });

async function asked() {
  const work = openWork('a.json', SAVED);
  work.text.value = '{"new": 1}';
  saving.askWhatChanges(work);
  await vi.waitFor(() => expect(work.save.value.is).toBe('asked'));
  const state = work.save.value;
  if (state.is !== 'asked') throw new Error(state.is);
  return { work, of: state.of };
}

it('asks anew once somebody has stopped typing, and writes only what was described', async () => {
  const { work, of } = await asked();
  sent.length = 0;
  for (const text of ['{"new": 2}', '{"new": 3}']) {
    work.text.value = text;
    saving.askAgain(work);
  }
  await saving.saveWork(work, of);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent.map(({ path, body }) => [path, body])).toEqual([
    ['api/rules/diff', { file: 'a.json', text: '{"new": 3}' }],
  ]);
  expect(work.save.value).toMatchObject({ is: 'asked', of: { text: '{"new": 3}' } });
});

it('asks nothing while nothing is looked at, or when everything is as it was', async () => {
  const { work } = await asked();
  sent.length = 0;
  work.text.value = SAVED.text;
  saving.askAgain(work);
  work.text.value = '{"new": 4}';
  saving.askAgain(work);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([sent, work.save.value]).toEqual([[], { is: 'idle' }]);
});

it('takes a file that somebody has taken away for a new one', async () => {
  const { work, of } = await asked();
  Object.assign(answers, { 'PUT api/rules/file': problem(412), 'GET api/rules/file': problem(404) });
  await saving.saveWork(work, of);
  expect([work.save.value, work.saved.value]).toEqual([{ is: 'gone' }, null]);
  await saving.saveWork(work, of);
  const headers = sent.filter(({ method }) => method === 'PUT').map((each) => each.headers);
  expect(headers).toMatchObject([{ 'if-match': '"1"' }, { 'if-none-match': '*' }]);
});

it('says why where what stands there cannot be read', async () => {
  const { work, of } = await asked();
  Object.assign(answers, { 'PUT api/rules/file': problem(412), 'GET api/rules/file': problem(503) });
  await saving.saveWork(work, of);
  expect([work.save.value, work.saved.value]).toEqual([{ is: 'failed', why: 'it is 412' }, SAVED]);
});
