// The console's HTTP server: the page, its API and its event stream. Everything it needs is handed in; it listens nowhere.

import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import { fastifySSE } from '@fastify/sse';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Bus } from '#runtime/bus.ts';
import type { Log } from '#runtime/log.ts';
import type { Live } from '../live/live.ts';
import type { Plant } from '../plant/plant.ts';
import type { Store } from '../store/influx.ts';
import { addPage } from './page.ts';
import { answerWithProblems, ProblemError } from './problem.ts';
import { alarmRoutes } from './routes/alarms.ts';
import { eventRoutes } from './routes/events.ts';
import { historyRoutes } from './routes/history.ts';
import { plantRoutes } from './routes/plant.ts';
import { loginRoutes, sessionRoutes } from './routes/session.ts';
import { addSecurityHeaders } from './security.ts';
import { SESSION_COOKIE, type Session, type Sessions } from './session.ts';

export type AppParts = {
  readonly plant: Plant;
  readonly live: Live;
  readonly bus: Bus;
  readonly store: Store;
  readonly database: string;
  readonly sessions: Sessions;
  /** What operations on alarms are signed with; the rules service has the same. */
  readonly operationsKey: string;
  readonly limits: { readonly loginsPerMinute: number };
  readonly log: Log;
  readonly now: () => number;
  /** Settles after so many ms, or rejects once it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Folder of the built page. */
  readonly pageDir: string;
};

declare module 'fastify' {
  interface FastifyRequest {
    session: Session | null;
  }
}

/** A comment of 2,000 characters in any script, and the rest of an operation. */
const BODY_BYTES_MAX = 16 * 1024;

export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, routerOptions: { maxParamLength: 256 } });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // JSON alone: a form of another site can send text/plain without asking the browser's leave, but not JSON.
  app.removeContentTypeParser('text/plain');
  answerWithProblems(app, parts.log);
  await addSecurityHeaders(app);
  await app.register(cookie, { secret: parts.sessions.key });
  await app.register(rateLimit, { global: false });
  await app.register(fastifySSE, { heartbeatInterval: 15_000 });
  app.decorateRequest('session', null);
  app.addHook('preClose', async () => parts.live.closeAll()); // an open stream would hold the server for ever
  await app.register(loginRoutes(parts), { prefix: '/api' });
  await app.register(async (guarded) => {
    guarded.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      request.session = sessionOf(request, parts.sessions);
      if (request.session === null) throw new ProblemError(401, 'Log in first.');
    });
    for (const routes of [sessionRoutes, alarmRoutes, plantRoutes, historyRoutes, eventRoutes]) {
      await guarded.register(routes(parts), { prefix: '/api' });
    }
  });
  await addPage(app, parts.pageDir);
  return app;
}

type WithCookies = Pick<FastifyRequest, 'cookies' | 'unsignCookie'>;

function sessionOf(request: WithCookies, sessions: Sessions): Session | null {
  const signed = request.cookies[SESSION_COOKIE];
  if (signed === undefined) return null;
  const { valid, value } = request.unsignCookie(signed);
  return valid ? (sessions.parse(value) ?? null) : null;
}
