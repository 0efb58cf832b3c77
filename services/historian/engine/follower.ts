// Who follows what the engine does, in order: a reader, in this thread or another.

import type { Entry } from './catalogue/entry.ts';
import type { GenerationMemory } from './head/generation.ts';

export interface Follower {
  entries(entries: readonly Entry[]): void;
  /** A new one begins; samples appear in it without further word. */
  generation(memory: GenerationMemory): void;
  /** Everything of this one is in chunks. Its memory stays as it is until the engine is told that nobody reads it (`release`). */
  sealed(generation: number): void;
  /** Files of this policy have been deleted. Another one of the same name is not made before this is told. */
  expired(policy: number): void;
}
