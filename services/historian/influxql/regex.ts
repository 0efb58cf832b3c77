// Regular expressions of queries, in time that grows with the text and the expression and with nothing else, as InfluxDB's
// RE2 has it: JavaScript's own engine can be made to run for years by a short pattern. A pattern that only lists literals
// (`^(a|b)$`, which is all that Grafana's variables send) becomes a set; any other runs on an automaton (regex/).

import { QueryError } from './query-error.ts';
import { Automaton } from './regex/automaton.ts';
import { RegexError } from './regex/node.ts';
import { parseRegex } from './regex/parse-regex.ts';
import { compile } from './regex/program.ts';
import { shorten } from './shorten.ts';

export type Matcher = {
  readonly source: string;
  /** @throws QueryError for a text too long to be tried in bounded time */
  readonly matches: (text: string) => boolean;
  /** The only texts that match, where they can be listed. */
  readonly literals: ReadonlySet<string> | undefined;
};

export type RegexProblem = { readonly problem: string };

const SOURCE_LENGTH_MAX = 4_096;

/** Characters times steps of the program, for one text: a tenth of a second where every one of them counts. */
const COST_MAX = 20_000_000;

export function compileRegex(source: string): Matcher | RegexProblem {
  const literals = literalsOf(source);
  if (literals !== undefined) return { source, literals, matches: (text) => literals.has(text) };
  if (source.length > SOURCE_LENGTH_MAX) {
    return { problem: `regular expression is longer than ${SOURCE_LENGTH_MAX} characters` };
  }
  try {
    const steps = compile(parseRegex(source), source);
    const automaton = new Automaton(steps);
    const matches = (text: string) => {
      if (text.length * steps.length <= COST_MAX) return automaton.matches(text);
      const shown = shorten(source, 80);
      throw new QueryError(`/${shown}/ cannot be tried on a text of ${text.length} characters in bounded time`);
    };
    return { source, literals: undefined, matches };
  } catch (error) {
    if (error instanceof RegexError) return { problem: error.message };
    throw error;
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
