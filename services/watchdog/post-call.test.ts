import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { retryOf, senderOf } from './post-call.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.close();
  if (server !== undefined) await once(server, 'close');
  server = undefined;
});

async function listen(status: number) {
  const bodies: unknown[] = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

const CALL = { isRaised: true, reason: 'rules is down', at: 0 };

it('posts what happened, in words and for programs', async () => {
  const { url, bodies } = await listen(204);
  const send = senderOf({ url, allowPrivate: true });
  await send?.(CALL);
  await send?.({ ...CALL, isRaised: false });
  expect(bodies).toEqual([
    {
      event: 'raised',
      reason: 'rules is down',
      at: '1970-01-01T00:00:00.000Z',
      text: 'Penstock: the pipeline does not answer: rules is down',
    },
    {
      event: 'returned',
      reason: 'rules is down',
      at: '1970-01-01T00:00:00.000Z',
      text: 'Penstock: the pipeline answers again. It was: rules is down',
    },
  ]);
});

it('reaches no private network that was not allowed, and does not try again', async () => {
  const { url, bodies } = await listen(204);
  const error = await senderOf({ url, allowPrivate: false })?.(CALL).catch((each: unknown) => each);
  expect(error).toBeInstanceOf(Error);
  expect(retryOf(error).retryable).toBe(false);
  expect(bodies).toEqual([]);
});

it('a server in trouble is tried again, one that refuses is not, and a mistake of ours is not', async () => {
  const busy = await listen(503);
  expect(retryOf(await senderOf({ ...busy, allowPrivate: true })?.(CALL).catch((each: unknown) => each))).toMatchObject(
    {
      retryable: true,
    },
  );
  server?.close();
  const deaf = await listen(404);
  expect(retryOf(await senderOf({ ...deaf, allowPrivate: true })?.(CALL).catch((each: unknown) => each))).toMatchObject(
    {
      retryable: false,
    },
  );
  expect(retryOf(new TypeError('ours'))).toEqual({ retryable: false });
});

it('without an address nobody is called', () => {
  expect(senderOf({ allowPrivate: true })).toBeUndefined();
});
