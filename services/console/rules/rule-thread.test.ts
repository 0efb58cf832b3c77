import { rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '#runtime/log.ts';
import type { ProblemError } from '../http/problem.ts';
import type { Job } from './job.ts';
import { RuleThread } from './rule-thread.ts';
import { json, makeRulesFolder, TANK_HOT } from './testing.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function open(options: { readonly memoryMbMax?: number; readonly jobMsMax?: number } = {}) {
  const rulesDir = makeRulesFolder();
  closers.push(() => rmSync(rulesDir, { recursive: true }));
  const wait = (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal });
  const data = { rulesDir, store: { url: 'http://127.0.0.1:1', database: 'plant' } };
  const thread = new RuleThread({ name: 'tested', data, memoryMbMax: 256, log: silentLog(), wait, ...options });
  closers.push(() => thread[Symbol.asyncDispose]());
  return thread;
}

const forEver = new AbortController().signal;
const DIFF: Job = { kind: 'diff', wish: { file: 'tank-hot.json', text: json(TANK_HOT) } };

/** A test of very many samples: of so many series, each a hundred thousand long. */
function longTest(series: number): Job {
  const one = { device: 't1', model: 'tank', values: '85x99000' };
  const all = Array.from({ length: series }, (_, i) => ({ ...one, metric: i === 0 ? 'temperature' : `m${i}` }));
  const tests = [{ name: 'n', interval: '1s', series: all, expect: [{ at: '1s', instance: 't1', state: 'PENDING' }] }];
  return { kind: 'test', wish: { file: 'tank-hot.json', text: json(TANK_HOT), test: JSON.stringify({ tests }) } };
}

const problemOf = (job: Promise<string>) =>
  job.then(
    () => undefined,
    ({ statusCode, message }: ProblemError) => ({ statusCode, message }),
  );

test('a job that needs more memory than there is ends its thread, and the next one has a new one', async () => {
  const thread = open({ memoryMbMax: 64, jobMsMax: 110_000 });
  expect(await problemOf(thread.do(longTest(30), forEver))).toEqual({
    statusCode: 422,
    message: 'It needs more memory than it may have. Run fewer tests at once, or make their series shorter.',
  });
  expect(JSON.parse(await thread.do(DIFF, forEver))).toEqual({ sentences: [], state: null });
}, 120_000);

test('a job that hears nobody is ended with its thread, and the next one is not kept waiting by it', async () => {
  const thread = open({ jobMsMax: 1_200, memoryMbMax: 2_048 });
  // One test alone: between its samples nobody looks whether it is given up.
  expect(await problemOf(thread.do(longTest(60), forEver))).toMatchObject({ statusCode: 504 });
  expect(JSON.parse(await thread.do(DIFF, forEver))).toEqual({ sentences: [], state: null });
});

test('what waits is given up without having run, and what runs goes on', async () => {
  const thread = open();
  const running = thread.do(DIFF, forEver);
  const gone = new AbortController();
  const waiting = thread.do(DIFF, gone.signal);
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(thread.do(DIFF, gone.signal)).rejects.toThrow('gone');
  expect(JSON.parse(await running)).toMatchObject({ state: null });
});

test('the line is bounded, and whoever finds it full is told when to come again', async () => {
  const thread = open();
  const jobs = Array.from({ length: 20 }, () => problemOf(thread.do(DIFF, forEver)));
  const refused = (await Promise.all(jobs)).filter((each) => each !== undefined);
  expect(refused).toHaveLength(3);
  expect(refused[0]).toMatchObject({ statusCode: 503, message: expect.stringMatching(/Try again/) });
});

test('closing ends what runs and what waits', async () => {
  const thread = open();
  const jobs = [problemOf(thread.do(longTest(20), forEver)), problemOf(thread.do(DIFF, forEver))];
  await thread[Symbol.asyncDispose]();
  for (const job of jobs) expect(await job).toMatchObject({ statusCode: 503 });
  expect(await problemOf(thread.do(DIFF, forEver))).toMatchObject({ statusCode: 503 });
});
