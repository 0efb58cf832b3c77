// Runs a program over a text in one pass, whatever the expression: all ways through it are followed at once, and sets of
// ways that were met before are remembered with where they lead (a lazily built DFA, as RE2 has it).

import { isWord } from './char-set.ts';
import type { Assertion } from './node.ts';
import type { Step } from './program.ts';

const END = -1;
const NEWLINE = 10;

/** Numbers in what is remembered; then everything is forgotten and built anew. Some tens of megabytes at most. */
const KNOWN_MAX = 500_000;

type State = {
  /** Where to go on, before assertions are looked at: what they say depends on the next character. */
  readonly at: readonly number[];
  /** The character before; END at the beginning. */
  readonly before: number;
  readonly next: Map<number, State | 'match' | 'none'>;
};

export class Automaton {
  readonly #steps: readonly Step[];
  #states = new Map<string, State>();
  #known = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** Whether the program matches anywhere in the text. */
  matches(text: string): boolean {
    let state = this.#state([0], END);
    for (let i = 0; i < text.length; ) {
      const code = text.codePointAt(i) as number;
      i += code > 0xffff ? 2 : 1;
      const next = state.next.get(code) ?? this.#step(state, code);
      if (next === 'match') return true;
      if (next !== 'none') state = next;
    }
    return (state.next.get(END) ?? this.#step(state, END)) === 'match';
  }

  #state(at: readonly number[], before: number): State {
    // Of the character before, only this matters; the key must not tell more apart.
    const kind = before === END || before === NEWLINE ? before : isWord(before) ? 1 : 0;
    const key = `${kind}:${at.join()}`;
    let state = this.#states.get(key);
    if (state === undefined) {
      state = { at, before, next: new Map() };
      this.#states.set(key, state);
      this.#known += at.length;
    }
    return state;
  }

  #step(state: State, code: number): State | 'match' | 'none' {
    if (++this.#known > KNOWN_MAX) {
      this.#states = new Map();
      this.#known = 0;
      state.next.clear();
    }
    const result = this.#follow(state, code);
    state.next.set(code, result);
    return result;
  }

  #follow({ at, before }: State, code: number): State | 'match' | 'none' {
    const seen = new Set<number>();
    const open = [...at];
    // A match may begin at every character.
    const next = new Set([0]);
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (seen.has(index)) continue;
      seen.add(index);
      const step = this.#steps[index] as Step;
      if (step.kind === 'match') return 'match';
      if (step.kind === 'jump') open.push(step.to);
      else if (step.kind === 'fork') open.push(index + 1, ...step.to);
      else if (step.kind === 'assert') {
        if (holds(step.assertion, before, code)) open.push(index + 1);
      } else if (code !== END && step.set(code)) next.add(index + 1);
    }
    if (code === END) return 'none';
    return this.#state(
      [...next].sort((a, b) => a - b),
      code,
    );
  }
}

function holds(assertion: Assertion, before: number, after: number): boolean {
  switch (assertion) {
    case 'text-start':
      return before === END;
    case 'text-end':
      return after === END;
    case 'line-start':
      return before === END || before === NEWLINE;
    case 'line-end':
      return after === END || after === NEWLINE;
    case 'word':
      return isWord(before) !== isWord(after);
    case 'not-word':
      return isWord(before) === isWord(after);
  }
}
