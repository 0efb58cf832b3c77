// Logging in, out, and asking who one is.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SessionView } from '../../api.ts';
import type { AppParts } from '../app.ts';
import { ProblemError } from '../problem.ts';
import { SESSION_COOKIE, type Session } from '../session.ts';

const MINUTE_MS = 60_000;

const login = z.strictObject({ user: z.string().max(256), password: z.string().max(1_024) });

/** `Secure` is left out: a browser would not send the cookie back over plain HTTP, which loopback speaks. */
const COOKIE = { path: '/', httpOnly: true, sameSite: 'strict' } as const;

export function loginRoutes({ sessions, limits }: AppParts): FastifyPluginAsyncZod {
  const limit = {
    max: limits.loginsPerMinute,
    timeWindow: MINUTE_MS,
    errorResponseBuilder: (_request: unknown, { ttl }: { ttl: number }) =>
      new ProblemError(429, `Too many attempts to log in. Try again in ${Math.ceil(ttl / 1000)} s.`),
  };
  return async (app) => {
    app.post('/login', { config: { rateLimit: limit }, schema: { body: login } }, (request, reply) => {
      const session = sessions.open(request.body);
      if (session === undefined) throw new ProblemError(401, 'The user or the password is wrong.');
      const expires = new Date(session.expiresAt);
      reply.setCookie(SESSION_COOKIE, sessions.format(session), { ...COOKIE, expires, signed: true });
      return reply.header('cache-control', 'no-store').send(viewOf(session));
    });
  };
}

export function sessionRoutes({ sessions, live }: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/session', ({ session }) => (session === null ? null : viewOf(session)));
    app.post('/logout', ({ session }, reply) => {
      if (session !== null) sessions.close(session);
      live.dropOver();
      return reply.clearCookie(SESSION_COOKIE, COOKIE).code(204).send();
    });
  };
}

function viewOf({ user, expiresAt }: Session): SessionView {
  return { user, expiresAt };
}
