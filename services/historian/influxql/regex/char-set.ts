// Sets of characters, as code points.

export type CharSet = (codePoint: number) => boolean;

/** Pairs of first and last. */
export type Ranges = readonly (readonly [from: number, to: number])[];

const code = (c: string) => c.codePointAt(0) as number;
const ranges = (text: string): Ranges => text.split(' ').map((pair) => [code(pair), code(pair.slice(-1))]);

const DIGIT = ranges('0-9');
const LOWER = ranges('a-z');
const UPPER = ranges('A-Z');
const SPACE: Ranges = [
  [9, 10],
  [12, 13],
  [32, 32],
];
const WORD = [...DIGIT, ...LOWER, ...UPPER, ...ranges('_-_')];

/** `\d` and the like. RE2's know ASCII only. */
export const PERL: { readonly [letter: string]: Ranges } = { d: DIGIT, s: SPACE, w: WORD };

/** `[[:alpha:]]` and the like. */
export const POSIX: { readonly [name: string]: Ranges } = {
  alnum: [...DIGIT, ...LOWER, ...UPPER],
  alpha: [...LOWER, ...UPPER],
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: DIGIT,
  graph: [[33, 126]],
  lower: LOWER,
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: UPPER,
  word: WORD,
  xdigit: [...DIGIT, ...ranges('A-F a-f')],
};

export const isWord: CharSet = inRanges(WORD);

export function inRanges(all: Ranges): CharSet {
  return (c) => all.some(([from, to]) => c >= from && c <= to);
}

export function not(set: CharSet): CharSet {
  return (c) => !set(c);
}

export function anyOf(sets: readonly CharSet[]): CharSet {
  const [only] = sets;
  return sets.length === 1 && only !== undefined ? only : (c) => sets.some((set) => set(c));
}

/** Letters in either case. */
export function folded(set: CharSet): CharSet {
  return (c) => {
    if (set(c)) return true;
    const text = String.fromCodePoint(c);
    return [text.toLowerCase(), text.toUpperCase()].some((other) => {
      const folding = code(other);
      // What becomes two letters is another text, not another case.
      return other.length === (folding > 0xffff ? 2 : 1) && set(folding);
    });
  };
}

/** `\p{…}`: a category or a script; undefined where there is none of that name. */
export function unicode(name: string): CharSet | undefined {
  if (!/^[A-Za-z_]+$/.test(name)) return undefined;
  for (const property of [name, `Script=${name}`]) {
    try {
      const pattern = new RegExp(`^\\p{${property}}$`, 'u');
      return (c) => pattern.test(String.fromCodePoint(c));
    } catch {
      // Not by this name.
    }
  }
  return undefined;
}
