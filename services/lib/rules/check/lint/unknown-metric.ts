// R001, of models: an input whose metric its model does not have. That an expression names no declared input is found when
// it is compiled.

import { didYouMean, splitSuggestion } from '#runtime/json-file.ts';
import type { Lint } from './lint.ts';

export const unknownMetric: Lint = {
  code: 'R001',
  ofFile: ({ inputs }, facts) =>
    Object.entries(inputs).flatMap(([name, { metric }]) => {
      const model = facts.get(name)?.model;
      if (model === undefined || model.metrics.has(metric)) return [];
      const known = [...model.metrics.keys()];
      const hint = didYouMean(metric, known) || `; it has ${known.join(', ') || 'none'}`;
      const said = splitSuggestion(`model '${model.model}' has no metric '${metric}'${hint}`);
      return [{ path: ['inputs', name, 'metric'], level: 'error', ...said }];
    }),
};
