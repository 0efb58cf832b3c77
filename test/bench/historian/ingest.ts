// Batches into a store: as fast as it takes them, or at a steady pace with somebody who asks beside it.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { BATCH_LINES, type Batch, type Batches, LANES } from './sample-stream.ts';
import type { Store } from './store.ts';

export type Ingested = { readonly seconds: number; readonly lines: number };

/** One request in flight per lane. */
export async function ingest(store: Store, database: string, batches: Batches): Promise<Ingested> {
  using client = store.client();
  const startedAt = performance.now();
  await Promise.all(
    batches.map(async (lane) => {
      for (const { body } of lane) await client.write(database, body);
    }),
  );
  const lines = batches.flat().reduce((sum, batch) => sum + batch.lines, 0);
  return { seconds: (performance.now() - startedAt) / 1_000, lines };
}

export type Steady = {
  /** In ms and ascending, from when a request was due until its answer was there. */
  readonly writesMs: readonly number[];
  readonly queriesMs: readonly number[];
  /** The longest that the client itself stood still, in ms: no answer is timed more exactly. */
  readonly clientMs: number;
};

export type Pace = {
  readonly database: string;
  readonly linesPerS: number;
  readonly influxql: string;
  readonly queryEveryMs: number;
};

/** How often the client looks whether it stands still. */
const LOOK_EVERY_MS = 5;

/** Requests are timed from when they are due by the clock: one that had to wait for the last one counts that wait too. */
export async function steadily(store: Store, batches: Batches, pace: Pace): Promise<Steady> {
  const { database, linesPerS, influxql, queryEveryMs } = pace;
  const batchEveryMs = (BATCH_LINES * 1_000) / linesPerS;
  using client = store.client();
  const delay = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
  delay.enable();
  const startedAt = performance.now();
  const due = async (at: number) => {
    const ms = startedAt + at - performance.now();
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  };
  const timed = async (at: number, into: number[], ask: () => Promise<unknown>) => {
    await ask();
    into.push(performance.now() - startedAt - at);
  };
  const writesMs: number[] = [];
  const writeLane = async (lane: readonly Batch[], number: number) => {
    for (const [i, { body }] of lane.entries()) {
      const at = (i * LANES + number) * batchEveryMs;
      await due(at);
      await timed(at, writesMs, () => client.write(database, body));
    }
  };
  const queriesMs: number[] = [];
  const ask = async () => {
    const untilMs = Math.max(...batches.map((lane) => lane.length)) * LANES * batchEveryMs;
    // Between two writes: what is looked for is the stall, not the wait for a write that came just before.
    for (let at = batchEveryMs / 2; at < untilMs; at += queryEveryMs) {
      await due(at);
      await timed(at, queriesMs, () => client.query(influxql));
    }
  };
  await Promise.all([...batches.map(writeLane), ask()]);
  delay.disable();
  const ascending = (a: number, b: number) => a - b;
  return {
    writesMs: writesMs.sort(ascending),
    queriesMs: queriesMs.sort(ascending),
    clientMs: delay.max / 1e6 - LOOK_EVERY_MS,
  };
}
