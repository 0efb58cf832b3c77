// The line of one input, with the limits that it is compared with. Loaded with the first backtest, not before.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { InputSeries, LimitLine } from '../../../api/rules.ts';
import { texts } from '../../texts.ts';
import { tickTexts } from '../../trend/time-ticks.ts';
import { formatNumber } from '../../values/format.ts';
import { extentOf } from './extent.ts';
import { AXIS_HEIGHT, INSET, PLOT_HEIGHT } from './inset.ts';

const SYNC = 'trial';

export type Pictured = {
  readonly series: InputSeries;
  readonly limits: readonly LimitLine[];
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
};

export type InputPlot = {
  draw(pictured: Pictured): void;
  resize(width: number): void;
  close(): void;
};

/** @param onPoint the bucket that the pointer is over */
export function openInputPlot(root: HTMLElement, first: Pictured, onPoint: (bucket: number | null) => void): InputPlot {
  const colour = (name: string) => getComputedStyle(root).getPropertyValue(name).trim();
  let pictured = first;
  const line = { stroke: () => colour('--grid'), width: 1 };
  const axis = { stroke: () => colour('--muted'), grid: line, ticks: line };
  const edge = { stroke: () => colour('--band-edge'), width: 1, points: { show: false } };
  const plot = new uPlot(
    {
      width: root.clientWidth,
      height: PLOT_HEIGHT,
      padding: [INSET.top, INSET.right, 0, 0],
      scales: {
        x: { time: true, range: () => [pictured.from / 1_000, pictured.to / 1_000] },
        y: { range: () => [...extentOf(pictured.series, pictured.limits)] },
      },
      axes: [
        { ...axis, size: AXIS_HEIGHT, values: (_, ticks) => tickTexts(ticks) },
        { ...axis, size: INSET.left },
      ],
      series: [
        {},
        edge,
        edge,
        // Last, so that it lies over the band.
        { stroke: () => colour('--ink'), width: 1.5, points: { show: false } },
      ],
      bands: [{ series: [2, 1], fill: () => colour('--band') }],
      cursor: { drag: { x: false, y: false }, sync: { key: SYNC } },
      legend: { show: false },
      hooks: {
        draw: [(self) => drawLimits(self, pictured.limits, colour)],
        setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)],
      },
    },
    columnsOf(pictured.series),
    root,
  );
  return {
    draw(next) {
      pictured = next;
      plot.setData(columnsOf(next.series));
    },
    resize: (width) => plot.setSize({ width, height: PLOT_HEIGHT }),
    close: () => plot.destroy(),
  };
}

function columnsOf({ at, min, max, mean }: InputSeries): uPlot.AlignedData {
  return [at.map((ms) => ms / 1_000), [...min], [...max], [...mean]];
}

const SIGNS = { '>': '>', '>=': '≥', '<': '<', '<=': '≤', '==': '=', '!=': '≠' } as const;

/** What raises is a long dash and what ends is a dotted line; its number stands at it. */
function drawLimits(plot: uPlot, limits: readonly LimitLine[], colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour('--ink');
  ctx.fillStyle = colour('--ink');
  ctx.font = `600 ${11 * scale}px system-ui, "DejaVu Sans", sans-serif`;
  ctx.textAlign = 'right';
  for (const { value, kind, operator } of limits) {
    const y = plot.valToPos(value, 'y', true);
    ctx.setLineDash((kind === 'raises' ? [9, 4] : [2, 4]).map((each) => each * scale));
    ctx.lineWidth = scale;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const words = `${texts.rules.trial.limitKinds[kind]} ${SIGNS[operator]} ${formatNumber(value)}`;
    // On the side that it speaks of, so that a limit and the one that ends it do not write over each other.
    const isBelow = operator.startsWith('<');
    ctx.setLineDash([]);
    ctx.lineWidth = 4 * scale;
    ctx.strokeStyle = colour('--panel');
    const place = [bbox.left + bbox.width - 4 * scale, y + (isBelow ? 13 : -5) * scale] as const;
    ctx.strokeText(words, ...place);
    ctx.fillText(words, ...place);
    ctx.strokeStyle = colour('--ink');
  }
  ctx.restore();
}
