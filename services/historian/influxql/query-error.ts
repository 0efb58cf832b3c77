// What is wrong with a query, in words for the one who wrote it. Thrown inside the planner and executor, caught once per
// statement (execute.ts); anything else that is thrown is a bug.

export class QueryError extends Error {}
