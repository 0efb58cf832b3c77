// The picture itself. The only file that imports uPlot; loaded when the first series is chosen, not before.

import uPlot from 'uplot';
import { texts } from '../texts.ts';
import { formatNumber, formatUnit } from '../values/format.ts';
import type { Lines } from './gaps.ts';

const HEIGHT = 230;

export type Chart = {
  /** Lines of a range, both ends in ms. */
  draw(lines: Lines, from: number, to: number): void;
  resize(width: number): void;
  close(): void;
};

export function openChart(root: HTMLElement, unit: string | null): Chart {
  const colour = (name: string) => getComputedStyle(root).getPropertyValue(name).trim();
  const axis = {
    stroke: () => colour('--muted'),
    grid: { stroke: () => colour('--grid'), width: 1 },
    ticks: { stroke: () => colour('--grid'), width: 1 },
  };
  const shown = (_: uPlot, value: number | null) =>
    value === null ? '–' : `${formatNumber(value)} ${formatUnit(unit)}`.trim();
  const edge = { value: shown, stroke: () => colour('--band-edge'), width: 1, points: { show: false } };
  let bounds: uPlot.Range.MinMax = [0, 1];
  const plot = new uPlot(
    {
      width: root.clientWidth,
      height: HEIGHT,
      scales: { x: { time: true, range: () => bounds } },
      axes: [
        { ...axis, values: '{HH}:{mm}' },
        { ...axis, size: 64, label: formatUnit(unit), labelSize: 18 },
      ],
      series: [
        { label: texts.trend.time, value: '{HH}:{mm}:{ss}' },
        { label: texts.trend.min, ...edge },
        { label: texts.trend.max, ...edge },
        // Last, so that it lies over the band.
        { label: texts.trend.mean, value: shown, stroke: () => colour('--ink'), width: 2 },
      ],
      bands: [{ series: [2, 1], fill: () => colour('--band') }],
      cursor: { drag: { x: false, y: false } },
      legend: { live: true },
    },
    [[], [], [], []],
    root,
  );
  return {
    draw(lines, from, to) {
      bounds = [from / 1_000, to / 1_000];
      plot.setData(lines);
    },
    resize: (width) => plot.setSize({ width, height: HEIGHT }),
    close: () => plot.destroy(),
  };
}
