// GET and POST /query: the parameters of a request to a query, its answer to a response.

import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { QueryRequest } from '../answer/answer-query.ts';
import { chunkRows } from '../answer/chunked-json.ts';
import { parseEpoch } from '../answer/epoch.ts';
import type { Piece } from '../answer/query-calls.ts';
import type { Access } from '../influxql/access.ts';
import { shorten } from '../influxql/shorten.ts';
import type { Parameter } from '../influxql/token-reader.ts';
import { RequestError, sendError } from './answer.ts';
import { type BodyLimits, readBody } from './body.ts';
import { parameterCredentials } from './credentials.ts';
import { callerOf, credentialsOf } from './gate.ts';
import type { HistorianParts } from './historian-parts.ts';

export function queryRoute(parts: HistorianParts) {
  let last = 0;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const query = queryOf(request, await admitted(request, parts));
    if (query.text === '') return sendError(reply, 400, 'missing required parameter "q"');
    const startedAt = parts.now();
    const { queries } = parts.store;
    const id = ++last;
    reply.raw.once('close', () => {
      parts.meters.querySeconds.observe((parts.now() - startedAt) / 1_000);
      if (!reply.raw.writableFinished) void queries.close(id);
    });
    const first = await queries.open(id, query);
    reply.code(first.status).header('content-type', query.format === 'csv' ? 'text/csv' : 'application/json');
    if (first.status !== 200) reply.header('x-influxdb-error', headerText(first.error));
    return reply.send(first.isLast ? Buffer.from(first.text) : Readable.from(pieces(first, () => queries.next(id))));
  };
}

/** Fetched as the client takes them. */
async function* pieces(first: Piece, next: () => Promise<Piece>): AsyncGenerator<string> {
  yield first.text;
  for (let piece = await next(); !piece.isLast; piece = await next()) yield piece.text;
}

/** What a query says may be quoted in its error, and a header takes no such characters. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

function queryOf(request: FastifyRequest, { query, access }: Admitted): QueryRequest {
  return {
    text: query.get('q')?.trim() ?? '',
    parameters: boundParameters(query.get('params')),
    database: query.get('db') ?? undefined,
    access,
    policy: query.get('rp') || undefined,
    isReadOnly: request.method === 'GET',
    format: /^(?:application|text)\/csv\b/.test(request.headers.accept ?? '') ? 'csv' : 'json',
    epoch: parseEpoch(query.get('epoch')),
    chunkRows: query.get('chunked') === 'true' ? chunkRows(query.get('chunk_size')) : undefined,
    isPretty: query.get('pretty') === 'true',
  };
}

type Admitted = { readonly query: URLSearchParams; readonly access: Access };

/** A form that may hold a login; from somebody unknown no more than a query with a login in it is read. */
const STRANGERS_FORM_BYTES_MAX = 65_536;

/** What is asked, in the URL and then in a form, and by whom; the login may stand in either. */
async function admitted(request: FastifyRequest, { gate, body }: HistorianParts): Promise<Admitted> {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  const own = credentialsOf(request, query);
  const mayBeInForm = own === undefined && gate.asksWho && request.method === 'POST';
  const access = mayBeInForm ? undefined : await gate.admit(own, callerOf(request));
  if (request.method === 'POST') {
    const limits = access === undefined ? { ...body, maxBytes: STRANGERS_FORM_BYTES_MAX } : body;
    for (const [name, value] of await formOf(request, limits)) query.append(name, value);
  }
  return { query, access: access ?? (await gate.admit(parameterCredentials(query), callerOf(request))) };
}

async function formOf(request: FastifyRequest, limits: BodyLimits): Promise<URLSearchParams> {
  using body = await readBody(request.raw, limits);
  return new URLSearchParams(new TextDecoder().decode(body.bytes));
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
