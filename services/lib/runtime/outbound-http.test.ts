import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  type HostAddress,
  OutboundError,
  type OutboundPolicy,
  outboundProblem,
  parseRetryAfter,
  post,
} from './outbound-http.ts';

const PLANT: OutboundPolicy = { allowedHosts: ['127.0.0.1', 'hook.test'], allowPrivate: true, allowHttp: true };
const PUBLIC: OutboundPolicy = { ...PLANT, allowPrivate: false };

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<{ port: number; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, server };
}

const loopback: HostAddress = { address: '127.0.0.1', family: 4 };

async function failure(attempt: Promise<unknown>): Promise<OutboundError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OutboundError) return error;
  throw new Error(`Expected an OutboundError, got ${String(error)}`);
}

test('post() sends body and headers, and gives the answer', async () => {
  const seen: { body: string; headers: IncomingHttpHeaders }[] = [];
  const { port } = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ body, headers: request.headers });
    response.writeHead(202).end('taken');
  });
  const answer = await post(`http://hook.test:${port}/x`, '{"é":1}', {
    policy: PLANT,
    headers: { 'content-type': 'application/json' },
    resolve: async () => [loopback],
  });
  expect(answer).toEqual({ status: 202, text: 'taken' });
  expect(seen).toMatchObject([
    {
      body: '{"é":1}',
      headers: { host: `hook.test:${port}`, 'content-type': 'application/json', 'content-length': '8' },
    },
  ]);
});

test.each([
  ['http://hook.test/', { ...PLANT, allowHttp: false }, 'hook.test is not reached over http; use https'],
  ['ftp://hook.test/', PLANT, 'hook.test is not reached over ftp; use https'],
  ['file:///etc/passwd', PLANT, ' is not reached over file; use https'],
  ['nonsense', PLANT, 'the address is no URL'],
  ['https://me:secret@hook.test/', PLANT, 'the address of hook.test holds a password; give it in a header'],
  ['https://hook.test.evil.org/', PLANT, 'hook.test.evil.org is not among the allowed hosts; add it to allowedHosts'],
  ['https://evil.org#@hook.test/', PLANT, 'evil.org is not among the allowed hosts; add it to allowedHosts'],
  [
    'https://evilhook.test/',
    { ...PLANT, allowedHosts: ['*.hook.test'] },
    'evilhook.test is not among the allowed hosts; add it to allowedHosts',
  ],
] as const)('%s is refused before anything is resolved', async (url, policy, message) => {
  const resolve = () => Promise.reject(new Error('was asked'));
  expect(await failure(post(url, '', { policy, resolve }))).toMatchObject({ message, retryable: false });
  expect(outboundProblem(url, policy)).toBe(message);
});

test('an allowed address has no problem', () => {
  expect(outboundProblem('https://hook.test/x', PUBLIC)).toBeUndefined();
  expect(outboundProblem('https://HOOK.test./x', PUBLIC)).toBeUndefined();
  expect(outboundProblem('https://a.hook.test/x', { ...PUBLIC, allowedHosts: ['*.hook.test'] })).toBeUndefined();
});

