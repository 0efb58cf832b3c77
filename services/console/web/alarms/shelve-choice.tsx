// For how long alarms are shelved: never without an end.

import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';

const MINUTE_MS = 60_000;
const SHELVINGS_MS = [15 * MINUTE_MS, 60 * MINUTE_MS, 240 * MINUTE_MS];

export type ShelveChoiceProps = {
  /** The longest that a rule allows. */
  readonly longestMs: number;
  /** Undefined: the longest. */
  readonly chosen: Signal<number | undefined>;
};

export function ShelveChoice({ longestMs, chosen }: ShelveChoiceProps) {
  const { shelveFor, shelveLongest } = texts.alarms;
  const shorter = SHELVINGS_MS.filter((ms) => ms < longestMs);
  const [shortest] = shorter;
  // The shortest stands first: what is silenced for longer is asked for.
  useEffect(() => {
    chosen.value = shortest;
  }, [chosen, shortest]);
  return (
    <select
      aria-label={shelveFor}
      data-testid="shelve-for"
      value={String(chosen.value)}
      onChange={(event) => {
        chosen.value = shorter[event.currentTarget.selectedIndex];
      }}
    >
      {shorter.map((ms) => (
        <option key={ms} value={String(ms)}>
          {formatAge(ms)}
        </option>
      ))}
      <option value="undefined">{shelveLongest(formatAge(longestMs))}</option>
    </select>
  );
}
