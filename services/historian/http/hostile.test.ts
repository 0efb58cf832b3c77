// Input that is meant to break the store, sent to the process itself: each gets a clear answer, memory stays bounded, and
// whoever writes beside it is answered.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts, ROOT, type Running, run, tempFolder, until } from '../../../test/support/processes.ts';

const MEGABYTE = 1_048_576;
/** A machine that is busy with others is slow; one that does not answer takes the whole time of the attack. */
const BESIDE_MS_MAX = 10_000;

const stack = new AsyncDisposableStack();
let historian: Running;
let url: string;
beforeAll(async () => {
  const [port, metricsPort] = await freePorts(2);
  url = `http://127.0.0.1:${port}`;
  const env = {
    PENSTOCK_DATA: stack.use(tempFolder()).path,
    PENSTOCK_HISTORIAN_PORT: String(port),
    PENSTOCK_HISTORIAN_METRICS_PORT: String(metricsPort),
    PENSTOCK_BROKER_PORT: '1',
  };
  historian = stack.use(run(process.execPath, [path.join(ROOT, 'services/historian/main.ts')], env));
  await until('the historian', async () => ((await fetch(`${url}/ping`)).status === 204 ? true : undefined));
  await query('CREATE DATABASE g');
});
afterAll(() => stack.disposeAsync());

async function query(q: string): Promise<string> {
  const body = new URLSearchParams({ db: 'g', epoch: 'ns', q });
  return (await fetch(`${url}/query`, { method: 'POST', body })).text();
}

/** As a client does that is told to come again. */
async function writeUntilTaken(body: string): Promise<Answer> {
  return until('room for a body', async () => {
    const answer = await write(body);
    return answer.status === 503 ? undefined : answer;
  });
}

type Answer = { readonly status: number; readonly text: string };

async function write(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${url}/write?db=g`, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}

/** The answers to an attack, beside which others write; each of those is stored, at once or with the second try it is told to make. */
async function attack(...attacks: readonly (() => Promise<Answer>)[]): Promise<readonly Answer[]> {
  let isOver = false;
  const running = Promise.all(attacks.map((each) => each())).finally(() => {
    isOver = true;
  });
  do {
    const startedAt = performance.now();
    await until('a write beside it', async () => ((await write('beside v=1')).status === 204 ? true : undefined));
    expect(performance.now() - startedAt).toBeLessThan(BESIDE_MS_MAX);
  } while (!isOver);
  return running;
}

/** Most that the process has held; 0 where the system does not tell. */
function peakMegabytes(): number {
  try {
    const [, kilobytes = 0] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${historian.child.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1_024;
  } catch {
    return 0;
  }
}

test('a bomb of 1 GB in gzip, alone and ten at once', async () => {
  const member = gzipSync(Buffer.alloc(16 * MEGABYTE, 'm v=1 1\n'));
  const bomb = new Uint8Array(Buffer.concat(Array<Buffer>(64).fill(member)));
  const send = () => write(bomb, { 'content-encoding': 'gzip' });
  expect(await attack(send)).toEqual([{ status: 413, text: '{"error":"Request Entity Too Large"}\n' }]);
  const answers = await attack(...Array<typeof send>(10).fill(send));
  expect(answers.every(({ status }) => status === 413 || status === 503)).toBe(true);
  expect(peakMegabytes()).toBeLessThan(512);
});

test('a line with 10,000 tags', async () => {
  const tags = Array.from({ length: 10_000 }, (_, i) => `,tag${i}=value${i}`).join('');
  const [answer] = await attack(() => write(`many${tags} v=1 1\nbehind v=1 1`));
  expect(answer?.status).toBe(400);
  expect(answer?.text).toMatch(/max key length exceeded: \d+ > 65535 dropped=0/);
  expect(await query('SELECT v FROM behind')).toContain('[[0,1]]');
});

test('a line of 20 MB, good and bad', async () => {
  const [good, bad] = await attack(
    () => writeUntilTaken(`huge s="${'x'.repeat(20_000_000)}" 1000`),
    () => writeUntilTaken(`huge ${'x'.repeat(20_000_000)}\nbeside_huge v=1 1000`),
  );
  expect(good).toEqual({ status: 204, text: '' });
  expect(bad?.status).toBe(400);
  expect(bad?.text.length).toBeLessThan(2_000);
  expect(await query('SELECT v FROM beside_huge')).toContain('[[1000,1]]');
});

test('a number of ten million digits', async () => {
  const digits = '7'.repeat(10_000_000);
  const [field, time] = await attack(
    () => writeUntilTaken(`digits v=${digits}i 1`),
    () => writeUntilTaken(`digits v=1 ${digits}`),
  );
  expect([field?.status, time?.status]).toEqual([400, 400]);
  expect(field?.text).toContain(': unable to parse integer 777');
});

test('the ends of int64, and nanoseconds, come back as they were written', async () => {
  const body = ['9223372036854775807', '-9223372036854775808', '9007199254740993'].map(
    (v, i) => `ints v=${v}i ${i}000`,
  );
  expect((await write(body.join('\n'))).status).toBe(204);
  expect(await query('SELECT v FROM ints')).toContain(
    '[[0,9223372036854775807],[1000,-9223372036854775808],[2000,9007199254740993]]',
  );
  expect((await write('ints v=9223372036854775808i 1')).status).toBe(400);
});

test('a newline in a tag ends the line there, escaped or not: nothing of it is stored, and the good line is', async () => {
  const { status } = await write('nl,t=a\nb v=1 1000\nnl,t=c\\\nd v=1 1000\nnl,t=good v=1 1000');
  expect(status).toBe(400);
  expect(await query('SHOW TAG VALUES FROM nl WITH KEY = t')).toContain('"values":[["t","good"]]');
});

test('bytes that are no UTF-8 cost their line, and no other', async () => {
  const bad = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80]].flatMap((bytes) => [
    ...Buffer.from('utf,t='),
    ...bytes,
    ...Buffer.from(' v=1 1000\n'),
  ]);
  const { status, text } = await write(new Uint8Array([...bad, ...Buffer.from('utf,t=ü v=1 1000\n')]));
  expect(status).toBe(400);
  expect(text.match(/invalid UTF-8/g)).toHaveLength(4);
  expect(await query('SHOW TAG VALUES FROM utf WITH KEY = t')).toContain('"values":[["t","ü"]]');
});

test('after all of it the store answers, and has held less than 512 MB', async () => {
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect(peakMegabytes()).toBeLessThan(512);
});

// Each of them is a track in the catalogue from then on, of some two kilobytes.
test('100,000 fields in a line', async () => {
  const fields = Array.from({ length: 100_000 }, (_, i) => `f${i}=1`).join(',');
  const [answer] = await attack(() => write(`wide ${fields} 1000`));
  expect(answer).toEqual({ status: 204, text: '' });
  expect(await query('SELECT f99999 FROM wide')).toContain('[[1000,1]]');
});
