// What a historian's folder holds, counted: per retention policy the series, samples, bytes and the time they span.

import { statSync } from 'node:fs';
import { formatTable } from '#rules/backtest/format-table.ts';
import { formatMoment } from '#rules/backtest/format-time.ts';
import { realFiles } from '#runtime/segment-log/files.ts';
import { findSegments } from '#runtime/segment-log/segment-folder.ts';
import type { Policy } from '../engine/catalogue/catalogue.ts';
import { shardPath } from '../engine/shard/shard-cache.ts';
import { SHARD_LAYOUT, ShardFile } from '../engine/shard/shard-file.ts';
import { policyFolder, spansIn } from '../engine/shard/spans.ts';
import { SqliteFile } from '../engine/sqlite.ts';
import { catalogueOf, type Folder, LOG_OWNER, logFolder, readFolder } from './read-folder.ts';

export type PolicyStats = {
  readonly database: string;
  readonly policy: string;
  /** 0: kept for ever. */
  readonly durationMs: number;
  readonly series: number;
  readonly files: number;
  /** In chunks; those of the log are counted for all together. */
  readonly samples: number;
  readonly bytes: number;
  /** ms since the epoch; null where it has no chunk. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
};

export type Stats = {
  readonly policies: readonly PolicyStats[];
  /** Not in chunks yet. */
  readonly log: { readonly samples: number; readonly bytes: number };
};

/** @throws StartError where there is no historian's folder */
export async function stats(root: string): Promise<Stats> {
  const folder = await readFolder(root);
  return {
    policies: [...catalogueOf(folder).policies()].map((policy) => policyStats(root, policy)),
    log: { samples: samplesIn(folder), bytes: await logBytes(root) },
  };
}

function samplesIn({ batches }: Folder): number {
  return batches.reduce((sum, { length }) => sum + length, 0);
}

async function logBytes(root: string): Promise<number> {
  const segments = await findSegments(realFiles, logFolder(root), LOG_OWNER);
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}

function policyStats(root: string, { entry, database, measurements }: Policy): PolicyStats {
  let [files, samples, bytes] = [0, 0, 0];
  let [firstAt, lastAt] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const startUs of spansIn(policyFolder(root, entry.id))) {
    const file = shardPath(root, { policy: entry.id, startUs });
    const shard = new ShardFile(() => SqliteFile.forReading(file, SHARD_LAYOUT), startUs);
    const totals = shard.totals();
    shard.close();
    files++;
    samples += totals.samples;
    bytes += bytesOf(file) + bytesOf(`${file}-wal`);
    firstAt = Math.min(firstAt, totals.span?.firstAt ?? firstAt);
    lastAt = Math.max(lastAt, totals.span?.lastAt ?? lastAt);
  }
  const isEmpty = samples === 0;
  return {
    ...{ database: database.name, policy: entry.name, durationMs: entry.durationUs / 1_000 },
    series: [...measurements.values()].reduce((sum, { series }) => sum + series.size, 0),
    ...{ files, samples, bytes },
    firstAt: isEmpty ? null : firstAt / 1_000,
    lastAt: isEmpty ? null : lastAt / 1_000,
  };
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

export function statsText({ policies, log }: Stats): string {
  const moment = (at: number | null) => (at === null ? '' : formatMoment(at));
  const rows = policies.map((one) => [
    ...[JSON.stringify(one.database).slice(1, -1), JSON.stringify(one.policy).slice(1, -1)],
    ...[one.series, one.samples, one.bytes].map(String),
    ...[one.samples === 0 ? '' : (one.bytes / one.samples).toFixed(2), moment(one.firstAt), moment(one.lastAt)],
  ]);
  const heading = ['database', 'policy', '>series', '>samples', '>bytes', '>bytes/sample', 'first (UTC)', 'last (UTC)'];
  return `${[...formatTable(heading, rows), `log: ${log.samples} samples that are not in chunks yet, ${log.bytes} bytes`].join('\n')}\n`;
}
