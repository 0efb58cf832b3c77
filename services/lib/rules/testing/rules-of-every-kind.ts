// Rules that use everything the language has, for properties that must hold whatever a rule is made of.

import { ruleOf } from './history.ts';

const temp = { metric: 'temp', maxAge: '10s' };
const above = (limit: number) => ({ '>': [{ var: 'temp' }, limit] });
export const graded = ruleOf({
  id: 'graded',
  inputs: { temp },
  levels: [
    { priority: 'medium', condition: above(78), deadband: 2 },
    { priority: 'critical', condition: above(90), onDelay: '2s' },
  ],
  offDelay: '1s',
  reAlarmTime: '15s',
  reAlarmRepeatCount: 2,
});
export const windowed = ruleOf({
  id: 'windowed',
  inputs: {
    mean: { metric: 'temp', fn: 'avg', window: '20s', maxAge: '15s', minSamples: 2 },
    climb: { metric: 'temp', fn: 'slope', window: '10s', per: '1s', maxAge: '15s' },
    span: { metric: 'temp', fn: 'delta', window: '30s', maxAge: '15s', minCoverage: 0.3 },
  },
  condition: {
    or: [{ '>': [{ var: 'mean' }, 80] }, { and: [{ '>': [{ var: 'climb' }, 2] }, { '>': [{ var: 'span' }, 0] }] }],
  },
  clearCondition: { '<': [{ var: 'mean' }, 78] },
  onDelay: '1s',
  noData: { action: 'alarm', after: '25s', priority: 'low' },
});
export const timed = ruleOf({
  id: 'timed',
  inputs: { temp, flow: { metric: 'flow', maxAge: '20s' } },
  condition: { for: [{ and: [above(78), { for: [{ '<': [{ var: 'flow' }, 9] }, '1s'] }] }, '3s'] },
  enableWhen: { for: [{ '==': [{ state: 'mode' }, 'run'] }, '2s'] },
  latching: true,
  offDelay: '1s',
  noData: { action: 'clear', after: '30s' },
});
export const inhibited = ruleOf({
  id: 'inhibited',
  inputs: { temp },
  condition: above(75),
  suppressWhen: { '==': [{ state: 'mode' }, 'manual'] },
  inhibitedBy: [{ rule: 'graded', equal: ['device'] }],
  firstOutGroup: 'trip',
  shelving: { maxDuration: '30s' },
});
const reader = ruleOf({
  id: 'reader',
  inputs: { flow: { metric: 'flow', maxAge: '20s' } },
  condition: { and: [{ '<': [{ var: 'flow' }, 5] }, { alarm: 'graded' }] },
  firstOutGroup: 'trip',
  ackRequired: false,
  actions: [{ id: 'low-flow', on: ['active'], type: 'alarm', priority: 'high' }],
});
export const RULES_OF_EVERY_KIND = [graded, windowed, timed, inhibited, reader];

/** Their ids, and those of alarms that they raise beside their own. */
export const IDS_OF_EVERY_KIND = [
  ...RULES_OF_EVERY_KIND.map(({ id }) => id),
  ...['windowed.no-data', 'reader.low-flow'],
];

/** All that people may do, the refusable included. */
export const OPERATIONS_OF_EVERY_KIND = [
  ...(['ack', 'ack', 'reset', 'shelve', 'unshelve', 'oos', 'in-service'] as const),
];
