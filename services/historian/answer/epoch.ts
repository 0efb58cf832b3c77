// Units of time of what is answered: numbers since the epoch, where a client asks for them.

export const EPOCHS = ['ns', 'u', 'ms', 's', 'm', 'h'] as const;
export type Epoch = (typeof EPOCHS)[number];

const US_PER: { readonly [epoch in Exclude<Epoch, 'ns'>]: number } = {
  u: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
};

/** The digits of a moment in a unit, cut towards zero as InfluxDB does it. */
export function encodeTime(us: number, epoch: Epoch): string {
  if (epoch === 'ns') return us === 0 ? '0' : `${us}000`;
  return String(Math.trunc(us / US_PER[epoch]) + 0);
}

/** Undefined where none is named: times are then written out. An unknown unit is nanoseconds, as in InfluxDB. */
export function parseEpoch(text: string | null): Epoch | undefined {
  if (text === null || text === '') return undefined;
  if (text === 'us' || text === 'µ') return 'u';
  return EPOCHS.find((epoch) => epoch === text) ?? 'ns';
}
