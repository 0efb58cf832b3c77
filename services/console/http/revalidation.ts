// Answers that a client already has are not sent again: every answer to a GET has a weak ETag, and If-None-Match with the same gets
// 304 [RFC 9110 13.1.2]. A route whose list has a revision says so before it makes the list; for all others the tag is a digest of
// the answer, which saves the way and not the work. Answers about a person are kept by nobody (`no-store`).

import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Live } from '../live/live.ts';
import type { Plant } from '../plant/plant.ts';
import { etagsIn } from './etag.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answers are about who asks: no browser keeps them. */
    isPersonal?: boolean;
    /** Of what it answers: the same while the answer is. Asked for before the answer is made. */
    revision?: () => string;
  }
}

/** The browser may keep it, and asks before it uses it: another person at the same screen may see less. */
const ASK_FIRST = 'private, no-cache';

export function addRevalidation(app: FastifyInstance): void {
  // Behind the hooks that let somebody in, and the check of the request.
  app.addHook('preHandler', async (request, reply) => {
    const revision = request.routeOptions.config.revision?.();
    if (revision === undefined) return;
    const tag = tagOf(revision);
    reply.header('etag', tag).header('cache-control', ASK_FIRST);
    if (matches(request, tag)) return reply.code(304).send();
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || !mayBeKept(request, reply)) return payload;
    const tag = reply.getHeader('etag') ?? tagOf(createHash('sha1').update(payload).digest('base64url'));
    reply.header('etag', tag).header('cache-control', ASK_FIRST);
    if (!matches(request, String(tag))) return payload;
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });
}

/** Of a list of the plant; of this process alone, which begins to count anew. */
export function revisionOf(
  { plant, live }: { readonly plant: Pick<Plant, 'revision'>; readonly live: Pick<Live, 'life'> },
  list: Parameters<Plant['revision']>[0],
): () => string {
  return () => `${live.life}-${plant.revision(list)}`;
}

function mayBeKept({ method, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return (method === 'GET' || method === 'HEAD') && statusCode === 200 && routeOptions.config.isPersonal !== true;
}

/** Weak: `now` within an answer may differ. */
function tagOf(text: string): string {
  return `W/"${text}"`;
}

/** Weak comparison [RFC 9110 8.8.3.2]. */
function matches({ headers }: FastifyRequest, tag: string): boolean {
  const asked = headers['if-none-match'];
  if (asked === undefined) return false;
  const tags = etagsIn(asked);
  return tags.includes('*') || etagsIn(tag).some((each) => tags.includes(each));
}
