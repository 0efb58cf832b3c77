// POST /write and /api/v2/write: line protocol in, 204 when it is on the disk. Good lines are stored whatever stands beside
// them; the answer to the others is worded as InfluxDB words it, because writers decide by these words.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WriteOutcome } from '../engine/engine.ts';
import { type Access, may } from '../influxql/access.ts';
import { RequestError } from './answer.ts';
import { readBody } from './body.ts';
import { callerOf, credentialsOf } from './gate.ts';
import type { HistorianParts } from './historian-parts.ts';

/** Where to write: the two APIs name it differently. */
export type Target = {
  readonly database: string;
  readonly policy: string | undefined;
  readonly precision: string;
};

export function targetOfV1(query: URLSearchParams): Target {
  return {
    database: query.get('db') ?? '',
    policy: query.get('rp') || undefined,
    precision: query.get('precision') ?? 'n',
  };
}

/** `bucket=plant/raw` is database and policy; the organisation means nothing here. */
export function targetOfV2(query: URLSearchParams): Target {
  const [database = '', policy] = (query.get('bucket') ?? '').split('/');
  return { database, policy: policy || undefined, precision: query.get('precision') ?? 'n' };
}

/** There is one copy of everything, so all of them mean the same. */
const CONSISTENCIES = ['', 'any', 'one', 'quorum', 'all'];

export function writeRoute(parts: HistorianParts, targetOf: (query: URLSearchParams) => Target) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const startedAt = parts.now();
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const access = await parts.gate.admit(credentialsOf(request, query), callerOf(request));
    const target = targetOf(query);
    refuseTarget(target, access, parts);
    if (!CONSISTENCIES.includes((query.get('consistency') ?? '').toLowerCase())) {
      throw new RequestError(400, 'invalid consistency level');
    }
    using body = await readBody(request.raw, parts.body);
    if (body.bytes.length === 0) return reply.code(204).send();
    const outcome = await parts.store.write({ ...target, body: body.bytes, nowUs: startedAt * 1_000 });
    parts.meters.writeSeconds.observe((parts.now() - startedAt) / 1_000);
    refuseOutcome(outcome, parts);
    return reply.code(204).send();
  };
}

/** Before the body is read, in InfluxDB's order. */
function refuseTarget({ database }: Target, access: Access, { store }: HistorianParts): void {
  if (database === '') throw new RequestError(400, 'database is required');
  if (!store.status().databases.includes(database)) throw notFound(database);
  if (may(access, 'WRITE', database)) return;
  const who = access.kind === 'user' ? `${JSON.stringify(access.name)} user is not authorized` : 'user is required';
  throw new RequestError(403, `${who} to write to database ${JSON.stringify(database)}`);
}

function refuseOutcome(outcome: WriteOutcome, { meters }: HistorianParts): void {
  if (outcome.kind === 'no-database') throw notFound(outcome.name);
  if (outcome.kind === 'no-policy') throw new RequestError(500, `retention policy not found: ${outcome.name}`);
  const { stored, dropped, reason, unreadable, problems } = outcome;
  meters.points.inc(stored);
  meters.badLines.inc({ reason: 'syntax' }, unreadable);
  meters.badLines.inc({ reason: 'refused' }, dropped);
  if (dropped > 0) throw new RequestError(400, `partial write: ${reason} dropped=${dropped}`);
  if (unreadable > 0) throw new RequestError(400, stored === 0 ? problems : `partial write: ${problems} dropped=0`);
}

function notFound(database: string): RequestError {
  return new RequestError(404, `database not found: ${JSON.stringify(database)}`);
}
