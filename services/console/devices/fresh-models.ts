// What the device models say now: engineers change the files while the console runs, and an order must not be refused by what one
// said yesterday. Read again when somebody asks, and at most so often.

import type { DeviceModel } from '#runtime/plant-files.ts';

const FRESH_MS = 5_000;

export type Models = ReadonlyMap<string, DeviceModel>;

export class FreshModels {
  readonly #read: () => Models;
  readonly #now: () => number;
  #models: Models;
  #readAt: number;

  constructor(read: () => Models, now: () => number) {
    this.#read = read;
    this.#now = now;
    this.#models = read();
    this.#readAt = now();
  }

  get(): Models {
    // The distance: a clock that steps back must not make them stay.
    if (Math.abs(this.#now() - this.#readAt) < FRESH_MS) return this.#models;
    this.#models = this.#read();
    this.#readAt = this.#now();
    return this.#models;
  }
}
