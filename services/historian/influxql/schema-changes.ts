// CREATE, ALTER and DROP, as changes of the store: what exists already, or no more, is no error where it is the same.

import type { ChangeStatement } from './ast.ts';
import { alteredPolicy, checkName, firstPolicy, isSamePolicy, matchesPolicy, newPolicy } from './policy.ts';
import { QueryError } from './query-error.ts';
import { policiesOf } from './scope.ts';
import type { Change, Store } from './store.ts';

export type SchemaStatement = Exclude<ChangeStatement, { kind: 'delete' | 'drop-series' | 'drop-measurement' }>;

/** Undefined where nothing is to be changed. */
export function schemaChange(statement: SchemaStatement, store: Store): Change | undefined {
  switch (statement.kind) {
    case 'create-database':
      return createDatabase(statement, store);
    case 'create-policy':
      return createPolicy(statement, store);
    case 'alter-policy':
      return alterPolicy(statement, store);
    case 'drop-database':
      return store.policies(statement.name) && { kind: 'drop-database', name: statement.name };
    case 'drop-policy':
      return (
        store.policies(statement.database) && {
          kind: 'drop-policy',
          database: statement.database,
          name: statement.name,
        }
      );
  }
}

type Of<Kind> = Extract<ChangeStatement, { kind: Kind }>;

function createDatabase({ name, policy }: Of<'create-database'>, store: Store): Change | undefined {
  checkName(name);
  const policies = store.policies(name);
  if (policies === undefined) return { kind: 'create-database', name, policy: firstPolicy(policy) };
  const standing = policies.find(({ isDefault }) => isDefault);
  if (policy !== undefined && (standing === undefined || !matchesPolicy(policy, standing))) {
    throw new QueryError('retention policy conflicts with an existing policy');
  }
  return undefined;
}

function createPolicy({ database, policy: options }: Of<'create-policy'>, store: Store): Change | undefined {
  const policy = newPolicy(options);
  const standing = policiesOf(store, database).find(({ name }) => name === policy.name);
  if (standing === undefined) return { kind: 'create-policy', database, policy };
  if (!isSamePolicy(standing, policy)) throw new QueryError('retention policy already exists');
  if (policy.isDefault && !standing.isDefault) {
    throw new QueryError('retention policy conflicts with an existing policy');
  }
  return undefined;
}

function alterPolicy({ database, name, change, isDefault }: Of<'alter-policy'>, store: Store): Change {
  const standing = policiesOf(store, database).find((policy) => policy.name === name);
  if (standing === undefined) throw new QueryError(`retention policy not found: ${name}`);
  return { kind: 'alter-policy', database, policy: alteredPolicy(standing, change, isDefault) };
}
