// Statements of one request, one after another: what fails says so in its own result, and the rest is not executed.

import type { PolicyOptions, Statement } from './ast.ts';
import { Budget, type QueryLimits } from './budget.ts';
import { AUTOGEN } from './parse-schema.ts';
import { QueryError } from './query-error.ts';
import type { ResultSeries, StatementResult } from './result.ts';
import { executeSelect } from './select.ts';
import {
  showCardinality,
  showDatabases,
  showFieldKeys,
  showMeasurements,
  showPolicies,
  showSeries,
  showTagKeys,
  showTagValues,
} from './show.ts';
import type { Policy, Store, StoreSchema } from './store.ts';

export type QueryContext = {
  readonly store: Store & StoreSchema;
  /** What the request names; a statement may name its own. */
  readonly database: string | undefined;
  readonly policy: string | undefined;
  readonly nowUs: number;
  readonly limits: QueryLimits;
  /** Whether the request's method promises to change nothing. */
  readonly isReadOnly: boolean;
};

/** Yields between pieces of work; returns one result per statement. */
export function* executeQuery(
  statements: readonly Statement[],
  context: QueryContext,
): Generator<undefined, StatementResult[]> {
  const results: StatementResult[] = [];
  const budget = new Budget(context.limits);
  let hasFailed = false;
  for (const statement of statements) {
    if (hasFailed) {
      results.push({ error: 'not executed' });
      continue;
    }
    try {
      results.push(yield* executeStatement(statement, context, budget));
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      hasFailed = true;
      results.push({ error: error.message });
    }
  }
  return results;
}

function* executeStatement(
  statement: Statement,
  context: QueryContext,
  budget: Budget,
): Generator<undefined, StatementResult> {
  const { store } = context;
  if (statement.kind === 'select') {
    const series = yield* executeSelect(statement, { ...context, budget });
    return { ...seriesOf(series), ...(statement.zone !== undefined && { zone: statement.zone }) };
  }
  switch (statement.kind) {
    case 'show-databases':
      return seriesOf(showDatabases(store));
    case 'show-policies':
      return seriesOf(showPolicies(store, databaseOf(statement.database, context)));
    case 'show-measurements':
      return seriesOf(showMeasurements(store, databaseOf(statement.database, context), statement));
    case 'show-tag-keys':
      return seriesOf(showTagKeys(store, databaseOf(statement.database, context), statement));
    case 'show-tag-values':
      return seriesOf(showTagValues(store, databaseOf(statement.database, context), statement));
    case 'show-field-keys':
      return seriesOf(showFieldKeys(store, databaseOf(statement.database, context), statement));
    case 'show-series':
      return seriesOf(showSeries(store, databaseOf(statement.database, context), statement));
    case 'show-cardinality':
      return seriesOf(showCardinality(store, databaseOf(statement.database, context), statement.of));
    default:
      return changeSchema(statement, context);
  }
}

function seriesOf(series: readonly ResultSeries[]): StatementResult {
  return series.length === 0 ? {} : { series };
}

function databaseOf(own: string | undefined, context: QueryContext): string {
  const database = own ?? context.database;
  if (database === undefined || database === '') throw new QueryError('database name required');
  return database;
}

type Change = Extract<Statement, { kind: `${'create' | 'alter' | 'drop'}-${string}` }>;

function changeSchema(change: Change, context: QueryContext): StatementResult {
  const { store } = context;
  switch (change.kind) {
    case 'create-database':
      createDatabase(store, change.name, change.policy);
      return readOnlyWarning(context, `CREATE DATABASE ${identifier(change.name)}`);
    case 'create-policy':
      createPolicy(store, change.database, change.policy);
      return readOnlyWarning(context, `CREATE RETENTION POLICY ${identifier(change.policy.name)}`);
    case 'alter-policy':
      alterPolicy(store, change);
      return readOnlyWarning(context, `ALTER RETENTION POLICY ${identifier(change.name)}`);
    case 'drop-database':
      store.dropDatabase(change.name);
      return readOnlyWarning(context, `DROP DATABASE ${identifier(change.name)}`);
    case 'drop-measurement': {
      const database = databaseOf(undefined, context);
      policiesOf(store, database);
      store.dropMeasurement(database, change.name);
      return readOnlyWarning(context, `DROP MEASUREMENT ${identifier(change.name)}`);
    }
  }
}

/** InfluxDB does what a GET asks all the same, and says that it should have been a POST. */
function readOnlyWarning({ isReadOnly }: QueryContext, statement: string): StatementResult {
  if (!isReadOnly) return {};
  const text = `deprecated use of '${statement}' in a read only context, please use a POST request instead`;
  return { messages: [{ level: 'warning', text }] };
}

function identifier(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

function policiesOf(store: Store, database: string): readonly Policy[] {
  const policies = store.policies(database);
  if (policies === undefined) throw new QueryError(`database not found: ${database}`);
  return policies;
}

function asPolicy({ name, durationNs, isDefault }: PolicyOptions): Policy {
  return { name, durationUs: Number(durationNs) / 1_000, isDefault };
}

/** What exists already is no error where it is the same. */
function createDatabase(store: Store & StoreSchema, name: string, options: PolicyOptions | undefined): void {
  const policies = store.policies(name);
  if (policies === undefined) store.createDatabase(name, asPolicy(options ?? AUTOGEN));
  else if (options !== undefined) {
    const standing = policies.find(({ isDefault }) => isDefault);
    const isSame = standing?.name === options.name && standing.durationUs === asPolicy(options).durationUs;
    if (!isSame) throw new QueryError('retention policy conflicts with an existing policy');
  }
}

function createPolicy(store: Store & StoreSchema, database: string, options: PolicyOptions): void {
  const policy = asPolicy(options);
  const standing = policiesOf(store, database).find(({ name }) => name === policy.name);
  if (standing === undefined) store.createPolicy(database, policy);
  else if (standing.durationUs !== policy.durationUs) throw new QueryError('retention policy already exists');
}

function alterPolicy(store: Store & StoreSchema, change: Extract<Change, { kind: 'alter-policy' }>): void {
  const standing = policiesOf(store, change.database).find(({ name }) => name === change.name);
  if (standing === undefined) throw new QueryError(`retention policy not found: ${change.name}`);
  const durationUs = change.durationNs === undefined ? standing.durationUs : Number(change.durationNs) / 1_000;
  store.alterPolicy(change.database, { ...standing, durationUs, isDefault: standing.isDefault || change.isDefault });
}
