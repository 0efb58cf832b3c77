// The lint rules. A new one is its file, its test, and a row here; those that a compiler sees are found by the compiler
// (R001, R002, R004, R009, R012), and R017 needs the tests.

import { alarmCycle } from './alarm-cycle.ts';
import { alwaysSo } from './always-so.ts';
import { chatterProne } from './chatter-prone.ts';
import { clearOverlap } from './clear-overlap.ts';
import { feedbackLoop } from './feedback-loop.ts';
import { lateAlarm } from './late-alarm.ts';
import { levelOrder } from './level-order.ts';
import type { Lint, SetLint } from './lint.ts';
import { missingResponse } from './missing-response.ts';
import { missingRule } from './missing-rule.ts';
import { neverKnown } from './never-known.ts';
import { priorityMix } from './priority-mix.ts';
import { riskyMode } from './risky-mode.ts';
import { sameComparison } from './same-comparison.ts';
import { shortWindow } from './short-window.ts';
import { smallDeadband } from './small-deadband.ts';
import { unfitCommand } from './unfit-command.ts';
import { unitMismatch } from './unit-mismatch.ts';
import { unknownMetric } from './unknown-metric.ts';
import { unknownName } from './unknown-name.ts';
import { unusedParam } from './unused-param.ts';
import { unverifiedCommand } from './unverified-command.ts';

export const LINTS: readonly Lint[] = [
  unknownMetric,
  unitMismatch,
  alwaysSo,
  neverKnown,
  clearOverlap,
  chatterProne,
  smallDeadband,
  shortWindow,
  lateAlarm,
  missingResponse,
  unverifiedCommand,
  feedbackLoop,
  riskyMode,
  unknownName,
  unusedParam,
  levelOrder,
  unfitCommand,
];

export const SET_LINTS: readonly SetLint[] = [priorityMix, alarmCycle, sameComparison, missingRule];
