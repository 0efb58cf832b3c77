// The picture itself, drawn by uPlot; loaded with the first series, not before.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { AlarmBand } from '../../api/history.ts';
import { formatUnit } from '../values/format.ts';
import { type Axes, scaleRange } from './axes.ts';
import { type Lines, lonelyRows } from './lines.ts';
import { lookOf } from './looks.ts';
import { type Colours, type Drawn, drawAbove, drawBelow } from './overlays.ts';
import type { Range } from './span.ts';
import { tickTexts } from './time-ticks.ts';

export type ChartLine = Drawn & {
  /** Which dashes it has. */
  readonly look: number;
};

export type Picture = {
  readonly lines: Lines;
  readonly drawn: readonly ChartLine[];
  readonly alarms: readonly AlarmBand[];
  readonly range: Range;
};

/** Where the plot is inside its place, in pixels: what stands below it is kept in line with it. */
export type PlotBox = { readonly left: number; readonly width: number };

export type ChartEvents = {
  readonly onMarked: (from: number, to: number) => void;
  readonly onWheel: (factor: number, at: number) => void;
  /** The row of the picture's lines that the pointer is over. */
  readonly onPoint: (row: number | null) => void;
  readonly onBox: (box: PlotBox) => void;
};

export type Chart = {
  draw(picture: Picture): void;
  resize(width: number): void;
  close(): void;
};

const HEIGHT = 300;
/** With nothing but states above the time axis. */
const HEIGHT_WITHOUT_LINES = 60;

export function openChart(root: HTMLElement, axes: Axes, first: Picture, events: ChartEvents): Chart {
  const colours: Colours = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  let picture = first;
  const height = first.drawn.length === 0 ? HEIGHT_WITHOUT_LINES : HEIGHT;
  const line = { stroke: () => colours('--grid'), width: 1 };
  const axis = { stroke: () => colours('--muted'), grid: line, ticks: line };
  const tellBox = (plot: uPlot) => {
    const { left, width } = plot.bbox;
    events.onBox({ left: left / devicePixelRatio, width: width / devicePixelRatio });
  };
  const plot = new uPlot(
    {
      width: root.clientWidth,
      height,
      scales: {
        x: { time: true, range: () => [picture.range.from / 1_000, picture.range.to / 1_000] },
        ...scalesOf(() => picture),
      },
      axes: [
        { ...axis, values: (_, splits) => tickTexts(splits) },
        ...axes.axes.map(({ scale, unit, isLeft, series }) => ({
          ...{
            ...axis,
            scale,
            side: isLeft ? 3 : 1,
            size: 58,
            label: labelOf(
              unit,
              series.map((place) => first.drawn[place]?.label ?? ''),
            ),
            labelSize: 18,
          },
          grid: { ...line, show: isLeft },
        })),
      ],
      series: [{}, ...first.drawn.flatMap((drawn) => seriesOf(drawn, colours))],
      bands: first.drawn.map((_, i) => ({
        series: [i * 3 + 2, i * 3 + 1] as [number, number],
        fill: () => colours('--band'),
      })),
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false, setScale: false },
        points: { show: false },
        bind: { dblclick: () => () => null },
      },
      hooks: {
        drawClear: [(self) => drawBelow(self, colours, picture.drawn, picture.alarms)],
        draw: [(self) => drawAbove(self, colours, picture.drawn)],
        setCursor: [({ cursor }) => events.onPoint(cursor.idx ?? null)],
        setSelect: [(self) => takeMark(self, events)],
        ready: [tellBox],
        setSize: [tellBox],
      },
    },
    dataOf(first),
    root,
  );
  const onWheel = (event: WheelEvent) => {
    if (!event.ctrlKey) return; // alone it scrolls the page, as everywhere
    event.preventDefault();
    const at = plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, 'x') * 1_000;
    events.onWheel(event.deltaY > 0 ? 1.5 : 1 / 1.5, at);
  };
  plot.over.addEventListener('wheel', onWheel, { passive: false });
  return {
    draw(next) {
      picture = next;
      plot.setData(dataOf(next));
      tellBox(plot);
    },
    resize: (width) => plot.setSize({ width, height }),
    close: () => plot.destroy(),
  };
}

/** The unit, and the numbers of the lines that are read off this axis. */
function labelOf(unit: string | null, lines: readonly string[]): string {
  return `${formatUnit(unit)} (${lines.join(', ')})`.trim();
}

function seriesOf({ look, scale }: ChartLine, colours: Colours): uPlot.Series[] {
  const { dash, colour, width } = lookOf(look);
  const edge: uPlot.Series = { scale, stroke: 'transparent', width: 0, points: { show: false } };
  const points: uPlot.Series.Points = {
    show: true,
    size: 5,
    fill: () => colours(colour),
    filter: (self, index) => lonelyRows(self.data[index] as (number | null | undefined)[]),
  };
  return [edge, edge, { scale, stroke: () => colours(colour), width, dash: [...dash], points }];
}

/** A scale for each unit, over the values and the limits that are near. */
function scalesOf(picture: () => Picture): Record<string, uPlot.Scale> {
  const scales = new Set(picture().drawn.map(({ scale }) => scale));
  const limitsOf = (scale: string) =>
    picture().drawn.flatMap((each) => (each.scale === scale ? each.limits.map(({ value }) => value) : []));
  return Object.fromEntries(
    Array.from(scales, (scale) => [
      scale,
      { range: (_: uPlot, low: number | null, high: number | null) => scaleRange(low, high, limitsOf(scale)) },
    ]),
  );
}

function dataOf({ lines }: Picture): uPlot.AlignedData {
  return [lines.at, ...lines.lines.flatMap(({ min, max, mean }) => [min, max, mean])];
}

function takeMark(plot: uPlot, { onMarked }: ChartEvents): void {
  const { left, width } = plot.select;
  if (width < 4) return; // a click
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onMarked(plot.posToVal(left, 'x') * 1_000, plot.posToVal(left + width, 'x') * 1_000);
}
