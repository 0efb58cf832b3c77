// Numbers of the pipeline as a person reads them: few digits, and a unit that fits.

import type { NumberId } from '../../api/pipeline.ts';
import { texts } from '../texts.ts';
import { type Known, LOOKS } from './reading.ts';

const { ms, seconds, perSecond, percent, below, bytes: BYTES } = texts.units;

export function numberText(id: NumberId, value: Known): string {
  if (value === null) return texts.pipeline.missing;
  if (value === 'none') return texts.pipeline.noEvents;
  switch (LOOKS[id].unit) {
    case 'per-second':
      return perSecond(short(value));
    case 'count':
      return short(value);
    case 'seconds':
      return value > 0 && value < 1 ? ms(short(value * 1_000)) : seconds(short(value));
    case 'bytes':
      return bytesText(value);
    case 'share':
      return percent(short(value * 100));
  }
}

/** Two digits say what there is to say of a rate. */
function short(value: number): string {
  if (Number.isInteger(value) || value >= 10) return String(Math.round(value));
  if (value < 0.01) return below('0.01');
  return value.toFixed(value < 1 ? 2 : 1);
}

function bytesText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${short(bytes / 1_000 ** step)} ${BYTES[step]}`;
}
