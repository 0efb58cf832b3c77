// The live stream: a snapshot, then changes. A browser that comes back says by Last-Event-ID what it has seen, and is told what came
// since; where that is too much, or too long ago, a fresh snapshot.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Viewer } from '../../live/hub.ts';
import type { AppParts } from '../app.ts';
import { ProblemError } from '../problem.ts';

/** How long a browser waits before it connects again. */
const RETRY_MS = 1_000;

/** Streams end when pages are closed. */
const AGAIN_MS = 10_000;

/** Far longer than any of ours. */
const eventId = z.string().max(100);
/** A browser that opens a stream anew, rather than the same one again, cannot send the header. */
const querystring = z.strictObject({ since: eventId.optional() });
const headers = z.looseObject({ 'last-event-id': eventId.optional() });

export function eventRoutes({ live, sessions }: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    // Frames come serialised, once for all viewers.
    const options = {
      config: { least: 'viewer' },
      sse: { kind: 'only', serializer: (data: string) => data },
      // A HEAD would open a stream that nobody reads.
      exposeHeadRoute: false,
      schema: {
        summary: 'What changes, as it changes',
        description: 'Server-sent events; which there are and how to come back after a break stands at the top.',
        ...{ querystring, headers },
        response: {
          200: { description: 'Events without end', content: { 'text/event-stream': { schema: z.string() } } },
        },
      },
    } as const;
    app.get('/events', options, (request, reply) => {
      const { session } = request;
      const user = session?.user ?? '';
      const full = live.whyFull(user);
      if (full !== undefined) throw new ProblemError(503, full, AGAIN_MS);
      const { sse, raw } = reply;
      const viewer: Viewer = {
        user,
        isOver: () => session === null || sessions.isOver(session),
        send: (frame) => sse.send({ ...frame, retry: RETRY_MS }),
        close: () => raw.destroy(),
      };
      sse.keepAlive();
      sse.onClose(() => live.leave(viewer));
      live.join(viewer, request.headers['last-event-id'] ?? request.query.since);
    });
  };
}
