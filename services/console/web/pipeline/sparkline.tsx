// The last minutes of a number, as a line without an axis: whether it is calm, rises or falls. What it is stands beside it in words.

const WIDTH = 96;
const HEIGHT = 20;
const MARGIN = 2;

type Told = readonly (readonly [at: number, value: number | null])[];

export function Sparkline({ told }: { readonly told: Told }) {
  const path = sparkPath(told);
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {path !== '' && <path d={path} />}
    </svg>
  );
}

/** From 0 or below to the largest, so that a rate that halves looks like it; broken where nothing is known. */
export function sparkPath(told: Told): string {
  const known = told.filter((each): each is [number, number] => each[1] !== null);
  const [first, last] = [told[0]?.[0] ?? 0, told.at(-1)?.[0] ?? 0];
  if (known.length < 2 || last <= first) return '';
  const values = known.map(([, value]) => value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = (at: number) => MARGIN + ((at - first) / (last - first)) * (WIDTH - 2 * MARGIN);
  const y = (value: number) =>
    HEIGHT - MARGIN - (high === low ? 0 : ((value - low) / (high - low)) * (HEIGHT - 2 * MARGIN));
  return told
    .map(([at, value], i) => {
      if (value === null) return '';
      const isJoined = i > 0 && told[i - 1]?.[1] !== null;
      return `${isJoined ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
}
