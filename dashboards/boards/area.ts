// Level 2: one area. Its alarms at the top, then each metric with all devices that have it, then states and quality.

import { BY_URGENCY, isShown, LIST_COLUMNS, listStanding } from '../parts/alarm-queries.ts';
import { alarmMarks } from '../parts/annotations.ts';
import type { Board } from '../parts/board.ts';
import { and, isArea, isChosen, isDevice, isSite } from '../parts/influxql.ts';
import { statesOf, trendOf } from '../parts/value-queries.ts';
import { consoleAt, drawnMetrics, variables } from '../parts/variables.ts';
import { QUALITY_WORDS, SWITCH_WORDS } from '../parts/words.ts';
import { type Context, UIDS } from './context.ts';

const OF_AREA = and(isSite, isArea);
const OF_DEVICES = and(OF_AREA, isDevice);
const OF_METRIC = and(OF_DEVICES, isChosen('metric'));

export function areaBoard({ looks, notNumbers, consoleUrl }: Context): Board {
  return {
    uid: UIDS.area,
    title: 'Area',
    folder: 'Plant',
    description:
      'Level 2: one area, each metric with all its devices; limits of rules as dashed lines, alarms as marks.',
    variables: [
      ...[variables.sites, variables.area, variables.devices, drawnMetrics(notNumbers), variables.tier, variables.step],
      consoleAt(consoleUrl),
    ],
    annotations: alarmMarks(OF_AREA),
    range: 'now-3h',
    refresh: '10s',
    leadsTo: [
      { title: 'Plant overview', uid: UIDS.overview },
      { title: 'Device', uid: UIDS.device },
      { title: 'Alarms', uid: UIDS.alarms },
    ],
    rows: [
      {
        panels: [
          {
            kind: 'table',
            title: 'Alarms of the area',
            description: 'Active, unacknowledged or latched alarms of the area, the most urgent first.',
            width: 24,
            height: 6,
            unit: 'none',
            noValue: 'no alarm',
            columns: LIST_COLUMNS,
            sortBy: BY_URGENCY,
            queries: [listStanding(OF_AREA, isShown)],
          },
        ],
      },
      {
        title: 'Values',
        panels: [
          {
            kind: 'trend',
            title: '$metric',
            description:
              'Mean of each step, a line for each device; the axis is the range of the sensor, dashed lines are limits of rules. A gap is time without points.',
            width: 12,
            height: 8,
            unit: 'none',
            repeat: 'metric',
            looks,
            stepAtLeast: '$step',
            queries: trendOf(OF_METRIC, '$tag_device $tag_metric'),
            link: {
              title: 'Device',
              url: `/d/${UIDS.device}?\${__url_time_range}&\${site:queryparam}&\${area:queryparam}&\${tier:queryparam}&var-device=\${__field.labels.device}`,
            },
          },
        ],
      },
      {
        title: 'States and quality',
        panels: [
          {
            kind: 'timeline',
            title: 'On and off',
            description:
              'Booleans over time, as they were last said in each step. Grey is normal either way: what is wrong is an alarm.',
            width: 12,
            height: 7,
            unit: 'none',
            words: SWITCH_WORDS,
            queries: [statesOf('flag', OF_DEVICES)],
          },
          {
            kind: 'timeline',
            title: 'States',
            description: 'Texts over time, such as the state of a machine.',
            width: 12,
            height: 7,
            unit: 'none',
            queries: [statesOf('text', OF_DEVICES)],
          },
          {
            kind: 'timeline',
            title: 'Quality that is not good',
            description:
              'When a value was uncertain or bad: out of the range of its sensor, said so by the device, or of a wrong clock. Normal: nothing.',
            width: 24,
            height: 6,
            unit: 'none',
            noValue: 'all good',
            words: QUALITY_WORDS,
            queries: [statesOf('q', OF_DEVICES)],
          },
        ],
      },
    ],
  };
}
