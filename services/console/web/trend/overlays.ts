// What is drawn beside the lines: when alarms were active and when quality was not good (below the lines), limits and the numbers
// of the lines (above them).

import type { AlarmBand, QualitySpan, TrendLimit } from '../../api/history.ts';
import { formatNumber } from '../values/format.ts';
import { type HatchKind, hatch } from './hatch.ts';

/** One numeric line, with all that is drawn of it. */
export type Drawn = {
  /** Number in the legend. */
  readonly label: string;
  readonly scale: string;
  readonly quality: readonly QualitySpan[];
  readonly limits: readonly TrendLimit[];
};

/** What is used of the plot that it is drawn on. */
export type Plot = {
  /** Of the plot without its axes, in pixels of the canvas. */
  readonly bbox: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  readonly ctx: CanvasRenderingContext2D;
  readonly data: readonly ArrayLike<number | null | undefined>[];
  valToPos(value: number, scale: string, isOnCanvas: boolean): number;
};

export type Colours = (name: string) => string;
type Pen = CanvasRenderingContext2D;

const QUALITY_HATCH: { readonly [quality in QualitySpan['quality']]: HatchKind } = { uncertain: 'lines', bad: 'cross' };
/** Of several lines each has a strip of its own at the bottom, ratio taken into account. */
const STRIP = 11;

export function drawBelow(plot: Plot, colours: Colours, drawn: readonly Drawn[], alarms: readonly AlarmBand[]): void {
  inside(plot, (pen, ratio) => {
    drawAlarms(plot, { pen, ratio, colours }, alarms);
    for (const [row, { quality, label }] of drawn.entries()) {
      const { top, height } = plot.bbox;
      const strip = STRIP * ratio;
      const place =
        drawn.length === 1
          ? { top, height }
          : { top: top + height - (drawn.length - row) * strip, height: strip - ratio };
      for (const span of quality) {
        const { left, width } = stretch(plot, span.from, span.to);
        pen.fillStyle = hatch(pen, QUALITY_HATCH[span.quality], colours('--ink')) ?? colours('--hatch');
        pen.globalAlpha = 0.55;
        pen.fillRect(left, place.top, width, place.height);
        pen.globalAlpha = 1;
        if (drawn.length > 1) write({ pen, ratio, colours }, label, left - 2 * ratio, place.top + strip / 2, 'right');
      }
    }
  });
}

type Tools = { readonly pen: Pen; readonly ratio: number; readonly colours: Colours };

function drawAlarms(plot: Plot, { pen, ratio, colours }: Tools, alarms: readonly AlarmBand[]): void {
  const { top, height } = plot.bbox;
  for (const { from, to } of alarms) {
    const { left, width } = stretch(plot, from, to ?? Number.POSITIVE_INFINITY);
    pen.fillStyle = colours('--band');
    pen.fillRect(left, top, width, height);
    pen.fillStyle = hatch(pen, 'dots', colours('--muted')) ?? colours('--hatch');
    pen.fillRect(left, top, width, height);
    pen.fillStyle = colours('--ink');
    // A bar along the top says from when to when, whatever lies below.
    pen.fillRect(left, top, width, 3 * ratio);
  }
}

export function drawAbove(plot: Plot, colours: Colours, drawn: readonly Drawn[]): void {
  inside(plot, (pen, ratio) => {
    const tools = { pen, ratio, colours };
    for (const { limits, scale, label } of drawn) {
      for (const limit of limits) drawLimit(plot, tools, { limit, scale, label: drawn.length > 1 ? label : '' });
    }
    for (const [i, { label, scale }] of drawn.entries()) drawLabel(plot, tools, { label, scale, index: i });
  });
}

function drawLimit(
  plot: Plot,
  tools: Tools,
  { limit, scale, label }: { readonly limit: TrendLimit; readonly scale: string; readonly label: string },
): void {
  const { left, top, width, height } = plot.bbox;
  const { pen, ratio, colours } = tools;
  const y = plot.valToPos(limit.value, scale, true);
  if (y < top || y > top + height) return;
  pen.setLineDash([12 * ratio, 5 * ratio]);
  pen.strokeStyle = colours('--ink');
  pen.lineWidth = ratio;
  pen.beginPath();
  pen.moveTo(left, y);
  pen.lineTo(left + width, y);
  pen.stroke();
  pen.setLineDash([]);
  const words = `${label} ${limit.isHigh ? '▲' : '▼'} ${formatNumber(limit.value)}`.trim();
  write(tools, words, left + 6 * ratio, y + (limit.isHigh ? -8 : 9) * ratio, 'left');
}

/** Its number, at the end of the line. */
function drawLabel(
  plot: Plot,
  tools: Tools,
  { label, scale, index }: { readonly label: string; readonly scale: string; readonly index: number },
): void {
  const means = Array.from(plot.data[meanColumn(index)] ?? []);
  const row = means.findLastIndex((value) => typeof value === 'number');
  const [at, value] = [plot.data[0]?.[row], means[row]];
  if (typeof at !== 'number' || typeof value !== 'number') return;
  const x = Math.min(plot.valToPos(at, 'x', true), plot.bbox.left + plot.bbox.width - 6 * tools.ratio);
  write(tools, label, x, plot.valToPos(value, scale, true) - 9 * tools.ratio, 'center');
}

/** Of each line the least, the greatest and the mean stand behind the time, in this order. */
function meanColumn(index: number): number {
  return index * 3 + 3;
}

function write({ pen, ratio, colours }: Tools, words: string, x: number, y: number, align: CanvasTextAlign): void {
  pen.font = `600 ${11 * ratio}px system-ui, "DejaVu Sans", sans-serif`;
  pen.textAlign = align;
  pen.textBaseline = 'middle';
  pen.lineWidth = 3 * ratio;
  pen.strokeStyle = colours('--panel');
  pen.strokeText(words, x, y);
  pen.fillStyle = colours('--ink');
  pen.fillText(words, x, y);
}

function stretch(plot: Plot, from: number, to: number) {
  const { left, width } = plot.bbox;
  const x = (at: number) => Math.min(left + width, Math.max(left, plot.valToPos(at / 1_000, 'x', true)));
  const start = x(from);
  const end = to === Number.POSITIVE_INFINITY ? left + width : x(to);
  return { left: start, width: Math.max(1, end - start) };
}

function inside(plot: Plot, draw: (pen: Pen, ratio: number) => void): void {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  draw(plot.ctx, devicePixelRatio);
  plot.ctx.restore();
}
