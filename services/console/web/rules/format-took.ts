import { texts } from '../texts.ts';

/** How long a computer took: `83 ms`, `1.2 s`. */
export function formatTook(ms: number): string {
  const { ms: inMs, seconds } = texts.units;
  return ms < 1_000 ? inMs(String(Math.round(ms))) : seconds((ms / 1_000).toFixed(1));
}
