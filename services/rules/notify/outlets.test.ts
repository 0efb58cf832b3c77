import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { letterOf } from '../channels/testing.ts';
import { Notifier } from './notifier.ts';
import type { NotifyConfig } from './notify-files.ts';
import { sendOut } from './outlets.ts';
import { configOf, NOON, noticeOf } from './testing.ts';

const never = new AbortController().signal;

/** A server that says busy once, and then takes everything. */
async function serveHook() {
  const seen: { headers: IncomingHttpHeaders; body: { key: string; alarms: { instance: string }[] } }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    seen.push({ headers: request.headers, body: JSON.parse(text) });
    if (seen.length === 1) response.writeHead(503, { 'retry-after': '30' });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = { type: 'webhook', url: `http://127.0.0.1:${port}/x`, headers: {}, token: 'abc' } as const;
  const config: NotifyConfig = {
    ...configOf({ receivers: { a: [settings] } }),
    policy: { allowedHosts: ['127.0.0.1'], allowPrivate: true, allowHttp: true },
  };
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { seen, config, settings, [Symbol.dispose]: close };
}

test('a notice over the network: refused for a while, sent again when asked to, with the same key', async () => {
  using hook = await serveHook();
  const done: number[] = [];
  let tried = Promise.withResolvers<void>();
  const notifier = new Notifier({
    config: hook.config,
    send: sendOut,
    told: [],
    toldStore: { keep: () => {}, forget: () => {} },
    onDone: (id) => done.push(id),
    onSettled: () => {},
    onTry: () => tried.resolve(),
  });
  notifier.take(noticeOf(), 7);
  notifier.tick(NOON);
  await tried.promise;
  expect(notifier.problem()).toBe('a/webhook: 127.0.0.1 answered 503 (1 waiting)');
  tried = Promise.withResolvers<void>();
  notifier.tick(NOON + 29_999);
  notifier.tick(NOON + 30_000);
  await tried.promise;
  expect(done).toEqual([7]);
  expect(hook.seen).toHaveLength(2);
  expect(hook.seen[1]?.body).toEqual(hook.seen[0]?.body);
  expect(hook.seen[0]?.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'idempotency-key': hook.seen[0]?.body.key,
    authorization: 'Bearer abc',
  });
  notifier.close();
});

test('what the configuration does not allow never reaches the network', async () => {
  using hook = await serveHook();
  const config = { ...hook.config, policy: { ...hook.config.policy, allowPrivate: false } };
  const attempt = sendOut(letterOf(), { settings: hook.settings, config, signal: never });
  await expect(attempt).rejects.toMatchObject({
    message:
      '127.0.0.1 is 127.0.0.1, which is not reached from here; set allowPrivate to reach the networks of the plant',
    retryable: false,
  });
  expect(hook.seen).toEqual([]);
});

test('a mail without a mail server is refused for good', async () => {
  const settings = { type: 'email', to: 'a@example.org' } as const;
  await expect(sendOut(letterOf(), { settings, config: configOf(), signal: never })).rejects.toMatchObject({
    retryable: false,
  });
});
