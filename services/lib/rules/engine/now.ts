// What the parts of the engine share while one input is taken.

import type { EngineOutput } from './inputs.ts';
import type { Instance } from './instance.ts';
import type { LoadedRule } from './loaded-rule.ts';

export type Now = {
  /** The latest moment the engine has been told of. What moves things in the plant goes by this one. */
  clock: number;
  /** The moment that is being lived: in a late tick, each deadline's own. */
  moment: number;
  /** What the input has led to so far, in order. */
  outputs: EngineOutput[];
  /** Instances that must be looked at because another alarm changed. */
  readonly affected: Set<Instance>;
  /** Rules whose expressions read the alarms of a rule, or that it inhibits. */
  readonly readers: Map<string, Set<LoadedRule>>;
};
