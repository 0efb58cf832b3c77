// Logging in, out, and asking who one is.

import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LoginAnswer } from '#runtime/access/access.ts';
import type { LoginView, SessionView } from '../../api/http.ts';
import { loginView, sessionView } from '../../api/schemas/session.ts';
import type { AppParts } from '../app.ts';
import { ProblemError } from '../problem.ts';
import { refuseForeign } from '../request-guard.ts';
import { type Person, SESSION_COOKIE, type Session } from '../session.ts';
import { sessionOf } from '../session-of.ts';

const MINUTE_MS = 60_000;

const login = z.strictObject({ user: z.string().max(256), password: z.string().max(1_024) });

/** `secure` where the browser came by TLS; over plain HTTP it would not send such a cookie back. */
const cookieFor = (protocol: string) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: protocol === 'https' }) as const;

export function loginRoutes(parts: AppParts): FastifyPluginAsyncZod {
  const { access, sessions, limits, log } = parts;
  const rateLimit = {
    max: limits.loginsPerMinute,
    timeWindow: MINUTE_MS,
    errorResponseBuilder: (_request: unknown, { ttl }: { ttl: number }) => tooMany(ttl),
  };
  return async (app) => {
    const asked = {
      config: { isPersonal: true },
      schema: { summary: 'Whether anybody can log in', response: { 200: loginView } },
    };
    app.get('/login', asked, (_request, reply): LoginView => {
      reply.header('cache-control', 'no-store');
      if (access.hasPeople) return { people: 'there' };
      return { people: access.problem() === undefined ? 'nobody' : 'broken' };
    });
    const tried = {
      config: { rateLimit },
      schema: {
        summary: 'Log in; the answer sets the cookie of the session',
        body: login,
        response: { 200: sessionView },
      },
    };
    app.post('/login', tried, async (request, reply) => {
      refuseForeign(request);
      reply.header('cache-control', 'no-store');
      const { user, password } = request.body;
      const person = personIn(await access.identifyPerson({ name: user, secret: password }, request.ip));
      if (person === undefined) {
        log.warn({ user, address: request.ip }, 'login refused');
        throw new ProblemError(401, 'The user or the password is wrong.');
      }
      const before = sessionOf(request, sessions);
      if (before !== null) end(parts, before);
      const session = sessions.open(person);
      setCookie(reply, sessions.format(session), { expires: new Date(session.expiresAt), protocol: request.protocol });
      return viewOf(session);
    });
  };
}

export function sessionRoutes(parts: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    const asked = {
      config: { least: 'viewer', isPersonal: true },
      schema: { summary: 'Who is logged in', response: { 200: sessionView } },
    } as const;
    app.get('/session', asked, ({ session }) => {
      if (session === null) throw new ProblemError(401, 'Log in first.');
      return viewOf(session);
    });
    const ended = {
      config: { least: 'viewer' },
      schema: { summary: 'Log out; the cookie lets nobody in any more', response: { 204: z.null() } },
    } as const;
    app.post('/logout', ended, ({ session, protocol }, reply) => {
      if (session !== null) end(parts, session);
      reply.clearCookie(SESSION_COOKIE, cookieFor(protocol)).code(204).send(null);
    });
  };
}

/** @throws ProblemError where nothing was tried */
function personIn(answer: LoginAnswer): Person | undefined {
  if (answer.kind === 'later') throw tooMany(answer.waitMs);
  return answer.kind === 'known' && answer.identity.kind === 'person' ? answer.identity : undefined;
}

function tooMany(waitMs: number): ProblemError {
  return new ProblemError(429, `Too many attempts to log in. Try again in ${Math.ceil(waitMs / 1_000)} s.`, waitMs);
}

function setCookie(
  reply: FastifyReply,
  value: string,
  { expires, protocol }: { expires: Date; protocol: string },
): void {
  reply.setCookie(SESSION_COOKIE, value, { ...cookieFor(protocol), expires, signed: true });
}

function end({ sessions, live }: AppParts, session: Session): void {
  sessions.close(session);
  live.dropOver();
}

function viewOf({ user, role, expiresAt }: Session): SessionView {
  return { user, role, expiresAt };
}
