// What queries stand on, made of the engine and the settings.

import type { QueryHost } from './answer/answer-query.ts';
import { type HistorianConfig, queryLimits } from './config.ts';
import type { Engine } from './engine/engine.ts';
import { VERSION } from './http/server.ts';
import { RunningQueries } from './influxql/running-queries.ts';

export function queryHost(
  engine: Engine,
  config: HistorianConfig,
  { now, pause }: Pick<QueryHost, 'now' | 'pause'>,
): QueryHost {
  return {
    store: engine,
    changes: engine,
    running: new RunningQueries(config.maxRunningQueries),
    startedAtMs: now(),
    version: VERSION,
    limits: queryLimits(config),
    timeoutMs: config.queryTimeout,
    now,
    pause,
  };
}
