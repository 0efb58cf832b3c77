// The live stream: a snapshot, then changes. A browser that comes back (Last-Event-ID or not) gets a fresh snapshot: the
// plant's present is smaller than any past that would have to be kept for it.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Viewer } from '../../live/hub.ts';
import type { AppParts } from '../app.ts';

/** How long a browser waits before it connects again. */
const RETRY_MS = 1_000;

export function eventRoutes({ live, sessions }: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    // Frames come serialised, once for all viewers.
    const options = { config: { least: 'viewer' }, sse: { kind: 'only', serializer: (data: string) => data } } as const;
    app.get('/events', options, (request, reply) => {
      const { sse, raw } = reply;
      const { session } = request;
      let id = 0;
      const viewer: Viewer = {
        isOver: () => session === null || sessions.isOver(session),
        send: (frame) => sse.send({ ...frame, id: String(++id), retry: RETRY_MS }),
        close: () => raw.destroy(),
      };
      sse.keepAlive();
      sse.onClose(() => live.leave(viewer));
      live.join(viewer);
    });
  };
}
