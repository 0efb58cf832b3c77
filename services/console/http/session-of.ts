import type { FastifyRequest } from 'fastify';
import { SESSION_COOKIE, type Session, type Sessions } from './session.ts';

type WithCookies = Pick<FastifyRequest, 'cookies' | 'unsignCookie'>;

/** Who sends the request, by its cookie; null for nobody. */
export function sessionOf(request: WithCookies, sessions: Sessions): Session | null {
  const signed = request.cookies[SESSION_COOKIE];
  if (signed === undefined) return null;
  const { valid, value } = request.unsignCookie(signed);
  return valid ? (sessions.parse(value) ?? null) : null;
}
