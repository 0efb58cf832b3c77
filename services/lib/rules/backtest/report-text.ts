// A backtest as a person reads it: per rule, in all, beside the limits that alarm systems are judged by, and what one set of
// rules would have done otherwise than another.

import { PRIORITIES } from '#domain/alarm.ts';
import type { Backtest, SetResult } from './backtest.ts';
import type { Comparison } from './compare.ts';
import { EMPTY_CELL, formatTable } from './format-table.ts';
import { formatMoment, formatSpan } from './format-time.ts';
import { KPI_DAYS_PROPER, KPI_LIMITS, type Kpis } from './kpi.ts';
import type { RuleRow } from './rule-rows.ts';

const LISTED_MAX = 20;

export function backtestText(run: Backtest, comparison?: Comparison): string {
  const { range, points, series, results } = run;
  const head = `${formatMoment(range.from)} to ${formatMoment(range.to)} UTC (${formatSpan(range.to - range.from)}): ${counted(points, 'point')} of ${counted(series, 'series', 'series')}`;
  return [
    head,
    ...sourceNotes(run),
    ...results.flatMap((result) => ['', ...(results.length > 1 ? [`== ${result.name}`] : []), ...setText(result)]),
    ...(comparison === undefined ? [] : ['', ...comparisonText(comparison)]),
    '',
  ].join('\n');
}

function sourceNotes({ source, points }: Backtest): string[] {
  const { unreadable, firstUnreadable, tooLate, outside } = source;
  return [
    ...(points === 0 ? ['no point of these rules in this time: nothing could be judged'] : []),
    ...(unreadable > 0 ? [`${counted(unreadable, 'line')} without a point; the first: ${firstUnreadable}`] : []),
    ...(tooLate > 0
      ? [`${counted(tooLate, 'point')} too far out of order, left out; --hold holds points back longer`]
      : []),
    ...(outside > 0 ? [`${counted(outside, 'point')} outside the time, left out`] : []),
  ];
}

function setText(result: SetResult): string[] {
  const { rules, kpis, positions, commands, historical, episodesLeft } = result;
  return [
    ...formatTable(RULE_COLUMNS, rules.map(ruleCells)),
    ...rules.flatMap(({ rule, stopped }) => (stopped === null ? [] : [`rule ${rule} was stopped: ${stopped}`])),
    '',
    ...kpiText(kpis),
    ...Object.entries(positions)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([position, own]) => ['', `position ${position}`, ...kpiText(own)]),
    ...commandText(commands),
    ...(historical > 0
      ? [`late data would have raised ${counted(historical, 'more alarm')}; they are not counted`]
      : []),
    ...(episodesLeft > 0 ? [`${counted(episodesLeft, 'episode')} counted, and too many to be listed or compared`] : []),
  ];
}

const RULE_COLUMNS = [
  'rule',
  'mode',
  'priority',
  'instances',
  '>activations',
  '>in alarm',
  '>longest',
  '>chatter',
  '>commands',
];

function ruleCells(row: RuleRow): string[] {
  const { rule, mode, priority, instances, alarms, activations, inAlarmMs, longest, chatterBouts, commands } = row;
  const of = instances === 0 ? 'none fits' : `${alarms} of ${instances}`;
  const number = (value: number) => (value === 0 ? EMPTY_CELL : grouped(value));
  return [
    ...[rule, mode, priority, of, number(activations), inAlarmMs === 0 ? EMPTY_CELL : formatSpan(inAlarmMs)],
    ...[longest === null ? EMPTY_CELL : formatSpan(longest.ms), number(chatterBouts), number(commands)],
  ];
}

