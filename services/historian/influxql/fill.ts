// What stands in buckets without samples.

import type { Fill } from './ast.ts';
import type { Cell } from './result.ts';

/** `values` by bucket, in the order of time, null where a bucket has none; `isNumeric` of the function's answer. */
export function fillGaps(values: readonly Cell[], fill: Fill, call: { isCount: boolean; isNumeric: boolean }): Cell[] {
  switch (fill.kind) {
    case 'none':
      return [...values];
    case 'null':
      // A bucket without samples counts none of them, and that is known.
      return call.isCount ? values.map((value) => value ?? 0) : [...values];
    case 'value':
      return call.isNumeric ? values.map((value) => value ?? fill.value) : [...values];
    case 'previous':
      return fillPrevious(values);
    case 'linear':
      return call.isNumeric ? fillLinear(values) : [...values];
  }
}

function fillPrevious(values: readonly Cell[]): Cell[] {
  let previous: Cell = null;
  return values.map((value) => {
    previous = value ?? previous;
    return previous;
  });
}

/** Between two known values on the straight line; before the first and after the last there is no line. */
function fillLinear(values: readonly Cell[]): Cell[] {
  const filled = [...values];
  let known = -1;
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    const start = Number(values[known]);
    for (let gap = known + 1; known !== -1 && gap < i; gap++) {
      filled[gap] = start + ((Number(value) - start) * (gap - known)) / (i - known);
    }
    known = i;
  }
  return filled;
}
