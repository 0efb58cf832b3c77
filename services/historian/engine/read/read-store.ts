// The historian as queries see it: the catalogue, and samples of memory and of chunks together. Reads only; may live in a
// thread of its own, since the engine tells it of everything (follower.ts) and memory is shared. What is new is seen
// with the next `refresh`; what somebody is reading then stays as it was when he began.

import type { Policy, Store, StoredMeasurement } from '../../influxql/store.ts';
import { Catalogue, type Measurement } from '../catalogue/catalogue.ts';
import type { Entry } from '../catalogue/entry.ts';
import type { Follower } from '../follower.ts';
import { Generation, type GenerationMemory } from '../head/generation.ts';
import { ReadSeries } from './read-series.ts';
import { Spans } from './spans.ts';

type News =
  | { readonly entries: readonly Entry[] }
  | { readonly memory: GenerationMemory }
  | { readonly sealed: number }
  | { readonly expired: number };

export class ReadStore implements Store, Follower, Disposable {
  readonly #catalogue = new Catalogue();
  readonly #spans: Spans;
  readonly #onDamage: ((place: string, why: string) => void) | undefined;
  readonly #news: News[] = [];
  /** Oldest first. */
  #generations: readonly Generation[] = [];
  #released: number[] = [];

  /** `onDamage` is told where a chunk cannot be decoded, which is then left out; without it, reading one throws. */
  constructor(root: string, onDamage?: (place: string, why: string) => void) {
    this.#spans = new Spans(root);
    this.#onDamage = onDamage;
  }

  entries(entries: readonly Entry[]): void {
    this.#news.push({ entries });
  }

  generation(memory: GenerationMemory): void {
    this.#news.push({ memory });
  }

  sealed(generation: number): void {
    this.#news.push({ sealed: generation });
  }

  expired(policy: number): void {
    this.#news.push({ expired: policy });
  }

  /** Takes note of what has happened since the last time. */
  refresh(): void {
    this.#spans.refresh();
    for (const news of this.#news.splice(0)) {
      if ('entries' in news) for (const entry of news.entries) this.#catalogue.apply(entry);
      else if ('memory' in news) this.#generations = [...this.#generations, new Generation(news.memory)];
      else if ('expired' in news) this.#spans.forgetPolicy(news.expired);
      else {
        this.#generations = this.#generations.filter(({ id }) => id !== news.sealed);
        this.#released.push(news.sealed);
        this.#spans.forget();
      }
    }
  }

  /** Generations that are read no more, where no answer is being computed: their memory may be used again. */
  takeReleased(): number[] {
    const released = this.#released;
    this.#released = [];
    return released;
  }

  databases(): string[] {
    return [...this.#catalogue.databases.keys()].sort();
  }

  policies(database: string): readonly Policy[] | undefined {
    const found = this.#catalogue.databases.get(database);
    return found === undefined ? undefined : [...found.policies.values()].map(({ entry }) => entry);
  }

  *measurements(database: string, policy: string): Generator<StoredMeasurement> {
    const found = this.#catalogue.databases.get(database)?.policies.get(policy)?.measurements.values() ?? [];
    for (const measurement of found) yield this.#stored(measurement);
  }

  measurement(database: string, policy: string, name: string): StoredMeasurement | undefined {
    const found = this.#catalogue.databases.get(database)?.policies.get(policy)?.measurements.get(name);
    return found === undefined ? undefined : this.#stored(found);
  }

  #stored(measurement: Measurement): StoredMeasurement {
    const { name, fields, tagCounts, series } = measurement;
    const parts = { generations: this.#generations, spans: this.#spans, onDamage: this.#onDamage };
    return {
      name,
      fields: new Map([...fields].map(([field, { type }]) => [field, type])),
      tagKeys: () => [...tagCounts.keys()].sort(),
      *series() {
        for (const one of series.values()) yield new ReadSeries(one, parts);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#spans[Symbol.dispose]();
  }
}
