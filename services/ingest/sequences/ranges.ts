// Whole numbers as ranges, ascending and apart. A device misses records in runs, so that a few ranges say what a bit for
// every number could not hold.

/** Both ends belong to it. */
export type Range = { readonly from: number; readonly to: number };

export function sizeOf({ from, to }: Range): number {
  return to - from + 1;
}

/** The place of the range that holds the number; -1 where none does. */
export function indexOf(ranges: readonly Range[], n: number): number {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range === undefined) return -1;
    if (n < range.from) high = middle - 1;
    else if (n > range.to) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** Takes the number out, and gives back the range that held it: shortened, cut in two, or gone. */
export function takeOut<R extends Range>(ranges: R[], n: number): R | undefined {
  const at = indexOf(ranges, n);
  const range = ranges[at];
  if (range === undefined) return undefined;
  const rest = [
    { ...range, to: n - 1 },
    { ...range, from: n + 1 },
  ].filter(({ from, to }) => from <= to);
  ranges.splice(at, 1, ...rest);
  return range;
}

/** Puts a number in that no range holds, joined to its neighbours. */
export function putIn(ranges: Range[], n: number): void {
  let at = ranges.length;
  while (at > 0 && (ranges[at - 1]?.from ?? n) > n) at--;
  const before = ranges[at - 1];
  const after = ranges[at];
  const isBefore = before?.to === n - 1;
  const isAfter = after?.from === n + 1;
  const joined = { from: isBefore ? before.from : n, to: isAfter ? after.to : n };
  ranges.splice(isBefore ? at - 1 : at, (isBefore ? 1 : 0) + (isAfter ? 1 : 0), joined);
}
