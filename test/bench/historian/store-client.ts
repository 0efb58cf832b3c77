// InfluxDB's HTTP API with as little of a client as there can be, the same for every store: connections that stay open, and
// answers that are read to their end. On node:http, since fetch() costs more than some of the answers that are measured.

import { Agent, request } from 'node:http';

export class StoreClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws Error in the words of the store where it did not take every line */
  async write(database: string, lines: Buffer): Promise<void> {
    const { status, text } = await this.#ask(`/write?db=${database}&rp=raw&precision=ms`, lines);
    if (status !== 204) throw new Error(`a write was answered ${status}: ${text.slice(0, 1_000)}`);
  }

  /** The text of the answer. @throws Error in the words of the store */
  async query(influxql: string): Promise<string> {
    const { status, text } = await this.#ask(`/query?epoch=ms&q=${encodeURIComponent(influxql)}`);
    if (status !== 200 || text.startsWith('{"error"') || text.includes('"error":'))
      throw new Error(`"${influxql}" was answered ${status}: ${text.slice(0, 1_000)}`);
    return text;
  }

  /** What is not a question. */
  async command(influxql: string): Promise<void> {
    const { status, text } = await this.#ask(`/query?q=${encodeURIComponent(influxql)}`, Buffer.alloc(0));
    if (status !== 200 || text.includes('"error":')) throw new Error(`"${influxql}" was answered ${status}: ${text}`);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #ask(path: string, body?: Buffer): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const method = body === undefined ? 'GET' : 'POST';
      const headers = body === undefined ? {} : { 'content-length': body.length };
      const asked = request({ host: '127.0.0.1', port: this.#port, path, method, headers, agent: this.#agent });
      asked.once('error', reject);
      asked.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      asked.end(body);
    });
  }
}
