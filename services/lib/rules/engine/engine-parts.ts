// What an engine is made of, for those of its parts that need the others.

import type { Alarms } from './alarms.ts';
import type { Binder } from './binder.ts';
import type { Evaluator } from './evaluator.ts';
import type { Ledger } from './ledger.ts';
import type { Now } from './now.ts';
import type { Plant } from './plant.ts';
import type { SharedFrame } from './shared-frame.ts';

export type EngineParts = {
  readonly now: Now;
  readonly plant: Plant;
  readonly binder: Binder;
  readonly ledger: Ledger;
  readonly frame: SharedFrame;
  readonly evaluator: Evaluator;
  readonly alarms: Alarms;
};
