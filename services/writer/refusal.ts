// What to do with the lines of a request that the store has refused: which of them its words condemn, and how to ask about
// the others. Halving alone would find every bad line too, but costs two requests a line where all are bad; a store that
// says which, how many or of which kind spares them. No line is condemned by a word that might mean another.

import { decodeLine } from '#domain/line-protocol.ts';
import type { StoreError } from './store-error.ts';

export type Divided<L> = {
  /** Lines that will never be taken, each with the store's words about it. */
  readonly refused: readonly (readonly [line: L, reason: string])[];
  /** The others, in their order, each group to be sent as a request of its own. Smaller than what was divided. */
  readonly groups: readonly (readonly L[])[];
};

type TextLine = { readonly text: string };

/** A store may repeat a whole line in its words. */
const REASON_MAX = 1_000;

export function divide<L extends TextLine>(lines: readonly L[], refusal: StoreError): Divided<L> {
  if (lines.length <= 1) return { refused: all(lines, refusal.message), groups: [] };
  return (
    byName(lines, refusal) ??
    byType(lines, refusal) ??
    byCount(lines, refusal) ??
    byAge(lines, refusal) ??
    halves(lines)
  );
}

function all<L>(lines: readonly L[], reason: string): Divided<L>['refused'] {
  return lines.map((line) => [line, reason] as const);
}

/** The store names its lines: `unable to parse '<line>': <reason>` (1.x, 2.x), or by their number (3.x). */
function byName<L extends TextLine>(lines: readonly L[], refusal: StoreError): Divided<L> | undefined {
  const reasons = new Map<L, string>();
  // A newline inside a text shifts the store's count of lines against ours.
  if (lines.every(({ text }) => !text.includes('\n'))) {
    for (const { number, reason } of refusal.numbered) {
      const line = lines[number - 1];
      if (line !== undefined) reasons.set(line, reason.slice(0, REASON_MAX));
    }
  }
  const sentences = parseProblems(refusal.words, new Set(lines.map(({ text }) => text)));
  for (const line of lines) {
    const sentence = sentences.get(line.text);
    if (sentence !== undefined) reasons.set(line, sentence.slice(0, REASON_MAX));
  }
  if (reasons.size === 0) return undefined;
  const rest = lines.filter((line) => !reasons.has(line));
  return { refused: [...reasons], groups: rest.length === 0 ? [] : [rest] };
}

/** The sentence about each line that the words repeat in full. */
function parseProblems(words: string, texts: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  const opening = "unable to parse '";
  for (const sentence of words.split('\n')) {
    const start = sentence.indexOf(opening);
    if (start === -1) continue;
    // The line itself may hold what looks like its end.
    for (let end = sentence.indexOf("': ", start); end !== -1; end = sentence.indexOf("': ", end + 1)) {
      const text = sentence.slice(start + opening.length, end);
      if (texts.has(text)) found.set(text, sentence.slice(start));
    }
  }
  return found;
}

const CONFLICT = /input field "(.+)" on measurement "(.+)" is type (\w+), already exists as type \w+/;

/** Lines whose field is of the type that the words complain of, and the others. */
function byType<L extends TextLine>(lines: readonly L[], refusal: StoreError): Divided<L> | undefined {
  const [, field, measurement, type] = CONFLICT.exec(refusal.words) ?? [];
  if (field === undefined) return undefined;
  const suspects = new Set(
    lines.filter(({ text }) => {
      const line = decodeLine(text);
      return (
        typeof line !== 'string' &&
        line.measurement === measurement &&
        line.fields.some(([key, value]) => key === field && value.type === type)
      );
    }),
  );
  if (suspects.size === 0 || suspects.size === lines.length) return undefined;
  return { refused: [], groups: [[...suspects], lines.filter((line) => !suspects.has(line))] };
}

const DROPPED = /\bdropped=(\d+)/;

function droppedOf({ words }: StoreError): number {
  return Number(DROPPED.exec(words)?.[1] ?? 0);
}

/** As many dropped as were sent. What could not be parsed is not counted, so less than that proves nothing. */
function byCount<L>(lines: readonly L[], refusal: StoreError): Divided<L> | undefined {
  if (droppedOf(refusal) !== lines.length) return undefined;
  return { refused: all(lines, refusal.message), groups: [] };
}

/** What is too old is older than all that is not: in order of time the bad ones stand at the front. */
function byAge<L extends TextLine>(lines: readonly L[], refusal: StoreError): Divided<L> | undefined {
  if (!/beyond retention policy/.test(refusal.words)) return undefined;
  const timeOf = ({ text }: TextLine) => Number(/-?\d+\s*$/.exec(text)?.[0] ?? 0);
  const sorted = lines.toSorted((a, b) => timeOf(a) - timeOf(b)); // stable: what corrects a point stays behind it
  const dropped = droppedOf(refusal);
  const cut = dropped > 0 && dropped < lines.length ? dropped : Math.ceil(lines.length / 2);
  return { refused: [], groups: [sorted.slice(0, cut), sorted.slice(cut)] };
}

function halves<L>(lines: readonly L[]): Divided<L> {
  const half = Math.ceil(lines.length / 2);
  return { refused: [], groups: [lines.slice(0, half), lines.slice(half)] };
}
