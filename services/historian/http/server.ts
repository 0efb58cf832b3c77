// The historian's HTTP server: InfluxDB 1.x's API as far as writers, the console and Grafana use it. The only file of the
// historian that imports fastify's code.

import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController, type RouteHandlerMethod } from 'fastify';
import type { Log } from '#runtime/log.ts';
import { RequestError, sendError } from './answer.ts';
import { browserProblem } from './browser-guard.ts';
import type { HistorianParts } from './historian-parts.ts';
import { queryRoute } from './query-route.ts';
import { healthRoute, pingRoute, VERSION } from './status-routes.ts';
import { targetOfV1, targetOfV2, writeRoute } from './write-route.ts';

/** The head of a request is a few hundred bytes; whoever sends it byte by byte only wants to hold the connection. */
const HEAD_MS_MAX = 10_000;
/** How often the times are looked at. */
const LATE_CHECK_MS = 1_000;
/** Far above writers, consoles and dashboards of a plant. */
const CONNECTIONS_MAX = 2_000;

export function createServer(parts: HistorianParts, log: Log): FastifyInstance {
  const server: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    // A line per write would be a line per batch of the whole plant; metrics count them.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    requestTimeout: parts.requestTimeoutMs,
    http: {
      headersTimeout: Math.min(HEAD_MS_MAX, parts.requestTimeoutMs),
      connectionsCheckingInterval: LATE_CHECK_MS,
    },
  });
  server.server.maxConnections = CONNECTIONS_MAX;
  // Routes read bodies themselves (body.ts), once they know whether they want them.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, _payload, done) => done(null));
  server.addHook('onRequest', async ({ headers, url }, reply) => {
    // Fastify refuses what is no media type; `influx` sends an empty one, and here it means nothing anyway.
    delete headers['content-type'];
    reply.header('x-influxdb-version', VERSION).header('x-influxdb-build', 'OSS');
    const problem = browserProblem({ headers, url, needsLogin: parts.gate.asksWho });
    if (problem !== undefined) await sendError(reply, 403, problem);
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (!(error instanceof RequestError) && status >= 500) request.log.error({ err: error }, 'a request failed');
    if (status === 401) reply.header('www-authenticate', 'Basic realm="InfluxDB"');
    if (status === 503) reply.header('retry-after', '1');
    return sendError(reply, status, error.message);
  });
  server.setNotFoundHandler((_request, reply) => sendError(reply, 404, 'not found'));

  route(server, ['GET', 'HEAD'], '/ping', pingRoute);
  route(server, ['GET', 'HEAD'], '/status', pingRoute);
  route(server, ['GET'], '/health', healthRoute(parts));
  route(server, ['POST'], '/write', writeRoute(parts, targetOfV1));
  route(server, ['POST'], '/api/v2/write', writeRoute(parts, targetOfV2));
  route(server, ['GET', 'POST'], '/query', queryRoute(parts));
  return server;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

/** The methods that there are; OPTIONS says which, and the others are told. */
function route(server: FastifyInstance, methods: readonly Method[], url: string, handler: RouteHandlerMethod): void {
  const allow = [...methods, 'OPTIONS'].join(', ');
  server.route({ method: [...methods], url, handler });
  server.options(url, (_request, reply) => reply.header('allow', allow).send());
  server.route({
    method: METHODS.filter((method) => !methods.includes(method)),
    url,
    handler: (_request, reply) => sendError(reply.header('allow', allow), 405, 'Method Not Allowed'),
  });
}
