// Who may come in, and what they may do then.

import type { FastifyRequest } from 'fastify';
import { isLoopback } from '#runtime/sections.ts';
import type { Credentials, LoginAnswer } from '../auth/login.ts';
import { type Access, ANYBODY } from '../influxql/access.ts';
import { RequestError } from './answer.ts';
import { headerCredentials, NO_CREDENTIALS, parameterCredentials } from './credentials.ts';

export type Gate = {
  readonly asksWho: boolean;
  /** @throws RequestError 401 where the login is wrong or missing, 503 where too many are being checked */
  admit(credentials: Credentials | undefined, caller: Caller): Promise<Access>;
};

export type Caller = { readonly address: string; readonly isLocal: boolean };

/** Checks a login, whoever keeps the users. */
export type Logins = { check(credentials: Credentials, address: string): Promise<LoginAnswer> };

export const OPEN_GATE: Gate = { asksWho: false, admit: async () => ANYBODY };

/** While there is no admin, somebody on this machine may come in without a login and make the first one. */
export function guardedGate(logins: Logins, hasAdmin: () => boolean): Gate {
  return {
    asksWho: true,
    async admit(credentials, { address, isLocal }) {
      const answer = credentials === undefined ? undefined : await logins.check(credentials, address);
      if (answer?.kind === 'user') return { kind: 'user', ...answer.user };
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

export function callerOf({ socket }: FastifyRequest): Caller {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return { address, isLocal: isLoopback(address) };
}
