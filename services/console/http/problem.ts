// Errors as RFC 9457 problem documents: a sentence for the person, the place in the request where there is one.

import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Finding } from '#rules/check/finding.ts';
import type { Log } from '#runtime/log.ts';
import type { Problem } from '../api/http.ts';
import type { RefusedProblem } from '../api/rules.ts';
import { StoreError } from '../store/influx.ts';
import type { KnownAddresses } from './known-addresses.ts';

const TITLES: { readonly [status: number]: string } = {
  400: 'Bad request',
  401: 'Not logged in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  409: 'Conflict',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Not possible as it is',
  428: 'Say what you have seen',
  429: 'Too many attempts',
  500: 'Internal error',
  502: 'The store refused',
  503: 'Not available now',
  504: 'No confirmation in time',
};

/** Thrown by routes; `detail` is a sentence that says what to do. */
export class ProblemError extends Error {
  readonly statusCode: number;
  /** When it may be tried again, where that is known. */
  readonly retryAfterMs: number | undefined;
  constructor(statusCode: number, detail: string, retryAfterMs?: number) {
    super(detail);
    this.statusCode = statusCode;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A text with errors: what is wrong stands beside the sentence. */
export class RefusedError extends ProblemError {
  readonly findings: readonly Finding[];
  constructor(detail: string, findings: readonly Finding[]) {
    super(422, detail);
    this.findings = findings;
  }
}

/** A body of the right shape that does not fit what it is for; each fault with its place. */
export class FaultyBodyError extends ProblemError {
  readonly errors: NonNullable<Problem['errors']>;
  constructor(errors: NonNullable<Problem['errors']>) {
    super(400, `Nothing was sent: ${errors.map(({ detail }) => detail).join('; ')}.`);
    this.errors = errors;
  }
}

export type ProblemParts = { readonly log: Log; readonly addresses: KnownAddresses };

export function answerWithProblems(app: FastifyInstance, { log, addresses }: ProblemParts): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error);
    if (problem.status >= 500 && !(error instanceof StoreError || error instanceof ProblemError)) {
      log.error({ err: error, url: request.url }, 'request failed');
    }
    const { retryAfterMs } = error as Partial<ProblemError>;
    if (retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const methods = addresses.methodsAt(request.url);
    const problem =
      methods.length === 0
        ? problemOf(404, 'There is nothing at this address.')
        : problemOf(405, `This address answers to ${methods.join(', ')} alone.`);
    if (methods.length > 0) reply.header('allow', methods.join(', '));
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });
}

function toProblem(error: FastifyError): Problem | RefusedProblem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({
      pointer: `/${error.validationContext ?? 'body'}${instancePath}`,
      detail: message ?? 'is not valid',
    }));
    const detail = errors.map((each) => `${each.pointer}: ${each.detail}`).join('; ');
    return { ...problemOf(400, detail), errors };
  }
  if (error instanceof FaultyBodyError) return { ...problemOf(400, error.message), errors: error.errors };
  if (error instanceof StoreError) return problemOf(error.retryable ? 503 : 502, error.message);
  if (error instanceof RefusedError) return { ...problemOf(422, error.message), findings: error.findings };
  const status = error.statusCode ?? 500;
  return problemOf(
    status,
    status < 500 || error instanceof ProblemError ? error.message : 'The console failed; its log says why.',
  );
}

function problemOf(status: number, detail: string): Problem {
  return { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail };
}
