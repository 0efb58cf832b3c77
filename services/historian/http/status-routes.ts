// Whether the store is there: what clients ask before anything else, without a login.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HistorianParts } from './historian-parts.ts';

// Clients look at this to decide what they may ask; what is answered here is what 1.8 answers.
export const VERSION = '1.8.10';

/** `/ping?verbose=true` is for proxies that take a 204 for a failure. */
export function pingRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const verbose = new URLSearchParams(request.url.split('?')[1] ?? '').get('verbose') ?? '';
  if (['', '0', 'false'].includes(verbose)) return reply.code(204).send();
  return reply.code(200).send({ version: VERSION });
}

export function healthRoute({ store }: HistorianParts) {
  return (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { problem } = store.status();
    const status = problem === undefined ? 'pass' : 'fail';
    const message = problem ?? 'ready for queries and writes';
    return reply
      .code(problem === undefined ? 200 : 503)
      .send({ checks: [], message, name: 'influxdb', status, version: VERSION });
  };
}
