// A query's text in, its answer's text out, piece by piece. Knows nothing of HTTP or threads: whoever has a store to read
// and a way to change it can call it, and passes the pieces on as fast as they are taken.

import type { Access } from '../influxql/access.ts';
import { authorizationProblem } from '../influxql/authorize.ts';
import { executeQuery, type QueryContext } from '../influxql/execute.ts';
import { parseQuery } from '../influxql/parser.ts';
import type { ResultPiece } from '../influxql/result.ts';
import type { Parameter } from '../influxql/token-reader.ts';
import { GoneError, Turns, type TurnsOptions } from '../influxql/turns.ts';
import { chunkedJson } from './chunked-json.ts';
import type { Epoch } from './epoch.ts';
import { JsonIndent } from './json-indent.ts';
import { errorCsv, resultsCsv } from './results-csv.ts';
import { resultsJson } from './results-json.ts';

/** Plain data: it may cross to another thread. */
export type QueryRequest = {
  readonly text: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly database: string | undefined;
  /** What the one who asks may do. */
  readonly access: Access;
  readonly policy: string | undefined;
  /** Whether the request's method promises to change nothing. */
  readonly isReadOnly: boolean;
  readonly format: 'json' | 'csv';
  /** Times are written out (RFC 3339) where it is undefined. */
  readonly epoch: Epoch | undefined;
  /** A document per so many rows; one for all where it is undefined. */
  readonly chunkRows: number | undefined;
  readonly isPretty: boolean;
};

/** What stands behind all queries of a process. */
export type QueryHost = Pick<
  QueryContext,
  'store' | 'changes' | 'users' | 'running' | 'startedAtMs' | 'version' | 'limits' | 'now'
> &
  Pick<TurnsOptions, 'pause' | 'timeoutMs'>;

export type Answer =
  /** `pieces` must be read to the end or be closed; the query runs as far as they are read. */
  | { readonly status: 200; readonly pieces: AsyncGenerator<string> }
  | { readonly status: 400 | 403 | 503; readonly error: string; readonly text: string };

/** `gone`: nobody waits for the answer any more. */
export function answerQuery(request: QueryRequest, host: QueryHost, gone: AbortSignal): Answer {
  const parsed = parseQuery(request.text, request.parameters);
  if (!parsed.ok) return refusal(400, parsed.error, request);
  const problem = authorizationProblem({ ...parsed, database: request.database }, request.access);
  if (problem !== undefined) return refusal(403, problem, request);
  const { running, now } = host;
  const query = running.start(request.text, request.database ?? '', now());
  if (query === undefined) {
    return refusal(503, `max-concurrent-queries limit exceeded(${running.max}, ${running.max})`, request);
  }
  const end = () => running.end(query, now());
  // Pieces that nobody ever asks for run no `finally`.
  gone.addEventListener('abort', end, { once: true });
  const { database, policy, isReadOnly, access } = request;
  const turns = new Turns({ ...host, killed: query.kill.signal, gone });
  const pieces = executeQuery(parsed.statements, { ...host, access, database, policy, isReadOnly, turns });
  return { status: 200, pieces: untilEnd(written(pieces, request), end) };
}

function refusal(status: 400 | 403 | 503, error: string, { format, isPretty }: QueryRequest): Answer {
  const json = `${JSON.stringify({ error })}\n`;
  return { status, error, text: format === 'csv' ? errorCsv(error) : isPretty ? new JsonIndent().indent(json) : json };
}

async function* untilEnd(texts: AsyncGenerator<string>, end: () => void): AsyncGenerator<string> {
  try {
    yield* texts;
  } catch (error) {
    if (!(error instanceof GoneError)) throw error;
  } finally {
    end();
  }
}

function written(pieces: AsyncGenerator<ResultPiece>, request: QueryRequest): AsyncGenerator<string> {
  const { format, epoch, chunkRows, isPretty } = request;
  if (format === 'csv') return resultsCsv(pieces, epoch);
  // A chunk is sent when it is there: that is what chunks are for.
  const json = chunkRows === undefined ? resultsJson(pieces, epoch) : chunkedJson(pieces, epoch, chunkRows);
  return isPretty ? indented(json) : json;
}

async function* indented(texts: AsyncIterable<string>): AsyncGenerator<string> {
  const indent = new JsonIndent();
  for await (const text of texts) yield indent.indent(text);
}
