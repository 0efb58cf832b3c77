// The functions of a window, by name. What each computes stands in engine/windows/.

export const WINDOW_FUNCTIONS = [
  'min',
  'max',
  'avg',
  'sum',
  'count',
  'stddev',
  'delta',
  'slope',
  'rate',
  'changes',
  'timeIn',
] as const;
export type WindowFunction = (typeof WINDOW_FUNCTIONS)[number];
