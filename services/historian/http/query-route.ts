// GET and POST /query: the parameters of a request to a query, its answer to a response.

import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerQuery, type QueryRequest } from '../answer/answer-query.ts';
import { chunkRows } from '../answer/chunked-json.ts';
import { parseEpoch } from '../answer/epoch.ts';
import { shorten } from '../influxql/shorten.ts';
import type { Parameter } from '../influxql/token-reader.ts';
import { RequestError, sendError } from './answer.ts';
import { readBody } from './body.ts';
import type { HistorianParts } from './historian-parts.ts';

export function queryRoute(parts: HistorianParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const query = queryOf(request, await parametersOf(request, parts.maxBodyBytes));
    if (query.text === '') return sendError(reply, 400, 'missing required parameter "q"');
    const startedAt = parts.now();
    const gone = new AbortController();
    reply.raw.once('close', () => {
      gone.abort();
      parts.meters.querySeconds.observe((parts.now() - startedAt) / 1_000);
    });
    const answer = answerQuery(query, parts.queries, gone.signal);
    reply.code(answer.status).header('content-type', query.format === 'csv' ? 'text/csv' : 'application/json');
    if (answer.status === 200) return reply.send(Readable.from(answer.pieces));
    return reply.header('x-influxdb-error', headerText(answer.error)).send(Buffer.from(answer.text));
  };
}

/** What a query says may be quoted in its error, and a header takes no such characters. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

function queryOf(request: FastifyRequest, query: URLSearchParams): QueryRequest {
  return {
    text: query.get('q')?.trim() ?? '',
    parameters: boundParameters(query.get('params')),
    database: query.get('db') ?? undefined,
    policy: query.get('rp') || undefined,
    isReadOnly: request.method === 'GET',
    format: /^(?:application|text)\/csv\b/.test(request.headers.accept ?? '') ? 'csv' : 'json',
    epoch: parseEpoch(query.get('epoch')),
    chunkRows: query.get('chunked') === 'true' ? chunkRows(query.get('chunk_size')) : undefined,
    isPretty: query.get('pretty') === 'true',
  };
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
