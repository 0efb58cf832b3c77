// What queries stand on, made of the engine and the settings.

import type { QueryHost } from './answer/answer-query.ts';
import { type HistorianConfig, queryLimits } from './config.ts';
import type { Engine } from './engine/engine.ts';
import { VERSION } from './http/status-routes.ts';
import { RunningQueries } from './influxql/running-queries.ts';
import type { Users } from './influxql/users.ts';

export function queryHost(
  { engine, users }: { readonly engine: Engine; readonly users: Users },
  config: HistorianConfig,
  { now, pause }: Pick<QueryHost, 'now' | 'pause'>,
): QueryHost {
  return {
    store: engine,
    changes: engine,
    users,
    running: new RunningQueries(config.maxRunningQueries),
    startedAtMs: now(),
    version: VERSION,
    limits: queryLimits(config),
    timeoutMs: config.queryTimeout,
    now,
    pause,
  };
}
