// Regular expressions of queries, made safe. InfluxDB's RE2 runs in linear time; JavaScript's engine can be made to run for
// years by a short pattern. A pattern that only lists literals (`^(a|b)$`, which is all that Grafana's variables send)
// becomes a set. Any other is compiled where the number of ways to try it is known and small; what cannot be bounded
// (back-references, look-around, repetition of what itself repeats or branches) is refused.

import { QueryError } from './query-error.ts';

export type Matcher = {
  readonly source: string;
  /** @throws QueryError for a text too long to be tried in bounded time */
  readonly matches: (text: string) => boolean;
  /** The only texts that match, where they can be listed. */
  readonly literals: ReadonlySet<string> | undefined;
};

export type RegexProblem = { readonly problem: string };

const SOURCE_LENGTH_MAX = 4_096;

/** Steps that one match may cost at worst: some tenths of a second on a small machine. */
const STEPS_MAX = 1e8;
const WAYS_MAX = 10_000;
const OPEN_REPETITIONS_MAX = 3;

export function compileRegex(source: string): Matcher | RegexProblem {
  const literals = literalsOf(source);
  if (literals !== undefined) return { source, literals, matches: (text) => literals.has(text) };
  if (source.length > SOURCE_LENGTH_MAX) {
    return { problem: `regular expression is longer than ${SOURCE_LENGTH_MAX} characters` };
  }
  const flags = /^\(\?([is]+)\)/.exec(source);
  const body = flags === null ? source : source.slice(flags[0].length);
  const cost = costOf(body);
  if (typeof cost === 'string') return { problem: `cannot run /${source}/ in bounded time: ${cost}` };
  // Every open-ended repetition, and the search for the start, may try each length of the text.
  const textLengthMax = Math.floor((STEPS_MAX / cost.ways) ** (1 / (cost.openRepetitions + 1)));
  try {
    const regex = new RegExp(translated(body), `u${flags?.[1] ?? ''}`);
    const matches = (text: string) => {
      if (text.length <= textLengthMax) return regex.test(text);
      throw new QueryError(`/${source}/ cannot be tried on a text of ${text.length} characters in bounded time`);
    };
    return { source, literals: undefined, matches };
  } catch (error) {
    return { problem: `error parsing regexp: /${source}/: ${error instanceof Error ? error.message : error}` };
  }
}

const LITERAL_LIST = /^\^(?:\((?:\?:)?(.*)\)|(.*))\$$/su;

/** The alternatives of `^(a|b)$` or `^a$`, unescaped; undefined where anything in it is more than a literal. */
function literalsOf(source: string): ReadonlySet<string> | undefined {
  const list = LITERAL_LIST.exec(source);
  if (list === null) return undefined;
  const body = list[1] ?? list[2] ?? '';
  const found = new Set<string>();
  let literal = '';
  for (let i = 0; i < body.length; i++) {
    const c = body[i] as string;
    if (c === '\\') {
      const next = body[++i];
      // `\.` is a dot, `\d` is not a d.
      if (next === undefined || /[A-Za-z0-9]/.test(next)) return undefined;
      literal += next;
    } else if (c === '|' && list[1] !== undefined) {
      found.add(literal);
      literal = '';
    } else if ('|.*+?()[]{}^$'.includes(c)) return undefined;
    else literal += c;
  }
  return found.add(literal);
}

/** RE2 lets any punctuation be escaped, JavaScript's `u` flag only what means something. */
function translated(body: string): string {
  return body.replace(/\\([^A-Za-z0-9])/g, (all, c: string) =>
    /[\^$\\.*+?()[\]{}|/]/.test(c) ? all : c === '-' ? '\\x2d' : c,
  );
}

type Cost = { readonly openRepetitions: number; readonly ways: number };
type Group = { repeats: boolean; alternatives: number };

/** In how many ways an expression can be tried, or why that has no small bound. */
function costOf(body: string): Cost | string {
  const groups: Group[] = [{ repeats: false, alternatives: 1 }];
  let openRepetitions = 0;
  let ways = 1;
  let closed: Group | undefined;
  for (let i = 0; i < body.length; i++) {
    const c = body[i] as string;
    const group = groups.at(-1) as Group;
    const repetition = repetitionAt(body, i);
    if (repetition !== undefined) {
      if (closed !== undefined && (closed.repeats || closed.alternatives > 1)) {
        return 'it repeats a group that itself repeats or has alternatives';
      }
      if (repetition.isOpen) openRepetitions++;
      ways *= repetition.ways;
      group.repeats = true;
      i += repetition.length - 1;
    }
    closed = undefined;
    if (openRepetitions > OPEN_REPETITIONS_MAX) return `more than ${OPEN_REPETITIONS_MAX} repetitions are open-ended`;
    if (ways > WAYS_MAX) return `its choices can be combined in more than ${WAYS_MAX} ways`;
    if (repetition !== undefined) continue;
    if (c === '\\') {
      if (/[1-9k]/.test(body[i + 1] ?? '')) return 'it refers back to a group';
      i++;
    } else if (c === '[') i = endOfClass(body, i);
    else if (c === '|') group.alternatives++;
    else if (c === '(') {
      if (body[i + 1] === '?' && body[i + 2] !== ':') return 'it looks around, names a group or sets flags inside';
      i += body[i + 1] === '?' ? 2 : 0;
      groups.push({ repeats: false, alternatives: 1 });
    } else if (c === ')' && groups.length > 1) {
      closed = groups.pop() as Group;
      ways *= closed.alternatives;
      const outer = groups.at(-1) as Group;
      outer.repeats ||= closed.repeats || closed.alternatives > 1;
    }
  }
  return { openRepetitions, ways: ways * (groups[0]?.alternatives ?? 1) };
}

const COUNTED = /\{(\d+)(,?)(\d*)\}\??/y;

function repetitionAt(body: string, at: number): { length: number; isOpen: boolean; ways: number } | undefined {
  const c = body[at];
  const lazy = body[at + 1] === '?' ? 1 : 0;
  if (c === '*' || c === '+') return { length: 1 + lazy, isOpen: true, ways: 1 };
  if (c === '?') return { length: 1 + lazy, isOpen: false, ways: 2 };
  COUNTED.lastIndex = at;
  const counted = c === '{' ? COUNTED.exec(body) : null;
  if (counted === null) return undefined;
  const min = Number(counted[1]);
  const isOpen = counted[2] === ',' && counted[3] === '';
  const max = counted[3] === '' ? min : Number(counted[3]);
  return { length: counted[0].length, isOpen, ways: max - min + 1 + (max > 1_000 ? WAYS_MAX : 0) };
}

function endOfClass(body: string, at: number): number {
  let i = at + (body[at + 1] === ']' ? 2 : 1);
  for (; i < body.length && body[i] !== ']'; i++) if (body[i] === '\\') i++;
  return i;
}
