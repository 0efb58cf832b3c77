// A store that is out of sorts on command: it stands before a real one, and while it is well it only passes requests on, and
// keeps account of every line that the store has taken, in the order in which they were taken.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Told of each line that the real store has taken. */
export type OnLine = (line: string) => void;

export type Mood =
  | { readonly kind: 'well' }
  /** Answers every write so, and stores nothing. */
  | { readonly kind: 'failing'; readonly status: number; readonly retryAfterS?: number }
  /** Takes requests and answers none of them, ever. */
  | { readonly kind: 'hanging' }
  /** As InfluxDB does it: stores the lines that are good and answers 400 with its words for the others. */
  | { readonly kind: 'choosy'; readonly isBad: (line: string) => boolean; readonly words: string };

export type WriteRequest = { readonly at: number; readonly status: number };

export class StoreFront implements AsyncDisposable {
  mood: Mood = { kind: 'well' };
  /** Writes that were answered, oldest first, with when they came (ms of the monotonic clock). */
  readonly writes: WriteRequest[] = [];
  /** Requests that got no answer and will get none. */
  hanging = 0;
  readonly #server: Server;
  readonly #onLine: OnLine;
  #targetUrl: string | undefined;

  constructor(onLine: OnLine = () => {}) {
    this.#onLine = onLine;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy()); // the real store is away: so are we
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where the real store is. */
  set targetUrl(url: string) {
    this.#targetUrl = url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    const body = await bodyOf(request);
    const isWrite = request.url?.startsWith('/write') === true;
    const { mood } = this;
    if (mood.kind === 'hanging') {
      this.hanging++;
      return;
    }
    if (isWrite && mood.kind === 'failing') {
      this.writes.push({ at, status: mood.status });
      const wait = mood.retryAfterS === undefined ? {} : { 'retry-after': String(mood.retryAfterS) };
      response.writeHead(mood.status, { 'content-type': 'application/json', ...wait });
      response.end(JSON.stringify({ error: `out of sorts (${mood.status})` }));
      return;
    }
    const lines = body.toString();
    const bad = isWrite && mood.kind === 'choosy' ? lines.split('\n').filter(mood.isBad) : [];
    const good =
      bad.length === 0
        ? lines
        : lines
            .split('\n')
            .filter((line) => !bad.includes(line))
            .join('\n');
    const answer = good === '' && bad.length > 0 ? undefined : await this.#pass(request, good);
    if (isWrite && answer?.status === 204) good.split('\n').forEach(this.#onLine);
    if (mood.kind === 'choosy' && bad.length > 0 && (answer === undefined || answer.status === 204)) {
      this.writes.push({ at, status: 400 });
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: `partial write: ${mood.words} dropped=${bad.length}` }));
      return;
    }
    if (answer === undefined) throw new Error('nothing to pass on');
    if (isWrite) this.writes.push({ at, status: answer.status });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  #pass(request: IncomingMessage, body: string): Promise<Response> {
    if (this.#targetUrl === undefined) throw new Error('the real store is not known yet');
    const headers = new Headers();
    for (const name of ['content-type', 'authorization', 'accept'])
      if (typeof request.headers[name] === 'string') headers.set(name, request.headers[name]);
    const method = request.method ?? 'GET';
    return fetch(`${this.#targetUrl}${request.url}`, { method, headers, ...(method === 'GET' ? {} : { body }) });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
