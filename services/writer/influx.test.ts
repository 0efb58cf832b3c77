import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePorts } from '../../test/support/processes.ts';
import { openInflux } from './influx.ts';
import { StoreError } from './store-error.ts';

type Request = { readonly url: string; readonly headers: NodeJS.Dict<string | string[]>; readonly body: string };
const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** A store of one answer, and what it was asked. */
async function serve(answer: RequestListener): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      requests.push({ url: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const json =
  (status: number, error: string, headers: object = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));
  };
const store = (url: string, database = 'plant') => openInflux({ url, database, keepRaw: '30d', timeoutMs: 5_000 });

/** The error of a write; undefined where it went through. */
const failure = (url: string): Promise<StoreError | undefined> =>
  store(url)
    .write('reading value=1 1', 'raw')
    .then(
      () => undefined,
      (error) => error as StoreError,
    );

describe('write()', () => {
  it('posts the lines as they are, in one request, with times in ms', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(204).end());
    const lines = 'reading,site=é value=1 1\nreading text="a\\nb" 2\nreading value=3 3';
    await openInflux({
      url,
      database: 'my plant&x',
      keepRaw: '30d',
      timeoutMs: 5_000,
      username: 'üser',
      password: 'p:ss',
    }).write(lines, 'raw');
    expect(requests).toMatchObject([{ url: '/write?db=my%20plant%26x&rp=raw&precision=ms', body: lines }]);
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('üser:p:ss').toString('base64')}`);
  });

  it.each<[title: string, answer: RequestListener, expected: Partial<StoreError>]>([
    [
      'a partial write',
      json(400, 'partial write: dropped=1'),
      { remedy: 'split', message: '400: partial write: dropped=1' },
    ],
    ['a missing database', json(404, 'database not found: "plant"'), { remedy: 'create' }],
    ['a missing retention policy', json(500, 'retention policy not found: raw'), { remedy: 'create' }],
    ['a wrong password', json(401, 'authorization failed'), { remedy: 'retry', message: '401: authorization failed' }],
    ['too much at once', json(429, 'slow down', { 'retry-after': '2' }), { remedy: 'retry', retryAfterMs: 2_000 }],
    [
      'an answer of 503 with a time',
      json(503, 'starting', { 'retry-after': '1' }),
      { remedy: 'retry', retryAfterMs: 1_000 },
    ],
    [
      'a date to wait for, by the clock of who says it',
      json(429, 'x', { date: 'Wed, 21 Oct 2026 07:27:00 GMT', 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }),
      { remedy: 'retry', retryAfterMs: 60_000 },
    ],
    ['a time to wait that is none', json(429, 'x', { 'retry-after': 'soon' }), { retryAfterMs: undefined }],
    [
      'lines that are named by number',
      (_, response) =>
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end('{"error":"partial write","data":[{"line_number":2,"error_message":"bad","original_line":"x"},{}]}'),
      { remedy: 'split', numbered: [{ number: 2, reason: 'bad' }] },
    ],
    ['a 200, which promises nothing', (_, response) => response.writeHead(200).end(), { remedy: 'retry' }],
    [
      'a proxy that has not seen a line',
      (_, response) =>
        response
          .writeHead(400, { 'content-type': 'text/html' })
          .end('<h1>The plain HTTP request was sent to HTTPS port</h1>'),
      { remedy: 'retry' },
    ],
    [
      'a proxy that finds it too large',
      (_, response) => response.writeHead(413).end('<h1>Too Large</h1>'),
      { remedy: 'split' },
    ],
    ['a connection that is reset', (request) => request.socket.resetAndDestroy(), { remedy: 'retry' }],
    [
      'a connection that breaks inside the answer',
      (_, response) => {
        response.writeHead(400, { 'content-type': 'application/json', 'content-length': 100 });
        response.write('{"error":', () => response.destroy());
      },
      { remedy: 'retry' },
    ],
  ])('%s', async (_, answer, expected) => {
    const { url } = await serve(answer);
    const error = await failure(url);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject(expected);
  });

  it('gives up on an answer that does not come', async () => {
    const { url } = await serve(() => {});
    const hanging = openInflux({ url, database: 'plant', keepRaw: '30d', timeoutMs: 50 }).write(
      'reading value=1 1',
      'raw',
    );
    await expect(hanging).rejects.toMatchObject({ remedy: 'retry', message: expect.stringContaining('timed out') });
  });

  it('says that nothing listens where nothing does', async () => {
    const [port = 0] = await freePorts(1);
    expect(await failure(`http://127.0.0.1:${port}`)).toMatchObject({
      remedy: 'retry',
      message: 'nothing listens at its address',
    });
  });

  it('keeps what people read of a long answer short, and all of it for the search for lines', async () => {
    const { url } = await serve(json(400, `unable to parse ${'x'.repeat(1_000_000)}`));
    const error = await failure(url);
    expect(error?.message.length).toBeLessThan(1_100);
    expect(error?.words.length).toBeGreaterThan(1_000_000);
  });
});

