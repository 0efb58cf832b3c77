// The engine as the process opens it: with what its last life wrote down, less the alarms of rules that are gone.

import { Engine } from '#rules/engine/engine.ts';
import type { RuleFiles } from '#rules/rule-files.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { readFacts } from './facts.ts';
import { retiredAlarms } from './retired.ts';
import type { StateStore } from './state-store.ts';

export type OpenEngineOptions = {
  readonly models: ReadonlyMap<string, DeviceModel>;
  readonly startedAt: number;
  readonly onAmbiguous: (message: string) => void;
};

export function openEngine(files: RuleFiles, store: StateStore, options: OpenEngineOptions): Engine {
  store.retire(retiredAlarms(store.states(), files));
  const known = readFacts(store.facts(), options.startedAt);
  return new Engine({ rules: files.rules, saved: store.states(), known, ...options });
}