test.each([
  ['https://127.0.0.1/', '127.0.0.1'],
  ['https://2130706433/', '127.0.0.1'],
  ['https://0177.0.0.1/', '127.0.0.1'],
  ['https://0x7f.1/', '127.0.0.1'],
  ['https://127.1/', '127.0.0.1'],
  ['https://１２７.0.0.1/', '127.0.0.1'],
  ['https://[::1]/', '::1'],
  ['https://[::ffff:169.254.169.254]/latest/meta-data', '::ffff:a9fe:a9fe'],
  ['https://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ['https://169.254.169.254/', '169.254.169.254'],
  ['https://0.0.0.0/', '0.0.0.0'],
  ['https://[fd00:ec2::254]/', 'fd00:ec2::254'],
])('%s is refused though its host is allowed', async (url, address) => {
  const policy = { ...PUBLIC, allowedHosts: [address] };
  const error = await failure(post(url, '', { policy }));
  expect(error.message).toContain(`${address} is ${address}, which is not reached from here`);
  expect(error.retryable).toBe(false);
});

test.each(['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254', '0.0.0.0', '224.0.0.1', 'fe80::1'])(
  'a name that resolves to %s is refused even where private networks are allowed',
  async (address) => {
    const resolve = async () => [loopback, { address, family: address.includes(':') ? 6 : 4 }];
    const error = await failure(post('https://hook.test/', '', { policy: PLANT, resolve }));
    expect(error.message).toBe(`hook.test is ${address}, which is not reached from here`);
  },
);

test('a name is resolved once: a DNS that answers otherwise the second time leads nowhere else', async () => {
  let hits = 0;
  const { port } = await serve((_, response) => {
    hits++;
    response.end();
  });
  const answers = ['203.0.114.7', '127.0.0.1'];
  let asked = 0;
  const resolve = async () => [{ address: answers[asked++] ?? '127.0.0.1', family: 4 }];
  const url = `http://hook.test:${port}/`;
  // A public address that nobody answers from here: whatever becomes of it, loopback must not hear of it.
  const error = await failure(post(url, '', { policy: PUBLIC, resolve, timeoutMs: 300 }));
  expect(error.retryable).toBe(true);
  expect({ asked, hits }).toEqual({ asked: 1, hits: 0 });
  expect((await failure(post(url, '', { policy: PUBLIC, resolve }))).message).toBe(
    'hook.test is 127.0.0.1, which is not reached from here; set allowPrivate to reach the networks of the plant',
  );
  expect(hits).toBe(0);
});

test('a redirect to loopback is not followed', async () => {
  const paths: string[] = [];
  const { port } = await serve((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end();
  });
  const error = await failure(post(`http://127.0.0.1:${port}/`, '', { policy: PLANT }));
  expect(error.message).toBe('127.0.0.1 answered 302; redirects are not followed, give the address it leads to');
  expect(error.retryable).toBe(false);
  expect(paths).toEqual(['/']);
});

test.each([
  [400, false],
  [401, false],
  [404, false],
  [408, true],
  [413, false],
  [429, true],
  [500, true],
  [501, false],
  [503, true],
] as const)('status %i: whether it may go through later is %o', async (status, retryable) => {
  const { port } = await serve((_, response) =>
    response.writeHead(status, { 'retry-after': '7' }).end('no\n\u001b[31m'),
  );
  const error = await failure(post(`http://127.0.0.1:${port}/secret-path`, '', { policy: PLANT }));
  expect(error).toMatchObject({ message: `127.0.0.1 answered ${status}: no [31m`, retryable, retryAfterMs: 7_000 });
});

test('a server that accepts the connection and says nothing is given up after the time that was given', async () => {
  const { port } = await serve(() => {});
  const startedAt = performance.now();
  const error = await failure(post(`http://127.0.0.1:${port}/`, '', { policy: PLANT, timeoutMs: 100 }));
  expect(error).toMatchObject({ message: '127.0.0.1 did not answer in time', retryable: true });
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test('a resolver that never answers is given up too', async () => {
  const resolve = () => new Promise<never>(() => {});
  const error = await failure(post('https://hook.test/', '', { policy: PLANT, resolve, timeoutMs: 50 }));
  expect(error).toMatchObject({ message: 'hook.test did not answer in time', retryable: true });
});

test('a body that drips for ever ends with the time, and what was accepted stays accepted', async () => {
  const { port } = await serve((_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 10);
    response.once('close', () => clearInterval(timer));
  });
  const answer = await post(`http://127.0.0.1:${port}/`, '', { policy: PLANT, timeoutMs: 150 });
  expect(answer.status).toBe(200);
  expect(answer.text.length).toBeLessThan(100);
});

test('of a huge body 64 kB are read, and the connection is closed', async () => {
  const closed = Promise.withResolvers<number>();
  const { port, server } = await serve((_, response) => {
    response.writeHead(200);
    const more = () => {
      while (response.write('y'.repeat(16_384)));
    };
    response.on('drain', more);
    more();
  });
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {});
    socket.once('close', () => closed.resolve(socket.bytesWritten));
  });
  const answer = await post(`http://127.0.0.1:${port}/`, '', { policy: PLANT });
  expect(answer.text).toHaveLength(65_536);
  expect(await closed.promise).toBeLessThan(50_000_000);
});

