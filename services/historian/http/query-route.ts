// GET and POST /query: InfluxQL in, JSON out. A query is computed in slices, so that writes and other queries go on
// beside a long one; it ends when its time is over or its client is gone.

import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { executeQuery } from '../influxql/execute.ts';
import { parseQuery } from '../influxql/parser.ts';
import type { StatementResult } from '../influxql/result.ts';
import { shorten } from '../influxql/shorten.ts';
import type { Parameter } from '../influxql/token-reader.ts';
import { RequestError, sendError } from './answer.ts';
import { readBody } from './body.ts';
import type { HistorianParts } from './historian-parts.ts';
import { parseEpoch } from './precision.ts';
import { indentJson, resultsJson } from './results-json.ts';

/** What one query may hold the process for, before others have their turn. */
const SLICE_MS = 10;

/** Every running query holds its rows in memory. */
const RUNNING_MAX = 32;

export function queryRoute(parts: HistorianParts) {
  let running = 0;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const query = await parametersOf(request, parts.maxBodyBytes);
    const text = query.get('q')?.trim();
    if (text === undefined || text === '') return sendError(reply, 400, 'missing required parameter "q"');
    const parsed = parseQuery(text, boundParameters(query.get('params')));
    if (!parsed.ok) return sendError(reply, 400, parsed.error);
    if (running >= RUNNING_MAX) return sendError(reply, 503, 'max-concurrent-queries limit exceeded');
    const startedAt = parts.now();
    const work = executeQuery(parsed.statements, {
      store: parts.engine,
      database: query.get('db') ?? undefined,
      policy: query.get('rp') || undefined,
      nowUs: startedAt * 1_000,
      limits: parts.limits,
      isReadOnly: request.method === 'GET',
    });
    running++;
    try {
      const results = await inSlices(work, parts, () => request.raw.socket.destroyed);
      parts.meters.querySeconds.observe((parts.now() - startedAt) / 1_000);
      return send(reply, results, query);
    } finally {
      running--;
    }
  };
}

function send(reply: FastifyReply, results: readonly StatementResult[], query: URLSearchParams): FastifyReply {
  const pieces = resultsJson(results, parseEpoch(query.get('epoch')));
  reply.header('content-type', 'application/json');
  if (query.get('pretty') === 'true') return reply.send(Buffer.from(indentJson([...pieces].join(''))));
  return reply.send(Readable.from(pieces));
}

async function inSlices(
  work: Generator<undefined, StatementResult[]>,
  { now, pause, queryTimeoutMs }: HistorianParts,
  isGone: () => boolean,
): Promise<StatementResult[]> {
  const endsAt = now() + queryTimeoutMs;
  let sliceEndsAt = now() + SLICE_MS;
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (now() < sliceEndsAt) continue;
    await pause();
    if (isGone()) throw new RequestError(499, 'the client went away');
    if (now() >= endsAt) return [{ error: 'query-timeout limit exceeded' }];
    sliceEndsAt = now() + SLICE_MS;
  }
}

/** Those of the URL, then those of a form. */
async function parametersOf(request: FastifyRequest, maxBytes: number): Promise<URLSearchParams> {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  if (request.method === 'POST') {
    const { text } = await readBody(request.body, request.headers['content-encoding'], maxBytes);
    for (const [name, value] of new URLSearchParams(text)) query.append(name, value);
  }
  return query;
}

function boundParameters(text: string | null): ReadonlyMap<string, Parameter> {
  if (text === null || text === '') return new Map();
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new RequestError(400, `error parsing query parameters: ${error instanceof Error ? error.message : error}`);
  }
  const entries = Object.entries(values ?? {});
  const isParameter = (value: unknown): value is Parameter =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const wrong = entries.find(([, value]) => !isParameter(value));
  if (wrong !== undefined)
    throw new RequestError(400, `error parsing query parameters: ${shorten(wrong[0], 80)} is no value`);
  return new Map(entries as [string, Parameter][]);
}
