// Moments and spans as a report says them: UTC, and two units at most.

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `2026-10-25 01:30:00` */
export function formatMoment(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** `1 h 20 min`; `350 ms` where it is under a second. */
export function formatSpan(ms: number): string {
  const first = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  const [name, unitMs] = UNITS[first] ?? ['ms', 1];
  const next = UNITS[first + 1];
  const whole = Math.floor(ms / unitMs);
  if (first === -1 || next === undefined) return `${Math.round(first === -1 ? ms : ms / unitMs)} ${name}`;
  const rest = Math.floor((ms % unitMs) / next[1]);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next[0]}`;
}
