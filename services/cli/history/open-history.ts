// The past of a plant as points in the order of time: from a recording where one is named, else from the store of the settings.

import { influxClient } from '#rules/backtest/influx-client.ts';
import { textsOfFile } from '#rules/backtest/line-file.ts';
import { lineSource } from '#rules/backtest/line-source.ts';
import type { PointSource, Range } from '#rules/backtest/point-source.ts';
import { storeSource } from '#rules/backtest/store-source.ts';
import type { WantedSeries } from '#rules/backtest/wanted-series.ts';
import { storeLogin } from '#runtime/access/service-login.ts';
import { storeUrl } from '#runtime/sections.ts';
import type { Cli } from '../cli.ts';
import type { AllSettings } from '../settings.ts';
import type { SourceOptions } from './history-options.ts';

export type HistoryWish = SourceOptions & {
  readonly range: Range;
  readonly wanted: WantedSeries;
  /** Ends the reading. */
  readonly signal: AbortSignal;
};

export function openHistory(
  { file, holdMs, range, wanted, signal }: HistoryWish,
  config: AllSettings,
  { sleep }: Pick<Cli, 'sleep'>,
): PointSource {
  if (file !== undefined) {
    const texts = textsOfFile(file, { stdin: process.stdin, signal });
    return lineSource(texts, { range, ...(holdMs === undefined ? {} : { holdMs }) });
  }
  const { store, historian } = config;
  const { database } = store;
  const client = influxClient({ url: storeUrl(store, historian), database, ...storeLogin(config, 'cli') });
  return storeSource({ client, database, wanted, range, sleep, signal });
}
