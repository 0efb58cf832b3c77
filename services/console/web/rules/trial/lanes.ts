// From spans of time to what is drawn: shapes with a left edge and a width in pixels. What would be too narrow to see is as wide as an
// eye can see, and what then touches and is of one kind becomes one, so that a week of chattering is no heavier than a quiet day.

import type { Priority } from '#domain/alarm.ts';
import type { Span, StateSpan } from '../../../api/rules.ts';

/** What a shape says; GATHERING: evidence of the on-delay, also under a state that hides it. */
export type ShapeState = StateSpan['state'] | 'GATHERING';

export type Shape = {
  readonly state: ShapeState;
  /** null of what is no alarm yet. */
  readonly priority: Priority | null;
  readonly x: number;
  width: number;
  /** ms since the epoch, of all that it stands for. */
  readonly from: number;
  to: number;
  /** Spans that it stands for. */
  count: number;
};

export type Frame = {
  /** ms since the epoch; `to` is left out. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
};

const WIDTH_MIN = 2;
/** Narrower gaps between two of one kind are not seen. */
const GAP_MIN = 1;

export function xOf(at: number, { from, to, width }: Frame): number {
  return to > from ? Math.min(Math.max((at - from) / (to - from), 0), 1) * width : 0;
}

/** In the order of time. Spans must be in that order; what lies outside the frame is left out. */
export function shapesOf(
  spans: readonly (Span & { readonly state?: StateSpan['state']; readonly priority?: Priority })[],
  frame: Frame,
): Shape[] {
  const shapes: Shape[] = [];
  for (const { from, to, state = 'GATHERING', priority = null } of spans) {
    if (to < frame.from || from >= frame.to) continue;
    const x = Math.min(xOf(from, frame), Math.max(0, frame.width - WIDTH_MIN));
    const width = Math.max(WIDTH_MIN, xOf(to, frame) - x);
    const last = shapes.at(-1);
    if (
      last !== undefined &&
      last.state === state &&
      last.priority === priority &&
      x - (last.x + last.width) < GAP_MIN
    ) {
      last.width = Math.max(last.width, x + width - last.x);
      last.to = Math.max(last.to, to);
      last.count++;
    } else shapes.push({ state, priority, x, width, from, to, count: 1 });
  }
  return shapes;
}

/** Whether a word of so many signs fits into a shape. */
export function fits(word: string, { width }: Pick<Shape, 'width'>): boolean {
  return width >= word.length * 7 + 8;
}
