// R014: settings that hide what an operator should see.

import type { Lint } from './lint.ts';

export const riskyMode: Lint = {
  code: 'R014',
  ofFile: ({ noData, latching, ackRequired }) => [
    ...(noData.action === 'clear'
      ? [
          {
            path: ['noData', 'action'],
            message: 'a dead sensor ends the alarm as if the plant were well; hold or alarm keep it in sight',
            level: 'warn' as const,
          },
        ]
      : []),
    ...(latching && !ackRequired
      ? [
          {
            path: ['latching'],
            message: 'latching without ackRequired waits for a reset of what nobody had to take note of',
            level: 'warn' as const,
          },
        ]
      : []),
  ],
};
