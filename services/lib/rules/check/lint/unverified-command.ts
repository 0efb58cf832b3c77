// R012, as a warning: a command without verify is believed because the device says so. Without expiresAfter or ack it is
// refused when the rule is compiled.

import type { Lint } from './lint.ts';

export const unverifiedCommand: Lint = {
  code: 'R012',
  ofFile: ({ actions }) =>
    actions.flatMap((action, i) => {
      if (action.type !== 'command' || action.verify !== undefined) return [];
      const message = `command '${action.command}' has no verify: nothing proves that the plant did it`;
      return [{ path: ['actions', i, 'command'], message, level: 'warn' }];
    }),
};
