// Moments of one track, ascending, in microseconds. Most are regular: kept are the steps from each gap to the next, in the
// coarsest unit that loses nothing, and how often a step repeats.

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Microseconds; the unit's place in the list is what is written. */
const UNITS = [1, 1_000, 1_000_000] as const;

export function encodeTimes(times: Float64Array, to: ByteWriter): void {
  const first = times[0] as number;
  const unit = unitOf(times);
  const scale = UNITS[unit] as number;
  to.byte(unit);
  to.double(first);
  let gap = 0;
  let step = 0;
  let repeats = 0;
  for (let i = 1; i < times.length; i++) {
    const next = ((times[i] as number) - (times[i - 1] as number)) / scale;
    const change = next - gap;
    gap = next;
    if (repeats > 0 && change === step) {
      repeats++;
      continue;
    }
    if (repeats > 0) writeRun(to, step, repeats);
    step = change;
    repeats = 1;
  }
  if (repeats > 0) writeRun(to, step, repeats);
}

function writeRun(to: ByteWriter, step: number, repeats: number): void {
  // A step that comes once is the common case where times jitter: one bit says so, and no count follows.
  const doubled = (step < 0 ? -2 * step - 1 : 2 * step) * 2;
  if (repeats === 1) {
    to.varint(doubled);
    return;
  }
  to.varint(doubled + 1);
  to.varint(repeats);
}

export function decodeTimes(count: number, from: ByteReader): Float64Array {
  const scale = UNITS[from.byte()] ?? 1;
  const times = new Float64Array(count);
  let time = from.double();
  times[0] = time;
  let gap = 0;
  for (let i = 1; i < count; ) {
    const head = from.varint();
    const isRun = head % 2 === 1;
    const zigzag = isRun ? (head - 1) / 2 : head / 2;
    const step = (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2) * scale;
    const end = Math.min(count, i + (isRun ? from.varint() : 1));
    for (; i < end; i++) {
      gap += step;
      time += gap;
      times[i] = time;
    }
  }
  return times;
}

function unitOf(times: Float64Array): number {
  const first = times[0] as number;
  let unit = UNITS.length - 1;
  for (let i = 1; i < times.length && unit > 0; i++) {
    while (unit > 0 && ((times[i] as number) - first) % (UNITS[unit] as number) !== 0) unit--;
  }
  return unit;
}
