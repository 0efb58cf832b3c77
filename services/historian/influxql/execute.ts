// Statements of one request, one after another: what fails says so in its own result, and the rest is not executed.
// Reading takes turns, in which the others are served and in which it is seen that a query is over its time, killed, or
// no longer waited for; a change is awaited as a whole.

import type { Access } from './access.ts';
import type { ChangeStatement } from './ast.ts';
import { Budget, type QueryLimits } from './budget.ts';
import { deleteChanges } from './delete-changes.ts';
import { executeUser } from './execute-user.ts';
import type { ParsedStatement } from './parser.ts';
import { QueryError } from './query-error.ts';
import type { Message, ResultPiece, ResultSeries } from './result.ts';
import { schemaChange } from './schema-changes.ts';
import { policiesOf } from './scope.ts';
import { executeSelect } from './select.ts';
import { executeShow } from './show.ts';
import { executeServer, type ServerContext } from './show-server.ts';
import type { Change, Changes } from './store.ts';
import { formatIdentifier } from './token.ts';
import type { Turns } from './turns.ts';
import { formatUserStatement, type UserStatement } from './user-statement.ts';
import type { Users } from './users.ts';

export type QueryContext = ServerContext & {
  readonly changes: Changes;
  /** What the one who asks may do; whether the statements are among it was decided before (authorize.ts). */
  readonly access: Access;
  readonly users: Users;
  /** What the request names; a statement may name its own. */
  readonly database: string | undefined;
  readonly policy: string | undefined;
  readonly limits: QueryLimits;
  /** Whether the request's method promises to change nothing. */
  readonly isReadOnly: boolean;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly turns: Turns;
};

/** Yields for each statement the pieces of its series and its end; ends early where nobody waits for the answer. */
export async function* executeQuery(
  statements: readonly ParsedStatement[],
  context: QueryContext,
): AsyncGenerator<ResultPiece> {
  const budget = new Budget(context.limits);
  const nowUs = context.now() * 1_000;
  let hasFailed = false;
  for (const statement of statements) {
    if (hasFailed) {
      yield { kind: 'end', error: 'not executed' };
      continue;
    }
    try {
      const messages = yield* executeStatement(statement, { ...context, nowUs, budget });
      yield { kind: 'end', ...(messages.length > 0 && { messages }) };
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      hasFailed = true;
      yield { kind: 'end', error: error.message };
    }
  }
}

type Execution = QueryContext & { readonly nowUs: number; readonly budget: Budget };

async function* executeStatement(
  statement: ParsedStatement,
  context: Execution,
): AsyncGenerator<ResultPiece, readonly Message[]> {
  switch (statement.kind) {
    case 'refused':
      throw new QueryError(statement.problem);
    case 'user-list':
    case 'user-grants':
      for (const series of await executeUser(statement, context.users, context.store))
        yield { kind: 'series', series, zone: undefined };
      return [];
    case 'user-create':
    case 'user-drop':
    case 'user-password':
    case 'user-grant':
    case 'user-revoke':
      await executeUser(statement, context.users, context.store);
      return context.isReadOnly ? [shouldBePost(formatUserStatement(statement))] : [];
    case 'create-database':
    case 'create-policy':
    case 'alter-policy':
    case 'drop-database':
    case 'drop-policy':
    case 'drop-measurement':
    case 'drop-series':
    case 'delete':
      // First the rights: were the order the other one, a crash in between would leave them to the next of that name.
      if (statement.kind === 'drop-database')
        await context.users.change({ kind: 'forget-database', database: statement.name });
      for (const change of await changesOf(statement, context)) await apply(change, context.changes);
      return context.isReadOnly && statement.kind !== 'delete' ? [shouldBePost(statement.text)] : [];
    default: {
      const zone = statement.kind === 'select' ? statement.zone : undefined;
      for await (const series of context.turns.taken(read(statement, context))) yield { kind: 'series', series, zone };
      return [];
    }
  }
}

type Reading = Exclude<ParsedStatement, ChangeStatement | UserStatement | { kind: 'refused' }>;

function* read(statement: Reading, context: Execution): Generator<undefined | ResultSeries> {
  switch (statement.kind) {
    case 'select':
      yield* executeSelect(statement, context);
      return;
    case 'show-queries':
    case 'kill-query':
    case 'show-stats':
    case 'show-diagnostics':
    case 'show-continuous-queries':
    case 'show-subscriptions':
      yield* executeServer(statement, context, context.now());
      return;
    default:
      yield* executeShow(statement, context);
  }
}

async function changesOf(statement: ChangeStatement, context: Execution): Promise<readonly Change[]> {
  const { store } = context;
  switch (statement.kind) {
    case 'delete':
    case 'drop-series':
      return await context.turns.result(deleteChanges(statement, context.database ?? '', store, context.nowUs));
    case 'drop-measurement': {
      const database = context.database ?? '';
      policiesOf(store, database);
      return [{ kind: 'drop-measurement', database, name: statement.name }];
    }
    default: {
      const change = schemaChange(statement, store);
      return change === undefined ? [] : [change];
    }
  }
}

/** A store that cannot change says so in the statement's result; the connection is not to blame. */
async function apply(change: Change, changes: Changes): Promise<void> {
  try {
    await changes.change(change);
  } catch (error) {
    throw new QueryError(`the store could not be changed: ${error instanceof Error ? error.message : error}`);
  }
}

/** InfluxDB does what a GET asks all the same, and says that it should have been a POST. */
function shouldBePost(statement: string): Message {
  const canonical = statement.replace(/"([A-Za-z0-9_]+)"/g, (_, name: string) => formatIdentifier(name));
  const text = `deprecated use of '${canonical}' in a read only context, please use a POST request instead`;
  return { level: 'warning', text };
}
