// What the page keeps of a tail: the newest lines, bounded; how they are grouped, searched and written to a file. Pure.

import type { TailLine, TailPart } from '../../api/devices.ts';
import { finder } from '../parts/find.ts';

export const LINES_MAX = 500;

/** A place where the stream broke: what passed meanwhile is not there. */
export type BreakLine = { readonly kind: 'break'; readonly receivedAt: number };
/** `id` is of this page alone: the console counts anew with each first viewer. */
export type KeptLine = (TailLine | BreakLine) & { readonly id: number };

export type KeptTail = {
  /** Oldest first. */
  readonly lines: readonly KeptLine[];
  /** All that came, kept or not. */
  readonly count: number;
  /** Came too fast to be told, of streams before the present one and of this. */
  readonly droppedBefore: number;
  readonly dropped: number;
  readonly problem: string | null;
};

export const NO_TAIL: KeptTail = { lines: [], count: 0, droppedBefore: 0, dropped: 0, problem: null };

export function withPart(tail: KeptTail, { lines, dropped, problem }: TailPart): KeptTail {
  const added = lines.map((line, i) => ({ ...line, id: tail.count + i }));
  return { ...tail, ...kept(tail, added), count: tail.count + lines.length, dropped, problem };
}

/** The stream broke; the next one counts from nought. */
export function withBreak(tail: KeptTail, at: number): KeptTail {
  const before = { droppedBefore: tail.droppedBefore + tail.dropped, dropped: 0 };
  if (tail.lines.length === 0 || tail.lines.at(-1)?.kind === 'break') return { ...tail, ...before };
  const line: KeptLine = { kind: 'break', receivedAt: at, id: tail.count };
  return { ...tail, ...before, ...kept(tail, [line]), count: tail.count + 1 };
}

/** Nothing is shown any more; what is counted stays. */
export function cleared(tail: KeptTail): KeptTail {
  return { ...tail, lines: [] };
}

function kept(tail: KeptTail, added: readonly KeptLine[]): Pick<KeptTail, 'lines'> {
  return { lines: [...tail.lines, ...added].slice(-LINES_MAX) };
}

/** A message of the device, and what was told next: mostly what became of it. */
export type TailGroup = {
  readonly id: number;
  readonly head: Extract<KeptLine, { kind: 'raw' | 'break' }> | null;
  readonly rest: readonly Extract<KeptLine, { kind: 'points' | 'reject' }>[];
};

export type TailOrder = 'newest' | 'oldest';

export function tailGroups(
  lines: readonly KeptLine[],
  { search, order }: { readonly search: string; readonly order: TailOrder },
): TailGroup[] {
  const groups: { id: number; head: TailGroup['head']; rest: TailGroup['rest'][number][] }[] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (line.kind === 'raw' || line.kind === 'break') groups.push({ id: line.id, head: line, rest: [] });
    else if (last === undefined || last.head?.kind === 'break') groups.push({ id: line.id, head: null, rest: [line] });
    else last.rest.push(line);
  }
  const isFound = finder(search);
  const found = groups.filter(({ head, rest }) => isFound([head, ...rest].map(textOf).join(' ')));
  return order === 'newest' ? found.reverse() : found;
}

function textOf(line: KeptLine | null): string {
  switch (line?.kind) {
    case 'raw':
      return `${line.topic} ${line.payload}`;
    case 'points':
      return line.points.map(({ metric, value, quality }) => `${metric} ${value} ${quality}`).join(' ');
    case 'reject':
      return `${line.reason} ${line.message} ${line.place ?? ''} ${line.payload}`;
    default:
      return '';
  }
}

/** A line of JSON for each, as it came. */
export function tailFile(lines: readonly KeptLine[]): string {
  return lines.map(({ id: _, ...line }) => `${JSON.stringify(line)}\n`).join('');
}
