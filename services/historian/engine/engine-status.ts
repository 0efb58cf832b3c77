// How the engine is, in numbers.

export type EngineStatus = {
  /** Why nothing can be stored just now, in words. */
  readonly problem: string | undefined;
  readonly databases: readonly string[];
  /** Samples that are not in chunks yet. */
  readonly headSamples: number;
  readonly logBytes: number;
};
