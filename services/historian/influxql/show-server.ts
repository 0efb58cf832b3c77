// SHOW QUERIES, SHOW STATS, SHOW DIAGNOSTICS: what the server does, as far as InfluxDB's tables mean something here.

import type { ServerStatement } from './ast.ts';
import { formatGoDuration } from './duration.ts';
import { QueryError } from './query-error.ts';
import type { Cell, ResultSeries } from './result.ts';
import type { RunningQueries } from './running-queries.ts';
import type { Store } from './store.ts';
import { formatTime, UTC } from './time-text.ts';

export type ServerContext = {
  readonly store: Store;
  readonly running: RunningQueries;
  readonly startedAtMs: number;
  readonly version: string;
};

export function executeServer(statement: ServerStatement, context: ServerContext, nowMs: number): ResultSeries[] {
  switch (statement.kind) {
    case 'show-queries':
      return showQueries(context, nowMs);
    case 'kill-query':
      if (!context.running.kill(statement.id)) throw new QueryError(`no such query id: ${statement.id}`);
      return [];
    case 'show-stats':
      return ofModule(stats(context), statement.module);
    case 'show-diagnostics':
      return ofModule(diagnostics(context, nowMs), statement.module);
    case 'show-continuous-queries':
      return context.store.databases().map((name) => ({ name, columns: ['name', 'query'], values: [] }));
    case 'show-subscriptions':
      return [];
  }
}

function ofModule(all: ResultSeries[], module: string | undefined): ResultSeries[] {
  return module === undefined ? all : all.filter(({ name }) => name === module);
}

function showQueries({ running }: ServerContext, nowMs: number): ResultSeries[] {
  const columns = ['qid', 'query', 'database', 'duration', 'status'];
  const values = running.list().map(({ id, text, database, startedAtMs, kill }) => {
    const ageMs = Math.max(0, nowMs - startedAtMs);
    const age = formatGoDuration((ageMs < 1_000 ? ageMs : Math.floor(ageMs / 1_000) * 1_000) * 1_000);
    return [id, text, database, age, kill.signal.aborted ? 'killed' : 'running'];
  });
  return [{ columns, values }];
}

/** One row whose cells are named. */
function row(name: string, cells: { readonly [column: string]: Cell }, tags?: ResultSeries['tags']): ResultSeries {
  return { name, ...(tags && { tags }), columns: Object.keys(cells), values: [Object.values(cells)] };
}

function stats({ running, store }: ServerContext): ResultSeries[] {
  const { started, finished, totalMs } = running.totals();
  return [
    row('queryExecutor', {
      queriesActive: running.list().length,
      queriesExecuted: started,
      queriesFinished: finished,
      queryDurationNs: totalMs * 1_000_000,
    }),
    ...store.databases().map((database) => {
      const names = (store.policies(database) ?? []).flatMap(({ name }) =>
        [...store.measurements(database, name)].map((measurement) => measurement.name),
      );
      return row('database', { numMeasurements: new Set(names).size }, { database });
    }),
  ];
}

function diagnostics({ running, startedAtMs, version }: ServerContext, nowMs: number): ResultSeries[] {
  return [
    row('build', { Version: version }),
    row('config-coordinator', { 'max-concurrent-queries': running.max }),
    row('system', {
      currentTime: formatTime(nowMs * 1_000, UTC),
      started: formatTime(startedAtMs * 1_000, UTC),
      uptime: formatGoDuration(Math.max(0, nowMs - startedAtMs) * 1_000),
    }),
  ];
}
