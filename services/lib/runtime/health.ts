// /livez, /readyz and /metrics of every service. Live: the process answers. Ready: every named check is content;
// a check says undefined or what is wrong in words. Readiness depends on what the service needs to do its work, nothing more.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export type Check = () => string | undefined;

export class Health {
  readonly #checks = new Map<string, Check>();

  add(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  /** Names of failed checks with their words; empty where the service is ready. */
  problems(): Record<string, string> {
    const failed: Record<string, string> = {};
    for (const [name, check] of this.#checks) {
      const problem = check();
      if (problem !== undefined) failed[name] = problem;
    }
    return failed;
  }
}

export type HealthServerOptions = {
  readonly host: string;
  readonly port: number;
  readonly service: string;
  readonly version: string;
  readonly health: Health;
  readonly metrics: Metrics;
};

/** Listens and resolves with the port; rejects where the port is taken. */
export async function serveHealth(options: HealthServerOptions): Promise<AsyncDisposable & { readonly port: number }> {
  const { health, metrics, service, version } = options;
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const json = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify({ service, version, uptimeSeconds: Math.round(process.uptime()), ...body })}\n`);
    };
    if (path === '/livez') json(200, { status: 'ok' });
    else if (path === '/readyz' || path === '/healthz') {
      const problems = health.problems();
      const isReady = Object.keys(problems).length === 0;
      json(isReady ? 200 : 503, { status: isReady ? 'ok' : 'not ready', problems });
    } else if (path === '/metrics') {
      response.writeHead(200, { 'content-type': metrics.contentType });
      response.end(await metrics.text());
    } else json(404, { status: 'there are /livez, /readyz and /metrics' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
