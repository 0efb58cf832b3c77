// The picture with what stands below it in the same time: switches and texts, and the alarms that were active. It is moved by the
// pointer (drag, ctrl and wheel) and by the keyboard.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Trend } from '../../api/history.ts';
import { currentTime } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatFullMoment, formatMoment, formatValue } from '../values/format.ts';
import { AlarmLanes } from './alarm-lanes.tsx';
import { axesOf } from './axes.ts';
import { Canvas } from './canvas.tsx';
import type { Picture, PlotBox } from './chart.ts';
import { linesOf } from './lines.ts';
import { between, type Move, panned, zoomed } from './span.ts';
import { StateLanes } from './state-lanes.tsx';

export type TrendFigureProps = {
  readonly trend: Trend;
  readonly move: Move;
};

const NEARER: Parameters<Move>[0] = (span, now) => zoomed(span, { factor: 0.5 }, now);
const BY_KEY: { readonly [key: string]: Parameters<Move>[0] | undefined } = {
  ArrowLeft: (span, now) => panned(span, -0.25, now),
  ArrowRight: (span, now) => panned(span, 0.25, now),
  '+': NEARER,
  '=': NEARER, // the same key without shift
  '-': (span, now) => zoomed(span, { factor: 2 }, now),
};

const NARROW = '(max-width: 620px)';

export function TrendFigure({ trend, move }: TrendFigureProps) {
  const box = useSignal<PlotBox | null>(null);
  const point = useSignal<number | null>(null);
  const { axes, picture } = useMemo(() => pictureOf(trend), [trend]);
  const { from, to, intervalMs, tier, series, alarms } = trend;
  const events = {
    onMarked: (one: number, other: number) => move((_, now) => between(one, other, now)),
    // A turn of the wheel is many notches, and none of them is a place to come back to.
    onWheel: (factor: number, at: number) => move((span, now) => zoomed(span, { factor, at }, now), true),
    onPoint: (row: number | null) => {
      point.value = row;
    },
    onBox: (next: PlotBox) => {
      if (box.value?.left !== next.left || box.value.width !== next.width) box.value = next;
    },
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = BY_KEY[event.key];
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(next);
  };
  const { label, keys, tiers, every, empty, moreAlarms } = texts.trend;
  const isEmpty = series.every(({ at, states }) => at.length + states.length === 0);
  return (
    <figure
      class="trend-figure"
      data-testid="trend-figure"
      data-from={from}
      data-to={to}
      data-interval={intervalMs}
      data-tier={tier}
    >
      <section
        class="movable"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard moves the picture as the pointer does
        tabIndex={0}
        data-testid="trend-chart"
        aria-label={`${label} ${keys}`}
        onKeyDown={onKeyDown}
      >
        <Canvas axes={axes} picture={picture} events={events} />
        <Point trend={trend} picture={picture} row={point.value} />
      </section>
      {isEmpty && <p class="empty">{empty}</p>}
      <StateLanes trend={trend} box={box.value} />
      <AlarmLanes alarms={alarms} range={{ from, to }} box={box.value} />
      {trend.hasMoreAlarms && <p class="hint">{moreAlarms}</p>}
      <figcaption class="hint">
        {formatFullMoment(from)} – {formatFullMoment(to)}, {every(intervalMs)}, {tiers[tier]}
      </figcaption>
    </figure>
  );
}

function pictureOf(trend: Trend) {
  const numbers = trend.series.flatMap((series, look) => (series.at.length > 0 ? [{ series, look }] : []));
  const axes = axesOf(
    numbers.map(({ series }) => series.unit),
    matchMedia(NARROW).matches ? 2 : 3,
  );
  const picture: Picture = {
    lines: linesOf({ intervalMs: trend.intervalMs, series: numbers.map(({ series }) => series) }),
    drawn: numbers.map(({ series: { quality, limits }, look }, i) => ({
      ...{ look, label: String(look + 1), scale: axes.scales[i] ?? 'y0', quality, limits },
    })),
    alarms: trend.alarms,
    range: { from: trend.from, to: trend.to },
  };
  return { axes, picture };
}

/** What the lines say where the pointer is. */
function Point({
  trend,
  picture,
  row,
}: {
  readonly trend: Trend;
  readonly picture: Picture;
  readonly row: number | null;
}) {
  const at = row === null ? undefined : picture.lines.at[row];
  if (row === null || at === undefined) return <p class="point hint">{texts.trend.pointHint}</p>;
  const values = picture.drawn.flatMap(({ label, look }, i) => {
    const value = picture.lines.lines[i]?.mean[row];
    return typeof value === 'number' ? [`${label}: ${formatValue(value, trend.series[look]?.unit ?? null)}`] : [];
  });
  return (
    <p class="point">
      {formatMoment(at * 1_000, currentTime())} {[...values, ...alarmsAt(trend, at * 1_000)].join('   ')}
    </p>
  );
}

function alarmsAt({ alarms }: Trend, at: number): string[] {
  const active = alarms.filter(({ from, to }) => from <= at && (to === null || at < to));
  return active.map(({ rule, instance }) => `${texts.trend.alarm} ${rule} · ${instance}`);
}
