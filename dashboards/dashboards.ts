// All dashboards: one row each.

import { alarmPerformanceBoard } from './boards/alarm-performance.ts';
import { alarmsBoard } from './boards/alarms.ts';
import { areaBoard } from './boards/area.ts';
import type { Context } from './boards/context.ts';
import { deviceBoard } from './boards/device.ts';
import { fleetBoard } from './boards/fleet.ts';
import { overviewBoard } from './boards/overview.ts';
import { pipelineHealthBoard } from './boards/pipeline-health.ts';
import type { Board } from './parts/board.ts';

export const BOARDS: readonly ((context: Context) => Board)[] = [
  overviewBoard,
  areaBoard,
  deviceBoard,
  alarmsBoard,
  alarmPerformanceBoard,
  pipelineHealthBoard,
  fleetBoard,
];
