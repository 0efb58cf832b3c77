// Who may come in, and what they may do then.

import type { FastifyRequest } from 'fastify';
import { isLoopback } from '#runtime/sections.ts';
import type { Credentials, Login } from '../auth/login.ts';
import { type Access, ANYBODY } from '../influxql/access.ts';
import { RequestError } from './answer.ts';
import { headerCredentials, NO_CREDENTIALS, parameterCredentials } from './credentials.ts';

export type Gate = {
  readonly asksWho: boolean;
  /** @throws RequestError 401 where the login is wrong or missing, 503 where too many are being checked */
  admit(credentials: Credentials | undefined, isLocal: boolean): Promise<Access>;
};

export const OPEN_GATE: Gate = { asksWho: false, admit: async () => ANYBODY };

/** While there is no admin, somebody on this machine may come in without a login and make the first one. */
export function guardedGate(login: Login, hasAdmin: () => boolean): Gate {
  return {
    asksWho: true,
    async admit(credentials, isLocal) {
      const answer = credentials === undefined ? undefined : await login.check(credentials);
      if (answer?.kind === 'user') {
        const { name, isAdmin, grants } = answer.user;
        return { kind: 'user', name, isAdmin, grants };
      }
      if (answer?.kind === 'busy') throw new RequestError(503, 'too many logins are being checked');
      if (isLocal && !hasAdmin()) return { kind: 'first' };
      throw new RequestError(401, answer === undefined ? NO_CREDENTIALS : 'authorization failed');
    },
  };
}

/** The request's own login; the URL goes before the header, as in InfluxDB. */
export function credentialsOf(request: FastifyRequest, query: URLSearchParams): Credentials | undefined {
  return parameterCredentials(query) ?? headerCredentials(request.headers.authorization);
}

export function isLocal({ socket }: FastifyRequest): boolean {
  return isLoopback((socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
}
