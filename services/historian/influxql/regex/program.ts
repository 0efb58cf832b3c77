// Node to a program: steps that a matcher follows, all at once where there are several. Repetition is written out, so the
// length of the program is what a match costs per character at worst.

import type { CharSet } from './char-set.ts';
import { type Assertion, type Node, RegexError } from './node.ts';

export type Step =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  /** Go on at the next step and at each of these. */
  | { readonly kind: 'fork'; to: number[] }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'match' };

const STEPS_MAX = 5_000;

export function compile(node: Node, source: string): readonly Step[] {
  const steps: Step[] = [];
  const add = <S extends Step>(step: S): S => {
    if (steps.length >= STEPS_MAX) throw new RegexError('expression is too large', source.slice(0, 40));
    steps.push(step);
    return step;
  };
  const write = (part: Node): void => {
    switch (part.kind) {
      case 'set':
      case 'assert':
        add(part);
        return;
      case 'sequence':
        for (const item of part.items) write(item);
        return;
      case 'choice':
        writeChoice(part.items);
        return;
      case 'repeat':
        writeRepeat(part.item, part.min, part.max);
    }
  };
  const writeChoice = (items: readonly Node[]): void => {
    const fork = add({ kind: 'fork', to: [] as number[] });
    const ends = items.map((item, i) => {
      if (i > 0) fork.to.push(steps.length);
      write(item);
      return add({ kind: 'jump', to: 0 });
    });
    for (const end of ends) end.to = steps.length;
  };
  const writeRepeat = (item: Node, min: number, max: number): void => {
    for (let i = 0; i < min; i++) {
      const before = steps.length;
      write(item);
      // What is empty is so every time, and counting it by the thousand within the thousand would never end.
      if (steps.length === before) break;
    }
    if (max === Number.POSITIVE_INFINITY) {
      const start = steps.length;
      const fork = add({ kind: 'fork', to: [] as number[] });
      write(item);
      add({ kind: 'jump', to: start });
      fork.to.push(steps.length);
      return;
    }
    const forks: { to: number[] }[] = [];
    for (let i = min; i < max; i++) {
      forks.push(add({ kind: 'fork', to: [] as number[] }));
      write(item);
    }
    for (const fork of forks) fork.to.push(steps.length);
  };
  write(node);
  add({ kind: 'match' });
  return steps;
}
