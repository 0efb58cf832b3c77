// What the page keeps of a tail: the newest lines, bounded; how they are grouped, searched and written to a file. Pure.

import type { TailLine, TailPart, TailPoint } from '../../api/devices.ts';
import { finder } from '../parts/find.ts';
import { LOOKED_MAX, messageOfPoint, messageOfReject } from './tail-match.ts';

export const LINES_MAX = 500;

/** A place where the stream broke: what passed meanwhile is not there. */
export type BreakLine = { readonly kind: 'break'; readonly receivedAt: number };
/** `id` is of this page alone: the console counts anew with each first viewer. */
type Kept<T> = T & { readonly id: number };
export type RawKept = Kept<Extract<TailLine, { kind: 'raw' }>>;
/** `of`: id of the message that it came from; null where none fits. */
export type OutcomeKept = Kept<Extract<TailLine, { kind: 'points' | 'reject' }>> & { readonly of: number | null };
export type KeptLine = RawKept | OutcomeKept | Kept<BreakLine>;

export type KeptTail = {
  /** Oldest first. */
  readonly lines: readonly KeptLine[];
  readonly nextId: number;
  /** All that came, kept or not. */
  readonly count: number;
  /** Came too fast to be told, of streams before the present one and of this. */
  readonly droppedBefore: number;
  readonly dropped: number;
  readonly problem: string | null;
};

export const NO_TAIL: KeptTail = { lines: [], nextId: 0, count: 0, droppedBefore: 0, dropped: 0, problem: null };

export function withPart(tail: KeptTail, { lines, dropped, problem }: TailPart): KeptTail {
  const added: KeptLine[] = [];
  // The newest first, as they are looked through.
  const raws = tail.lines.filter((line) => line.kind === 'raw').slice(-LOOKED_MAX);
  raws.reverse();
  for (const line of lines) {
    const id = tail.nextId + added.length;
    if (line.kind !== 'raw') added.push(...outcomesOf(line, raws, id));
    else {
      added.push({ ...line, id });
      raws.unshift({ ...line, id });
      raws.splice(LOOKED_MAX);
    }
  }
  const nextId = tail.nextId + added.length;
  return { ...tail, ...kept(tail, added), nextId, count: tail.count + lines.length, dropped, problem };
}

/** Points of one batch may have come from several messages. */
function outcomesOf(
  line: Extract<TailLine, { kind: 'points' | 'reject' }>,
  raws: readonly RawKept[],
  firstId: number,
): OutcomeKept[] {
  if (line.kind === 'reject') return [{ ...line, id: firstId, of: messageOfReject(raws, line)?.id ?? null }];
  const byMessage = new Map<number | null, TailPoint[]>();
  for (const point of line.points) {
    const of = messageOfPoint(raws, point, line.receivedAt)?.id ?? null;
    const list = byMessage.get(of);
    if (list === undefined) byMessage.set(of, [point]);
    else list.push(point);
  }
  const parts = [...byMessage];
  return parts.map(([of, points], i) => ({
    ...{ ...line, points, of, id: firstId + i },
    more: i === parts.length - 1 ? line.more : 0,
  }));
}

/** The stream broke; the next one counts from nought. */
export function withBreak(tail: KeptTail, at: number): KeptTail {
  const before = { droppedBefore: tail.droppedBefore + tail.dropped, dropped: 0 };
  if (tail.lines.length === 0 || tail.lines.at(-1)?.kind === 'break') return { ...tail, ...before };
  const line: KeptLine = { kind: 'break', receivedAt: at, id: tail.nextId };
  return { ...tail, ...before, ...kept(tail, [line]), nextId: tail.nextId + 1 };
}

/** Nothing is shown any more; what is counted stays. */
export function cleared(tail: KeptTail): KeptTail {
  return { ...tail, lines: [] };
}

function kept(tail: KeptTail, added: readonly KeptLine[]): Pick<KeptTail, 'lines'> {
  return { lines: [...tail.lines, ...added].slice(-LINES_MAX) };
}

/** A message of the device and what became of it, or what came of none that is known. */
export type TailGroup = {
  readonly id: number;
  readonly head: Exclude<KeptLine, OutcomeKept> | null;
  readonly rest: readonly OutcomeKept[];
};

export type TailOrder = 'newest' | 'oldest';

export function tailGroups(
  lines: readonly KeptLine[],
  { search, order }: { readonly search: string; readonly order: TailOrder },
): TailGroup[] {
  type Growing = { readonly id: number; readonly head: TailGroup['head']; readonly rest: OutcomeKept[] };
  const groups: Growing[] = [];
  const byId = new Map<number, Growing>();
  for (const line of lines) {
    const isHead = line.kind === 'raw' || line.kind === 'break';
    const of = isHead || line.of === null ? undefined : byId.get(line.of);
    if (of !== undefined && !isHead) of.rest.push(line);
    else {
      const group = isHead ? { id: line.id, head: line, rest: [] } : { id: line.id, head: null, rest: [line] };
      groups.push(group);
      byId.set(line.id, group);
    }
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
  return lines.map(({ id, ...line }) => `${JSON.stringify(line)}\n`).join('');
}
