// How lines are told apart: by their number first, then by their dashes, and by two greys. None by its colour.

export type Look = { readonly dash: readonly number[]; readonly colour: '--ink' | '--muted'; readonly width: number };

const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

export function lookOf(index: number): Look {
  const isSecond = index >= DASHES.length;
  return {
    dash: DASHES[index % DASHES.length] ?? [],
    colour: isSecond ? '--muted' : '--ink',
    width: isSecond ? 3 : 1.75,
  };
}
