// POST /write and /api/v2/write: line protocol in, 204 when it is on the disk. Good lines are stored whatever stands beside
// them; the answer to the others is worded as InfluxDB words it, because writers decide by these words.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { decodeLines, type Line } from '#domain/line-protocol.ts';
import type { TimedLine, WriteOutcome } from '../engine/engine.ts';
import { QueueFullError } from '../engine/write-queue.ts';
import { sendError } from './answer.ts';
import { type BodyText, readBody } from './body.ts';
import type { HistorianParts } from './historian-parts.ts';
import { decodeTime } from './precision.ts';

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

export function writeRoute(parts: HistorianParts, targetOf: (query: URLSearchParams) => Target) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const startedAt = parts.now();
    const target = targetOf(new URLSearchParams(request.url.split('?')[1] ?? ''));
    const { database, policy } = target;
    if (database === '') return sendError(reply, 400, 'database is required');
    if (parts.engine.policies(database) === undefined) {
      return sendError(reply, 404, `database not found: ${JSON.stringify(database)}`);
    }
    const body = await readBody(request.body, request.headers['content-encoding'], parts.maxBodyBytes);
    const { lines, problems } = decode(body, target.precision, startedAt * 1_000);
    parts.meters.badLines.inc({ reason: 'syntax' }, problems.count);
    if (lines.length === 0)
      return problems.count === 0 ? reply.code(204).send() : sendError(reply, 400, problems.text());
    let outcome: WriteOutcome;
    try {
      outcome = await parts.queue.write({ database, policy, lines, nowUs: startedAt * 1_000 });
    } catch (error) {
      request.log.error({ err: error }, 'a write could not be stored');
      const status = error instanceof QueueFullError ? 503 : 500;
      return sendError(reply.header('retry-after', '1'), status, error instanceof Error ? error.message : 'not stored');
    }
    parts.meters.writeSeconds.observe((parts.now() - startedAt) / 1_000);
    return answer(reply, outcome, problems, parts);
  };
}

function answer(
  reply: FastifyReply,
  outcome: WriteOutcome,
  problems: LineProblems,
  { meters }: HistorianParts,
): FastifyReply {
  if (outcome.kind === 'no-database') {
    return sendError(reply, 404, `database not found: ${JSON.stringify(outcome.name)}`);
  }
  if (outcome.kind === 'no-policy') return sendError(reply, 500, `retention policy not found: ${outcome.name}`);
  meters.points.inc(outcome.points);
  if (outcome.kind === 'partial') {
    meters.badLines.inc({ reason: 'refused' }, outcome.dropped);
    return sendError(reply, 400, `partial write: ${outcome.reason} dropped=${outcome.dropped}`);
  }
  if (problems.count > 0) return sendError(reply, 400, `partial write: ${problems.text()} dropped=0`);
  return reply.code(204).send();
}

const PROBLEMS_TOLD_MAX = 100;
const LINE_TOLD_MAX = 1_000;

/** Reasons of lines that are none. All are counted; the answer tells of the first hundred, each line cut to a readable length. */
class LineProblems {
  count = 0;
  readonly #told: string[] = [];

  add(line: string, reason: string): void {
    this.count++;
    if (this.#told.length >= PROBLEMS_TOLD_MAX) return;
    const shown = line.length > LINE_TOLD_MAX ? `${line.slice(0, LINE_TOLD_MAX)}…` : line;
    this.#told.push(`unable to parse '${shown}': ${reason.slice(0, LINE_TOLD_MAX)}`);
  }

  text(): string {
    const more = this.count - this.#told.length;
    return this.#told.join('\n') + (more > 0 ? `\nand ${more} more` : '');
  }
}

function decode(body: BodyText, precision: string, nowUs: number): { lines: TimedLine[]; problems: LineProblems } {
  const lines: TimedLine[] = [];
  const problems = new LineProblems();
  decodeLines(
    body.text,
    (line, lineNumber) => {
      const timeUs = line.time === undefined ? nowUs : decodeTime(line.time, precision);
      if (timeUs === undefined) problems.add(`line ${lineNumber}`, OUT_OF_RANGE);
      else if (!body.isUtf8 && hasReplacement(line)) problems.add(`line ${lineNumber}`, 'invalid UTF-8');
      else lines.push({ line, timeUs });
    },
    ({ line, reason }) => problems.add(line, reason),
  );
  return { lines, problems };
}

const OUT_OF_RANGE = 'time outside range of microseconds -9007199254740991 - 9007199254740991';

function hasReplacement({ measurement, tags, fields }: Line): boolean {
  const isBad = (text: string) => text.includes('\uFFFD');
  return (
    isBad(measurement) ||
    tags.some((tag) => tag.some(isBad)) ||
    fields.some(([key, field]) => isBad(key) || (field.type === 'string' && isBad(field.value)))
  );
}
