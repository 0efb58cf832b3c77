// The historian's HTTP server: InfluxDB 1.x's API as far as writers, the console and Grafana use it. The only file of the
// historian that imports fastify's code.

import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Log } from '#runtime/log.ts';
import { sendError } from './answer.ts';
import { browserProblem } from './browser-guard.ts';
import type { HistorianParts } from './historian-parts.ts';
import { queryRoute } from './query-route.ts';
import { targetOfV1, targetOfV2, writeRoute } from './write-route.ts';

// Clients look at this to decide what they may ask; what is answered here is what 1.8 answers.
export const VERSION = '1.8.10';

export function createServer(parts: HistorianParts, log: Log): FastifyInstance {
  const server: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    // A line per write would be a line per batch of the whole plant; metrics count them.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: parts.maxBodyBytes,
    forceCloseConnections: 'idle',
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-influxdb-version', VERSION).header('x-influxdb-build', 'OSS');
    const problem = browserProblem(request.headers);
    if (problem !== undefined) await sendError(reply, 403, problem);
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'a request failed');
    return sendError(reply, status, status === 413 ? 'Request Entity Too Large' : error.message);
  });
  server.setNotFoundHandler((_request, reply) => sendError(reply, 404, 'not found'));

  server.route({ method: ['GET', 'HEAD'], url: '/ping', handler: (_request, reply) => reply.code(204).send() });
  server.get('/health', (_request, reply) => {
    const problem = parts.engine.problem();
    const status = problem === undefined ? 'pass' : 'fail';
    const message = problem ?? 'ready for queries and writes';
    return reply
      .code(problem === undefined ? 200 : 503)
      .send({ checks: [], message, name: 'influxdb', status, version: VERSION });
  });
  server.post('/write', writeRoute(parts, targetOfV1));
  server.post('/api/v2/write', writeRoute(parts, targetOfV2));
  server.route({ method: ['GET', 'POST'], url: '/query', handler: queryRoute(parts) });
  return server;
}
