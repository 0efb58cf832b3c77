// What is shown over an alarm's state: the code beside the state's own, the words and the time left beside the alarm's.

import type { AlarmView } from '../../api/live.ts';
import { now } from '../state/clock.ts';
import { OVERLAY_WORDS, texts } from '../texts.ts';
import { formatAge, formatMoment } from '../values/format.ts';

export type OverlayProps = { readonly alarm: AlarmView };

/** A screen reader hears the words instead. */
export function OverlayMark({ alarm }: OverlayProps) {
  if (alarm.overlay === null) return null;
  return (
    <span class="state state-overlay" aria-hidden="true">
      {alarm.overlay}
    </span>
  );
}

export function OverlayNote({ alarm }: OverlayProps) {
  const { overlay, shelvedUntil } = alarm;
  if (overlay === null) return null;
  // A shelving goes on below what hides it, and its end must not read as the other's.
  const isBoth = overlay !== 'SHLVD' && shelvedUntil !== null;
  return (
    <p class="overlay" data-testid="overlay">
      {isBoth ? texts.alarms.both(OVERLAY_WORDS[overlay], OVERLAY_WORDS.SHLVD) : OVERLAY_WORDS[overlay]}
      {shelvedUntil !== null && ` ${endOf(shelvedUntil)}`}
    </p>
  );
}

function endOf(until: number): string {
  return texts.alarms.shelvedUntil(formatMoment(until, now.value), formatAge(until - now.value));
}
