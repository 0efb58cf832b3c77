// When the simulated plant's instruments misbehave, by seconds since the start. Pure. The first of each falls into the
// first minute; then they come again, at periods without a common divisor so that they do not pile up.

/** A sensor that loses its connection without a goodbye, and finds it again three minutes later. */
export const SILENT_DEVICE = 'tank-03';
const SILENT = { firstS: 25, lastsS: 180, everyS: 780 } as const;

/** A flow meter whose frame comes out broken once in a while, each time in the other way. */
const GARBLED_DEVICE = 'flow-01';
const GARBLED = { firstS: 12, everyS: 410 } as const;

export function isSilent(device: string, timeS: number): boolean {
  if (device !== SILENT_DEVICE || timeS < SILENT.firstS) return false;
  return (timeS - SILENT.firstS) % SILENT.everyS < SILENT.lastsS;
}

/** How the frame sent between these two moments is broken, if it is. */
export function garbledKind(device: string, fromS: number, toS: number): 'cut' | 'text' | undefined {
  if (device !== GARBLED_DEVICE || toS < GARBLED.firstS) return undefined;
  const count = Math.floor((toS - GARBLED.firstS) / GARBLED.everyS);
  const dueS = GARBLED.firstS + count * GARBLED.everyS;
  if (dueS <= fromS) return undefined;
  return count % 2 === 0 ? 'cut' : 'text';
}
