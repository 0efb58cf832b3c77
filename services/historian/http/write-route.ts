// POST /write and /api/v2/write: line protocol in, 204 when it is on the disk. Good lines are stored whatever stands beside
// them; the answer to the others is worded as InfluxDB words it, because writers decide by these words.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WriteOutcome } from '../engine/engine.ts';
import { type ParsedBody, parseBody } from '../engine/parse-body.ts';
import { QueueFullError } from '../engine/write-queue.ts';
import { type Access, may } from '../influxql/access.ts';
import { RequestError } from './answer.ts';
import { readBody } from './body.ts';
import { credentialsOf, isLocal } from './gate.ts';
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
    const access = await parts.gate.admit(credentialsOf(request, query), isLocal(request));
    const target = targetOf(query);
    refuseTarget(target, access, parts);
    if (!CONSISTENCIES.includes((query.get('consistency') ?? '').toLowerCase())) {
      throw new RequestError(400, 'invalid consistency level');
    }
    using body = await readBody(request.raw, parts.body);
    if (body.bytes.length === 0) return reply.code(204).send();
    const parsed = parseBody(body.bytes, target.precision, startedAt * 1_000);
    parts.meters.badLines.inc({ reason: 'syntax' }, parsed.problems.count);
    if (parsed.lines.length > 0) {
      const outcome = await store(parts, target, parsed, request);
      parts.meters.writeSeconds.observe((parts.now() - startedAt) / 1_000);
      refuseOutcome(outcome, parsed, parts);
    } else if (parsed.problems.count > 0) throw new RequestError(400, parsed.problems.text);
    return reply.code(204).send();
  };
}

/** Before the body is read, in InfluxDB's order. */
function refuseTarget({ database }: Target, access: Access, { engine }: HistorianParts): void {
  if (database === '') throw new RequestError(400, 'database is required');
  if (engine.policies(database) === undefined) throw notFound(database);
  if (may(access, 'WRITE', database)) return;
  const who = access.kind === 'user' ? `${JSON.stringify(access.name)} user is not authorized` : 'user is required';
  throw new RequestError(403, `${who} to write to database ${JSON.stringify(database)}`);
}

async function store(
  parts: HistorianParts,
  { database, policy }: Target,
  { lines }: ParsedBody,
  request: FastifyRequest,
): Promise<WriteOutcome> {
  try {
    return await parts.queue.write({ database, policy, lines, nowUs: parts.now() * 1_000 });
  } catch (error) {
    request.log.error({ err: error }, 'a write could not be stored');
    const status = error instanceof QueueFullError ? 503 : 500;
    throw new RequestError(status, error instanceof Error ? error.message : 'not stored');
  }
}

function refuseOutcome(outcome: WriteOutcome, { problems }: ParsedBody, { meters }: HistorianParts): void {
  if (outcome.kind === 'no-database') throw notFound(outcome.name);
  if (outcome.kind === 'no-policy') throw new RequestError(500, `retention policy not found: ${outcome.name}`);
  meters.points.inc(outcome.points);
  if (outcome.kind === 'partial') {
    meters.badLines.inc({ reason: 'refused' }, outcome.dropped);
    throw new RequestError(400, `partial write: ${outcome.reason} dropped=${outcome.dropped}`);
  }
  if (problems.count > 0) throw new RequestError(400, `partial write: ${problems.text} dropped=0`);
}

function notFound(database: string): RequestError {
  return new RequestError(404, `database not found: ${JSON.stringify(database)}`);
}
