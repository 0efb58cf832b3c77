// R010: an urgent alarm that nobody said how to answer is no alarm (ISA-18.2): what the operator does, and in what time.

import { writtenLevels } from './level-places.ts';
import type { Lint } from './lint.ts';

export const missingResponse: Lint = {
  code: 'R010',
  ofFile: (file) => {
    const { response, timeToRespond } = file.rationalisation ?? {};
    const missing = [
      ...(response === undefined ? ['response'] : []),
      ...(timeToRespond === undefined ? ['timeToRespond'] : []),
    ];
    const urgent = writtenLevels(file).find(({ spec }) => spec.priority === 'high' || spec.priority === 'critical');
    if (missing.length === 0 || urgent === undefined) return [];
    const message = `priority ${urgent.spec.priority} needs ${missing.join(' and ')} in rationalisation: what the operator does, and in what time`;
    return [{ path: [...urgent.path, 'priority'], message, level: 'error' }];
  },
};
