// Functions of one row's numbers. One row per function gives its name, its number of arguments and what it does.

export type MathFunction = {
  readonly arity: number;
  readonly apply: (...args: number[]) => number;
  /** An integer stays what it is; else the answer is a float. */
  readonly keepsIntegers?: true;
};

const one = (apply: (value: number) => number): MathFunction => ({ arity: 1, apply: (value = 0) => apply(value) });
const two = (apply: (a: number, b: number) => number): MathFunction => ({
  arity: 2,
  apply: (a = 0, b = 0) => apply(a, b),
});

const TABLE: { readonly [name: string]: MathFunction } = {
  abs: { ...one(Math.abs), keepsIntegers: true },
  acos: one(Math.acos),
  asin: one(Math.asin),
  atan: one(Math.atan),
  atan2: two(Math.atan2),
  ceil: { ...one(Math.ceil), keepsIntegers: true },
  cos: one(Math.cos),
  exp: one(Math.exp),
  floor: { ...one(Math.floor), keepsIntegers: true },
  ln: one(Math.log),
  log: two((value, base) => Math.log(value) / Math.log(base)),
  log2: one(Math.log2),
  log10: one(Math.log10),
  pow: two((base, exponent) => base ** exponent),
  // Halves go away from zero, as in Go; Math.round sends them up.
  round: { ...one((value) => Math.sign(value) * Math.round(Math.abs(value))), keepsIntegers: true },
  sin: one(Math.sin),
  sqrt: one(Math.sqrt),
  tan: one(Math.tan),
};

export const MATH: ReadonlyMap<string, MathFunction> = new Map(Object.entries(TABLE));
