// For tests of the writer: a store in memory, and a writer whose journal lies on a file system that can lose its power.

import type { Delivery } from '#runtime/bus.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import type { RefusedLine } from './deliver.ts';
import type { Policy, Rows, Store } from './influx.ts';
import { type JournalOptions, openJournal } from './journal.ts';
import { Thinner } from './thinning/thinner.ts';
import { Writer, type WriterOptions } from './writer.ts';

/** The store of a plant: what it was told, in order; it answers as `answer` says, after which it has the lines. */
export class MemoryStore implements Store {
  /** Lines as they came, by policy. */
  readonly lines: { readonly text: string; readonly policy: Policy }[] = [];
  readonly #texts = new Set<string>();
  requests = 0;
  created = 0;
  answer: (lines: string) => void | Promise<void> = () => {};
  rows: (influxql: string) => readonly Rows[] = () => [];

  async write(lines: string, policy: Policy): Promise<void> {
    this.requests++;
    await this.answer(lines);
    for (const text of lines.split('\n')) {
      this.lines.push({ text, policy });
      this.#texts.add(text);
    }
  }

  async create(): Promise<string[]> {
    this.created++;
    return [];
  }

  async query(influxql: string): Promise<readonly Rows[]> {
    return this.rows(influxql);
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  /** A repeat only where it stood first. */
  get distinct(): string[] {
    return [...this.#texts];
  }
}

/** What one life of a process reaches: nothing any more after its end, as a process that is no more. */
export function mortal(store: Store): Store & { die(): void } {
  let isDead = false;
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead) await new Promise(() => {});
    const result = await work();
    if (isDead) await new Promise(() => {});
    return result;
  };
  return {
    write: (lines, policy) => alive(() => store.write(lines, policy)),
    create: () => alive(() => store.create()),
    query: (influxql) => alive(() => store.query(influxql)),
    die() {
      isDead = true;
    },
  };
}

export const FOLDER = '/data/writer/journal';

export type TestWriterOptions = {
  readonly files?: PowerCutFiles;
  readonly store?: Store;
  readonly journal?: Partial<JournalOptions>;
  readonly changes?: Partial<WriterOptions<null>>;
};

/** Small segments, so that a few messages fill some. */
export async function openTestWriter(options: TestWriterOptions = {}) {
  const { files = new PowerCutFiles(), store = new MemoryStore() } = options;
  const fatal: Error[] = [];
  const { journal, checkpoint } = await openJournal<null>(FOLDER, {
    files,
    segmentBytesMax: 2_000,
    fullRetryMs: 1,
    onDamage: () => {},
    onFatal: (error) => fatal.push(error),
    ...options.journal,
  });
  const refused: RefusedLine[] = [];
  const writer = new Writer<null>({
    ...{ store, journal, checkpoint },
    thinner: new Thinner({ saved: checkpoint?.thinning, onDropped: () => {} }),
    lanes: 2,
    requestBytesMax: 1_000_000,
    memoryBytesMax: 1_000_000,
    journalBytesMax: 100_000_000,
    retryMsMax: 1,
    state: () => null,
    refuse: async (lines) => void refused.push(...lines),
    onSafe: () => {},
    onNotCreated: () => {},
    now: () => 5,
    clock: () => 0,
    ...options.changes,
  });
  const acked: number[] = [];
  let count = 0;
  const take = (payload: string, topic = 'points/v1/4') => {
    const n = count++;
    const delivery: Delivery = {
      topic,
      payload: Buffer.from(payload),
      qos: 1,
      retained: false,
      ack: () => acked.push(n),
    };
    writer.take(delivery);
  };
  return { files, journal, writer, take, acked, refused, fatal };
}
