// What is known of a chunk's numbers without decoding them, as bytes: [sum][min][minAt][max][maxAt][first][last], doubles.

import type { Page, Summary } from '../../influxql/store.ts';

/** A summary is some 60 bytes; decoding fewer samples than this costs no more than reading it. */
const SAMPLES_MIN = 256;

/** null where the chunk is better decoded. */
export function summaryBytes({ times, values }: Page): Buffer | null {
  if (!(values instanceof Float64Array) || values.length < SAMPLES_MIN) return null;
  let sum = 0;
  let least = 0;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    sum += value;
    if (value < (values[least] as number)) least = i;
    if (value > (values[most] as number)) most = i;
  }
  const minima = [values[least], times[least], values[most], times[most]] as number[];
  const numbers = Float64Array.of(sum, ...minima, values[0] as number, values.at(-1) as number);
  return Buffer.from(numbers.buffer);
}

export function summaryOf(
  bytes: Uint8Array,
  known: { readonly count: number; readonly firstAt: number; readonly lastAt: number },
): Summary {
  const [sum, min, minAt, max, maxAt, first, last] = new Float64Array(bytes.slice().buffer) as unknown as number[];
  return { ...known, sum, min, minAt, max, maxAt, first, last } as Summary;
}
