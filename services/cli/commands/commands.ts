// The commands of the command line, in the order in which --help lists them: one row each.

import type { CliCommand } from '../cli.ts';
import { configShowCommand } from './config-show.ts';
import { doctorCommand } from './doctor.ts';
import { rejectedListCommand } from './rejected-list.ts';
import { rejectedReplayCommand } from './rejected-replay.ts';
import { rejectedShowCommand } from './rejected-show.ts';
import { rulesBacktestCommand } from './rules-backtest.ts';
import { rulesCheckCommand } from './rules-check.ts';
import { rulesDiffCommand } from './rules-diff.ts';
import { rulesExplainCommand } from './rules-explain.ts';
import { rulesFmtCommand } from './rules-fmt.ts';
import { rulesNewCommand } from './rules-new.ts';
import { rulesTestCommand } from './rules-test.ts';
import { serviceCommand } from './service.ts';
import { simulateCommand } from './simulate.ts';
import { startCommand } from './start.ts';
import { tailCommand } from './tail.ts';

export const COMMANDS: readonly CliCommand[] = [
  startCommand,
  serviceCommand,
  simulateCommand,
  tailCommand,
  configShowCommand,
  doctorCommand,
  rejectedListCommand,
  rejectedShowCommand,
  rejectedReplayCommand,
  rulesBacktestCommand,
  rulesCheckCommand,
  rulesExplainCommand,
  rulesDiffCommand,
  rulesFmtCommand,
  rulesNewCommand,
  rulesTestCommand,
];
