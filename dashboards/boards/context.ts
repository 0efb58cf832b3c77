// What boards are made from besides themselves: the plant's files, and where its console is.

import type { MetricLook } from '../parts/metric-looks.ts';

export type Context = {
  readonly looks: readonly MetricLook[];
  /** Metrics that are booleans or texts. */
  readonly notNumbers: readonly string[];
  /** URL of the console, without a slash at its end. */
  readonly consoleUrl: string;
};

export const UIDS = {
  overview: 'penstock-overview',
  area: 'penstock-area',
  device: 'penstock-device',
  alarms: 'penstock-alarms',
  performance: 'penstock-alarm-performance',
  health: 'penstock-pipeline-health',
  fleet: 'penstock-fleet',
} as const;
