// The order in which children stop: from where points come in to where they end, so that each can still hand on what it
// holds; the broker last, since everyone says goodbye through it. Pure. The graces add up to less than ten seconds.

export type StopWave = { readonly names: readonly string[]; readonly graceMs: number };

const STOP_ORDER: readonly StopWave[] = [
  // The watchdog among the first, or it would see the others go and raise its alarm.
  { names: ['watchdog', 'simulator'], graceMs: 1_000 },
  { names: ['ingest'], graceMs: 2_500 },
  { names: ['rules', 'writer', 'console'], graceMs: 3_000 },
  { names: ['historian'], graceMs: 1_500 },
  { names: ['broker'], graceMs: 1_500 },
];

/** The waves that hold a running child. One that no wave names stops in the first. */
export function stopWaves(running: readonly string[]): StopWave[] {
  const placed = new Set(STOP_ORDER.flatMap((wave) => wave.names));
  const strangers = running.filter((name) => !placed.has(name));
  return STOP_ORDER.map(({ names, graceMs }, i) => ({
    names: [...names.filter((name) => running.includes(name)), ...(i === 0 ? strangers : [])],
    graceMs,
  })).filter((wave) => wave.names.length > 0);
}
