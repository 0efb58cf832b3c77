// Which lines share an axis: those of one unit. There is room for three; what is of a further unit has a scale of its own, and its
// numbers stand in the legend. Pure.

export type Axis = {
  readonly scale: string;
  readonly unit: string | null;
  readonly isLeft: boolean;
  /** Which series are read off it, by their places. */
  readonly series: readonly number[];
};
export type Axes = {
  readonly axes: readonly Axis[];
  /** Of each series. */
  readonly scales: readonly string[];
};

export function axesOf(units: readonly (string | null)[], axesMax: number): Axes {
  const known = [...new Set(units)];
  const scaleOf = (unit: string | null) => `y${known.indexOf(unit)}`;
  return {
    axes: known.slice(0, axesMax).map((unit, i) => ({
      ...{ scale: scaleOf(unit), unit, isLeft: i === 0 },
      series: units.flatMap((each, place) => (each === unit ? [place] : [])),
    })),
    scales: units.map(scaleOf),
  };
}

/** A flat line is drawn in the middle, and a limit is in sight where the values come near to it. */
export function scaleRange(low: number | null, high: number | null, limits: readonly number[]): [number, number] {
  if (low === null || high === null)
    return limits.length === 0 ? [0, 1] : padded(Math.min(...limits), Math.max(...limits));
  const reach = Math.max(high - low, Math.abs(high) * 0.1);
  const near = limits.filter((limit) => limit >= low - reach && limit <= high + reach);
  return padded(Math.min(low, ...near), Math.max(high, ...near));
}

function padded(low: number, high: number): [number, number] {
  const margin = high > low ? (high - low) * 0.08 : Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}