export function kpiText(kpis: Kpis): string[] {
  const { averages, floods, chattering, stale, acknowledgement } = kpis;
  if (averages === null) return ['the time is empty'];
  const short = kpis.isShort ? `, a time shorter than the ${KPI_DAYS_PROPER} days that such numbers need` : '';
  const rate = (value: number, [good, max]: readonly [number, number]) =>
    `${decimal(value)} (${good} is good, ${max} the limit: ${value <= good ? 'good' : value <= max ? 'under the limit' : 'OVER'})`;
  const limit = (isOver: boolean) => (isOver ? ': OVER' : '');
  return [
    `${counted(kpis.alarms, 'alarm')} that operators are told of, again or for the first time${short}`,
    ...formatTable(
      ['', ''],
      [
        ['per 10 min', rate(averages.perTenMinutes, KPI_LIMITS.perTenMinutes)],
        ['per hour', rate(averages.perHour, KPI_LIMITS.perHour)],
        ['per day', rate(averages.perDay, KPI_LIMITS.perDay)],
        ['most in 10 min', grouped(kpis.mostInTenMinutes)],
        [
          '10 min over 10',
          `${percent(kpis.shareOver10)} (under 1 %${limit(kpis.shareOver10 >= KPI_LIMITS.shareOver10)})`,
        ],
        ['floods', floodText(floods)],
        [
          'chattering',
          `${counted(chattering.alarms, 'alarm')}, ${counted(chattering.bouts, 'time')} (0 is good${limit(chattering.alarms > 0)})`,
        ],
        [
          'stale',
          `${counted(stale.alarms, 'alarm')} over 24 h, ${stale.mostOnADay} on the worst day (under 5${limit(stale.mostOnADay >= KPI_LIMITS.staleOnADay)})`,
        ],
        ['top 10', kpis.topTenShare === null ? EMPTY_CELL : `${percent(kpis.topTenShare)} of all (1 to 5 %)`],
        ['priorities', mixText(kpis)],
        ...(acknowledgement === null
          ? []
          : [
              [
                'acknowledged',
                `after ${formatSpan(acknowledgement.meanMs)} on average, ${formatSpan(acknowledgement.longestMs)} at most`,
              ],
            ]),
        ...(kpis.shelved > 0 ? [['shelved', grouped(kpis.shelved)]] : []),
      ],
    ),
    ...kpis.top.slice(0, 3).map(({ alarm, count }) => `  ${alarm} ${grouped(count)}`),
  ];
}

function floodText(floods: Kpis['floods']): string {
  const longest = floods.reduce((max, { from, to }) => Math.max(max, to - from), 0);
  return floods.length === 0
    ? 'none'
    : `${floods.length}, the longest of ${formatSpan(longest)} (over 10 in 10 min, until under 5)`;
}

function mixText({ priorityMix, alarms }: Kpis): string {
  if (alarms === 0) return EMPTY_CELL;
  const parts = PRIORITIES.map((priority) => `${priority} ${percent(priorityMix[priority])}`);
  return `${parts.reverse().join(', ')} (80/15/5 from low to high)`;
}

function commandText({ total, sent, heldBack }: SetResult['commands']): string[] {
  if (total === 0 && heldBack.size === 0) return [];
  const shown = sent.slice(0, LISTED_MAX);
  return [
    '',
    `${counted(total, 'command')} would have been sent; none was`,
    ...shown.map(
      ({ at, device, cmd, args, rule }) => `  ${formatMoment(at)} ${device} ${cmd} ${JSON.stringify(args)} by ${rule}`,
    ),
    ...(total > shown.length ? [`  and ${grouped(total - shown.length)} more`] : []),
    ...[...heldBack].map(([why, count]) => `  ${counted(count, 'time')} held back, ${why}`),
  ];
}

export function comparisonText({ same, onlyBefore, onlyAfter, moved, left }: Comparison): string[] {
  const list = (lines: readonly string[]) => [
    ...lines.slice(0, LISTED_MAX).map((line) => `  ${line}`),
    ...(lines.length > LISTED_MAX ? [`  and ${grouped(lines.length - LISTED_MAX)} more`] : []),
  ];
  const span = (each: { alarm: string; from: number; to: number | null; priority: string }) =>
    `${formatMoment(each.from)} ${each.alarm} (${each.priority}), ${each.to === null ? 'did not return' : formatSpan(each.to - each.from)}`;
  const shift = (ms: number, what: string) =>
    ms === 0 ? [] : [`${what} ${formatSpan(Math.abs(ms))} ${ms > 0 ? 'later' : 'earlier'}`];
  return [
    `${counted(same, 'episode')} the same`,
    `${counted(onlyBefore.length, 'episode')} only before`,
    ...list(onlyBefore.map(span)),
    `${counted(onlyAfter.length, 'episode')} only after`,
    ...list(onlyAfter.map(span)),
    `${counted(moved.length, 'episode')} moved`,
    ...list(
      moved.map(({ alarm, before, after, beginsLaterMs, endsLaterMs }) => {
        const ends =
          endsLaterMs === null && before.to !== after.to
            ? [after.to === null ? 'does not return any more' : 'returns now']
            : shift(endsLaterMs ?? 0, 'returns');
        const priority = before.priority === after.priority ? [] : [`${after.priority} instead of ${before.priority}`];
        return `${formatMoment(before.from)} ${alarm}: ${[...shift(beginsLaterMs, 'begins'), ...ends, ...priority].join(', ')}`;
      }),
    ),
    ...(left > 0 ? [`${counted(left, 'episode')} too many to be compared one by one`] : []),
  ];
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

const grouped = (value: number): string => value.toLocaleString('en-US');
const decimal = (value: number): string => (value !== 0 && value < 0.1 ? value.toPrecision(2) : value.toFixed(1));
const percent = (share: number): string => `${decimal(share * 100)} %`;