describe('query()', () => {
  it('gives the series of the answer, none where there are none, and throws what the statement came to', async () => {
    const answers = [
      '{"results":[{"statement_id":0,"series":[{"name":"reading","tags":{"area":"a"},"columns":["time","n"],"values":[[1,2]]}]}]}',
      '{"results":[{"statement_id":0}]}',
      '{"results":[{"statement_id":0,"error":"database not found: plant"}]}',
      '{"results":[{"statement_id":0,"error":"too many points"}]}',
    ];
    const { url, requests } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(answers.shift());
    });
    const ask = () => store(url, 'my plant').query('SELECT n FROM x');
    expect(await ask()).toEqual([{ tags: { area: 'a' }, columns: ['time', 'n'], values: [[1, 2]] }]);
    expect(await ask()).toEqual([]);
    await expect(ask()).rejects.toMatchObject({ remedy: 'create' });
    await expect(ask()).rejects.toMatchObject({ remedy: 'split', message: 'too many points' });
    expect(requests[0]).toMatchObject({ url: '/query?db=my+plant&epoch=ms', body: 'q=SELECT%20n%20FROM%20x' });
  });

  it('is to be asked again where the answer is cut off', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"results":[{"ser');
    });
    await expect(store(url).query('SELECT n FROM x')).rejects.toMatchObject({ remedy: 'retry' });
  });
});

describe('create()', () => {
  const statements = (requests: readonly Request[]) => requests.map(({ body }) => new URLSearchParams(body).get('q'));

  it('makes the database with its policies, names quoted', async () => {
    const { url, requests } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"results":[{"statement_id":0}]}');
    });
    expect(await store(url, 'a"b\\; DROP DATABASE x').create()).toEqual([]);
    expect(statements(requests)).toEqual([
      'CREATE DATABASE "a\\"b\\\\; DROP DATABASE x" WITH DURATION 30d REPLICATION 1 NAME "raw"',
      'CREATE RETENTION POLICY "raw" ON "a\\"b\\\\; DROP DATABASE x" DURATION 30d REPLICATION 1',
      'CREATE RETENTION POLICY "r1m" ON "a\\"b\\\\; DROP DATABASE x" DURATION 366d REPLICATION 1',
      'CREATE RETENTION POLICY "r1h" ON "a\\"b\\\\; DROP DATABASE x" DURATION INF REPLICATION 1',
    ]);
  });

  it('says what the store did not let us do', async () => {
    const { url } = await serve((_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"results":[{"statement_id":0,"error":"retention policy conflicts with an existing policy"}]}');
    });
    expect(await store(url).create()).toEqual(['retention policy conflicts with an existing policy']);
    const { url: closed } = await serve(json(403, 'not allowed'));
    await expect(store(closed).create()).rejects.toMatchObject({ remedy: 'retry', message: '403: not allowed' });
  });

  it('gives an older database of that name the policies that it lacks, and has then nothing to complain of', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(answers.shift());
    });
    const answers = [
      '{"results":[{"error":"retention policy conflicts with an existing policy"}]}',
      ...Array(3).fill('{"results":[{}]}'),
    ];
    expect(await store(url).create()).toEqual([]);
  });
});
