// Whether anybody still waits for an answer. Of a request with a body `request.signal` does not tell: that ends with the body.

import type { FastifyReply } from 'fastify';
import { ProblemError } from './problem.ts';

/** Ends where the browser goes away before it has its answer. */
export function hungUp({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new ProblemError(409, 'Nobody waits for it any more.'));
  });
  return gone.signal;
}
