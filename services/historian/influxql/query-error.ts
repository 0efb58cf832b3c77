// What is wrong with a query, in words for the one who wrote it. Thrown inside the planner and executor, caught once per
// statement (execute.ts); anything else that is thrown is a bug.

import { shorten } from './shorten.ts';

/** Far above every sentence of ours; what is longer quotes a name that somebody made long. */
const CHARS_MAX = 500;

export class QueryError extends Error {
  constructor(problem: string) {
    super(shorten(problem, CHARS_MAX));
  }
}
