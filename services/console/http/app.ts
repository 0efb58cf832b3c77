// The console's HTTP server: the page, its API and its event stream. Everything it needs is handed in; it listens nowhere.

import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import { fastifySSE } from '@fastify/sse';
import { type FastifyInstance, type FastifySerializerCompiler, fastify, type onRequestAsyncHookHandler } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { ROLES, type Role } from '#domain/alarm.ts';
import type { Access } from '#runtime/access/access.ts';
import type { Bus } from '#runtime/bus.ts';
import type { Log } from '#runtime/log.ts';
import { VERSION } from '#runtime/process.ts';
import type { ConfigWatches } from '../devices/config-watches.ts';
import type { Models } from '../devices/fresh-models.ts';
import type { Tails } from '../devices/tails.ts';
import type { Live } from '../live/live.ts';
import type { Plant } from '../plant/plant.ts';
import type { RuleMarks } from '../plant/rule-marks.ts';
import type { KeptRejections } from '../rejected/kept-rejections.ts';
import type { Replays } from '../rejected/replays.ts';
import type { OpenWorkbench } from '../rules/open-workbench.ts';
import type { Store } from '../store/influx.ts';
import { addDocs, collectRoutes } from './docs/docs.ts';
import { demandRole, demandSummary } from './docs/manners.ts';
import { KnownAddresses } from './known-addresses.ts';
import { addPage } from './page.ts';
import { answerWithProblems, ProblemError } from './problem.ts';
import { refuseForeign } from './request-guard.ts';
import { addRevalidation } from './revalidation.ts';
import { alarmRoutes } from './routes/alarms.ts';
import { commandRoutes } from './routes/commands.ts';
import { deviceRoutes } from './routes/devices.ts';
import { eventRoutes } from './routes/events.ts';
import { historyRoutes } from './routes/history.ts';
import { pipelineRoutes } from './routes/pipeline.ts';
import { plantRoutes } from './routes/plant.ts';
import { rejectedRoutes } from './routes/rejected.ts';
import { ruleRoutes } from './routes/rules.ts';
import { loginRoutes, sessionRoutes } from './routes/session.ts';
import { trendRoutes } from './routes/trends.ts';
import { addSecurityHeaders } from './security.ts';
import type { Session, Sessions } from './session.ts';
import { sessionOf } from './session-of.ts';
import type { Tls } from './tls.ts';

export type AppParts = {
  readonly plant: Plant;
  readonly live: Live;
  /** What the device models say now. */
  readonly models: () => Models;
  readonly tails: Tails;
  readonly configs: ConfigWatches;
  readonly kept: KeptRejections;
  readonly replays: Replays;
  readonly rules: OpenWorkbench;
  readonly bus: Bus;
  readonly store: Store;
  readonly database: string;
  readonly ruleMarks: RuleMarks;
  readonly access: Pick<Access, 'identifyPerson' | 'hasPeople' | 'problem'>;
  readonly sessions: Sessions;
  /** What operations on alarms are signed with; the rules service has the same. */
  readonly operationsKey: string;
  readonly limits: { readonly loginsPerMinute: number; readonly requestsPerMinute: number };
  /** Whose word on who came to them is taken. */
  readonly trustedProxies: readonly string[];
  /** undefined for plain HTTP. */
  readonly tls?: Tls | undefined;
  readonly log: Log;
  readonly now: () => number;
  /** Settles after so many ms, or rejects once it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How often services tell their numbers; 0: never. */
  readonly numbersEveryMs: number;
  /** Folder of the built page. */
  readonly pageDir: string;
};

declare module 'fastify' {
  interface FastifyRequest {
    session: Session | null;
  }
  interface FastifyContextConfig {
    /** Who may ask this at all; each route behind the login says it. */
    least?: Role;
  }
}

/** A comment of 2,000 characters in any script, and the rest of an operation. */
const BODY_BYTES_MAX = 16 * 1024;
const MINUTE_MS = 60_000;

/** Answers are what their types say; to check each against its schema would cost more than to make it. Tests do. */
const unchecked: FastifySerializerCompiler<z.ZodType> = () => JSON.stringify;

export async function buildApp(parts: AppParts, compileSerializer = unchecked): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: 256 },
    trustProxy: parts.trustedProxies.length > 0 ? [...parts.trustedProxies] : false,
    ...(parts.tls === undefined ? {} : { https: { ...parts.tls, minVersion: 'TLSv1.2' } }),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(compileSerializer);
  // JSON alone: a form of another site can send text/plain without asking the browser's leave, but not JSON.
  app.removeContentTypeParser('text/plain');
  answerWithProblems(app, { log: parts.log, addresses: new KnownAddresses(app) });
  await collectRoutes(app, VERSION);
  addRevalidation(app);
  await addSecurityHeaders(app);
  await app.register(cookie, { secret: parts.sessions.key });
  await app.register(rateLimit, {
    max: parts.limits.requestsPerMinute,
    timeWindow: MINUTE_MS,
    errorResponseBuilder: (_request, { ttl }) =>
      new ProblemError(429, `Too many requests. Try again in ${Math.ceil(ttl / 1_000)} s.`, ttl),
  });
  await app.register(fastifySSE, { heartbeatInterval: 15_000 });
  app.decorateRequest('session', null);
  app.addHook('preClose', async () => {
    parts.live.closeAll(); // an open stream would hold the server for ever
    parts.tails.closeAll();
    parts.configs.closeAll();
    parts.replays[Symbol.dispose]();
    await parts.rules.workbench[Symbol.asyncDispose]();
  });
  const guard = guardOf(parts);
  await addDocs(app, guard);
  await app.register(async (open) => {
    demandSummary(open);
    await open.register(loginRoutes(parts), { prefix: '/api' });
  });
  await app.register(async (guarded) => {
    demandSummary(guarded);
    demandRole(guarded);
    guarded.addHook('onRequest', guard);
    for (const routes of [
      sessionRoutes,
      alarmRoutes,
      plantRoutes,
      deviceRoutes,
      commandRoutes,
      rejectedRoutes,
      historyRoutes,
      trendRoutes,
      eventRoutes,
      ruleRoutes,
      pipelineRoutes,
    ]) {
      await guarded.register(routes(parts), { prefix: '/api' });
    }
  });
  await addPage(app, parts.pageDir);
  return app;
}

/** Lets in who is logged in and may ask what the route is. */
function guardOf({ sessions }: AppParts): onRequestAsyncHookHandler {
  return async (request, reply) => {
    reply.header('cache-control', 'no-store');
    refuseForeign(request);
    request.session = sessionOf(request, sessions);
    if (request.session === null) throw new ProblemError(401, 'Log in first.');
    refuseLesser(request.session, request.routeOptions.config.least);
  };
}

/** @throws ProblemError 403 */
function refuseLesser({ user, role }: Session, least: Role = 'admin'): void {
  if (ROLES.indexOf(role) >= ROLES.indexOf(least)) return;
  throw new ProblemError(403, `${user} is logged in as ${role}; this needs the role ${least}.`);
}
