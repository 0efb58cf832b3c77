// R001, of models: a model that no file describes, and an input whose metric its model does not have. That an expression names no declared input is found when
// it is compiled.

import { didYouMean, splitSuggestion } from '#runtime/json-file.ts';
import type { Path } from '../../language/expression.ts';
import type { Lint, Remark } from './lint.ts';

export const unknownMetric: Lint = {
  code: 'R001',
  ofFile: ({ scope, inputs, actions }, facts, { models }) => [
    ...ofModel(scope.model, ['scope', 'model'], models),
    ...Object.entries(inputs).flatMap(([name, { select }]) =>
      ofModel(select?.model, ['inputs', name, 'select', 'model'], models),
    ),
    ...actions.flatMap((action, i) =>
      action.type === 'command'
        ? ofModel(action.target.select?.model, ['actions', i, 'target', 'select', 'model'], models)
        : [],
    ),
    ...Object.entries(inputs).flatMap(([name, { metric }]): Remark[] => {
      const model = facts.get(name)?.model;
      if (model === undefined || model.metrics.has(metric)) return [];
      const known = [...model.metrics.keys()];
      const hint = didYouMean(metric, known) || `; it has ${known.join(', ') || 'none'}`;
      const said = splitSuggestion(`model '${model.model}' has no metric '${metric}'${hint}`);
      return [{ path: ['inputs', name, 'metric'], level: 'error', ...said }];
    }),
  ],
};

/** Models come by files alone, so that of a plant with models every one is known. */
function ofModel(model: string | undefined, path: Path, models: ReadonlySet<string>): Remark[] {
  if (model === undefined || models.size === 0 || models.has(model)) return [];
  const hint = didYouMean(model, [...models]) || `; there are ${[...models].join(', ')}`;
  return [{ path, level: 'error', ...splitSuggestion(`there is no model '${model}'${hint}`) }];
}
