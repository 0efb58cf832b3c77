// An engine, its sealer and a reader in one thread, on a folder.

import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Files } from '#runtime/segment-log/files.ts';
import type { SampleValue } from '../influxql/store.ts';
import { TIME_MAX, TIME_MIN } from '../influxql/store.ts';
import type { Engine, WriteOutcome } from './engine.ts';
import { type OpenEngine, openEngine } from './open-engine.ts';
import { ReadStore } from './read/read-store.ts';
import { inThisThread } from './seal/seal-lane.ts';
import { Sealer } from './seal/sealer.ts';

const DAY_US = 86_400_000_000;

export const RAW = { name: 'raw', durationUs: 0, shardDurationUs: DAY_US, isDefault: true };

export class TestEngine implements AsyncDisposable {
  readonly engine: Engine;
  readonly store: ReadStore;
  readonly #opened: OpenEngine;
  readonly #sealer: Sealer;

  static async open(
    root: string,
    options: {
      readonly samples?: number;
      readonly files?: Files;
      readonly seriesMax?: number;
      /** Where it is left out, nothing: whoever was abandoned may still try. */
      readonly onFatal?: (error: Error) => void;
    } = {},
  ): Promise<TestEngine> {
    using opening = new DisposableStack();
    const sealer = opening.use(new Sealer(root));
    const store = opening.use(new ReadStore(root));
    const opened = await openEngine(root, {
      sealer: inThisThread(sealer),
      follower: store,
      seriesMax: options.seriesMax ?? 1_000,
      headSize: { samples: options.samples ?? 100_000, textBytes: 1_000_000 },
      ...(options.files !== undefined && { files: options.files }),
      turn: () => setImmediate(),
      wait: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => {}),
      // A torn end is what a power cut leaves; anything else is not to be.
      onDamage: (damage) => {
        if (damage.kind !== 'torn') throw new Error(`damaged: ${JSON.stringify(damage)}`);
      },
      onFatal: options.onFatal ?? (() => {}),
    });
    opening.move();
    return new TestEngine(opened, sealer, store);
  }

  /** With the database `plant` in it. */
  static async openPlant(root: string, options: Parameters<typeof TestEngine.open>[1] = {}): Promise<TestEngine> {
    const test = await TestEngine.open(root, options);
    await test.engine.change({ kind: 'create-database', name: 'plant', policy: RAW });
    return test;
  }

  private constructor(opened: OpenEngine, sealer: Sealer, store: ReadStore) {
    this.engine = opened.engine;
    this.store = store;
    this.#opened = opened;
    this.#sealer = sealer;
  }

  /** In microseconds. */
  write(
    lines: string,
    { policy, nowUs = 0 }: { readonly policy?: string; readonly nowUs?: number } = {},
  ): Promise<WriteOutcome> {
    return this.engine.write({ database: 'plant', policy, precision: 'u', body: Buffer.from(lines), nowUs });
  }

  /** As the thread of queries does it where none runs. */
  refresh(): void {
    this.store.refresh();
    for (const generation of this.store.takeReleased()) this.engine.release(generation);
  }

  /** Moment and value of each sample of a field, over all series of a measurement, ascending. */
  samples(
    field: string,
    { policy = 'raw', measurement = 'm', descending = false, from = TIME_MIN, to = TIME_MAX } = {},
  ): [time: number, value: SampleValue][] {
    this.refresh();
    const found: [number, SampleValue][] = [];
    for (const series of this.store.measurement('plant', policy, measurement)?.series() ?? []) {
      for (const { times, values } of series.pages(field, { from, to, descending })) {
        for (const [i, time] of times.entries()) found.push([time, values[i] as SampleValue]);
      }
    }
    return found;
  }

  /** As a process that is no more leaves its files: the log is not written to any more. */
  abandon(): void {
    this.store[Symbol.dispose]();
    this.#sealer[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
    this.store[Symbol.dispose]();
    this.#sealer[Symbol.dispose]();
  }
}