test('nobody listens: it may go through later', async () => {
  const { port, server } = await serve(() => {});
  await new Promise((resolve) => server.close(resolve));
  expect(await failure(post(`http://127.0.0.1:${port}/`, '', { policy: PLANT }))).toMatchObject({
    message: '127.0.0.1 cannot be reached: ECONNREFUSED',
    retryable: true,
  });
});

test('the end of the process ends a request', async () => {
  const stop = new AbortController();
  const { port } = await serve(() => stop.abort());
  const error = await failure(post(`http://127.0.0.1:${port}/`, '', { policy: PLANT, signal: stop.signal }));
  expect(error.message).toBe('the request to 127.0.0.1 was given up');
});

test('no sentence bears the path, which is the secret of most hooks', async () => {
  const { port } = await serve((_, response) => response.writeHead(500).end());
  for (const url of [`http://127.0.0.1:${port}/T0/B0/canary`, 'https://evil.org/canary', 'https://x:canary@hook.test/'])
    expect((await failure(post(url, '', { policy: PLANT }))).message).not.toContain('canary');
});

test.each([
  [undefined, undefined],
  ['0', 0],
  ['120', 120_000],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000 - 1_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['-5', undefined],
  ['soon', undefined],
  ['99999999999999', undefined],
])('parseRetryAfter() of %o is %o', (text, expected) => {
  expect(parseRetryAfter(text, 1_000)).toBe(expected);
});

/** Made for hook.test and good for a hundred years; it protects nothing. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgo9azxoNwBwvyg+QC
L5458zUlCEsH2S6q0uMqvzcDl6qhRANCAAQoGac0iJMffl7RGys9tOapQ846ydGu
+aWzmB/5k8lMOOUviiiTyuk3qOuKj6Ics2Ifc92QLy+isM8rJ/TLtBnt
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUS+sBvgBVjg/QxwYf1sDq6KeuddYwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJaG9vay50ZXN0MCAXDTI2MTEyNDEyMDE0OFoYDzIxMjYxMDMx
MTIwMTQ4WjAUMRIwEAYDVQQDDAlob29rLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQoGac0iJMffl7RGys9tOapQ846ydGu+aWzmB/5k8lMOOUviiiTyuk3
qOuKj6Ics2Ifc92QLy+isM8rJ/TLtBnto2kwZzAdBgNVHQ4EFgQUUr6sVumzsrfT
J+tu9yQjbyhunwYwHwYDVR0jBBgwFoAUUr6sVumzsrfTJ+tu9yQjbyhunwYwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglob29rLnRlc3QwCgYIKoZIzj0EAwID
SAAwRQIgW6LSb047cCCCA6kdqrvZvsLdgIGIQdCaQwNTCe6g7iECIQC7BlO2aZmG
oM0wpEfonQF7VTMpGijlDVMfu9R7daoUBQ==
-----END CERTIFICATE-----`;

test('over https the certificate must be trusted and be that of the name', async () => {
  let hits = 0;
  const server = createTlsServer({ key: KEY, cert: CERTIFICATE }, (_, response) => {
    hits++;
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const policy = { ...PLANT, allowedHosts: ['*.test'], ca: CERTIFICATE };
  const resolve = async () => [loopback];
  const hook = `https://hook.test:${port}/`;
  expect(await post(hook, '', { policy, resolve })).toEqual({ status: 200, text: 'ok' });
  const untrusted = await failure(post(hook, '', { policy: { ...policy, ca: undefined }, resolve }));
  expect(untrusted.message).toBe('hook.test cannot be reached: DEPTH_ZERO_SELF_SIGNED_CERT');
  const otherName = await failure(post(`https://other.test:${port}/`, '', { policy, resolve }));
  expect(otherName.message).toBe('other.test cannot be reached: ERR_TLS_CERT_ALTNAME_INVALID');
  expect(hits).toBe(1);
});
