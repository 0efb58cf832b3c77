// Statements about users, executed.

import type { UserAccess } from './access.ts';
import { QueryError } from './query-error.ts';
import type { ResultSeries } from './result.ts';
import type { Store } from './store.ts';
import type { UserStatement } from './user-statement.ts';
import type { UserChange, Users } from './users.ts';

/**
 * The series of the answer, where there are any.
 * @throws QueryError what is wrong with the statement
 */
export async function executeUser(statement: UserStatement, users: Users, store: Store): Promise<ResultSeries[]> {
  if (statement.kind === 'user-list') {
    const values = (await users.list()).map(({ name, isAdmin }) => [name, isAdmin]);
    return [{ columns: ['user', 'admin'], values }];
  }
  if (statement.kind === 'user-grants') {
    const { grants } = await find(users, statement.name);
    return [{ columns: ['database', 'privilege'], values: [...grants] }];
  }
  const change = changeOf(statement);
  if ('database' in change && store.policies(change.database) === undefined) {
    await find(users, change.name); // InfluxDB looks for the user first
    throw new QueryError(`database not found: ${change.database}`);
  }
  const problem = await users.change(change);
  if (problem !== undefined) throw new QueryError(problem);
  return [];
}

async function find(users: Users, name: string): Promise<UserAccess> {
  const user = (await users.list()).find((each) => each.name === name);
  if (user === undefined) throw new QueryError('user not found');
  return user;
}

type Changing = Exclude<UserStatement, { kind: 'user-list' | 'user-grants' }>;

function changeOf(statement: Changing): Exclude<UserChange, { kind: 'forget-database' }> {
  switch (statement.kind) {
    case 'user-create':
      return { ...statement, kind: 'create' };
    case 'user-drop':
      return { ...statement, kind: 'drop' };
    case 'user-password':
      return { ...statement, kind: 'password' };
    default: {
      const { kind, name, database, privilege } = statement;
      const isGrant = kind === 'user-grant';
      if (database === undefined) return { kind: 'admin', name, isAdmin: isGrant };
      return { kind: isGrant ? 'grant' : 'revoke', name, database, privilege };
    }
  }
}
