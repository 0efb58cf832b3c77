// May somebody ask this? Decided for a whole query before anything of it is executed, with InfluxDB 1.6.7's words.

import { type Access, isAdmin, may, owns, type Privilege } from './access.ts';
import type { Source, Statement } from './ast.ts';
import type { ParsedStatement } from './parser.ts';
import { shorten } from './shorten.ts';
import { formatUserStatement } from './user-statement.ts';

/** A database is undefined where the request's is meant. */
type Need =
  | { readonly kind: 'admin' }
  /** Of the database that is made, or whose policies are; an admin is of all. */
  | { readonly kind: 'owner'; readonly database: string }
  | { readonly kind: 'privilege'; readonly privilege: Privilege; readonly database: string | undefined };

type Needs = { readonly [K in Statement['kind']]: (statement: Extract<Statement, { kind: K }>) => readonly Need[] };

const admin = (): readonly Need[] => [{ kind: 'admin' }];
const owner = (database: string): readonly Need[] => [{ kind: 'owner', database }];
const read = ({ database }: { readonly database: string | undefined }): readonly Need[] => [
  { kind: 'privilege', privilege: 'READ', database },
];

const write = ({ database }: { readonly database: string | undefined }): readonly Need[] => [
  { kind: 'privilege', privilege: 'WRITE', database },
];

/** One row per kind of statement: a new one does not compile without saying who may use it. */
const NEEDS: Needs = {
  select: ({ sources }) => sources.flatMap(readsOf),
  'show-databases': () => [], // shows those that one may read or write
  'show-policies': read,
  'show-measurements': read,
  'show-tag-keys': read,
  'show-tag-values': read,
  'show-field-keys': read,
  'show-series': read,
  'show-cardinality': read,
  'show-queries': () => read({ database: undefined }),
  'show-continuous-queries': () => read({ database: undefined }),
  'show-stats': admin,
  'show-diagnostics': admin,
  'show-subscriptions': admin,
  'kill-query': admin,
  refused: () => [], // does nothing
  'create-database': ({ name }) => owner(name),
  'create-policy': ({ database }) => owner(database),
  'alter-policy': ({ database }) => owner(database),
  'drop-database': admin,
  'drop-measurement': admin,
  'drop-policy': write,
  'drop-series': () => write({ database: undefined }),
  delete: () => write({ database: undefined }),
  'user-create': admin,
  'user-drop': admin,
  'user-password': admin,
  'user-grant': admin,
  'user-revoke': admin,
  'user-list': admin,
  'user-grants': admin,
};

function readsOf(source: Source): readonly Need[] {
  return source.kind === 'subquery' ? source.select.sources.flatMap(readsOf) : read(source);
}

export type Asked = {
  readonly statements: readonly ParsedStatement[];
  /** The request's. */
  readonly database: string | undefined;
};

/** Far above what a person writes; a query of megabytes is not sent back. */
const TEXT_MAX = 1_000;

/** Why the query is refused (status 403); undefined where it may run. */
export function authorizationProblem({ statements, database }: Asked, access: Access): string | undefined {
  if (isAdmin(access)) return undefined;
  if (access.kind !== 'user') return firstProblem(statements[0]);
  for (const statement of statements) {
    const lacking = needsOf(statement).find((need) => !meets(access, need, database ?? ''));
    if (lacking === undefined) continue;
    const text = shorten('password' in statement ? formatUserStatement(statement) : statement.text, TEXT_MAX);
    const required =
      lacking.kind !== 'privilege'
        ? 'admin privilege'
        : `${lacking.privilege} on ${lacking.database ?? database ?? ''}`;
    return `error authorizing query: ${access.name} not authorized to execute statement '${text}', requires ${required}`;
  }
  return undefined;
}

function needsOf<K extends Statement['kind']>(statement: Extract<Statement, { kind: K }>): readonly Need[] {
  return (NEEDS[statement.kind as K] as (statement: Extract<Statement, { kind: K }>) => readonly Need[])(statement);
}

function meets(access: Access, need: Need, database: string): boolean {
  if (need.kind === 'privilege') return may(access, need.privilege, need.database ?? database);
  return need.kind === 'owner' ? owns(access, need.database) : isAdmin(access);
}

function firstProblem(statement: Statement | undefined): string | undefined {
  const isFirstAdmin = statement?.kind === 'user-create' && statement.isAdmin;
  return isFirstAdmin ? undefined : 'error authorizing query: create admin user first or disable authentication';
}
