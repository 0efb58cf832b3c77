// How much time is left to respond: a pie that empties and a word; once it is over, a square with a mark and another word.

import type { AlarmView } from '../../api/live.ts';
import { now } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';
import { respondTime } from './respond.ts';

export function RespondClock({ alarm }: { readonly alarm: AlarmView }) {
  // Most rules name no time, and nothing of theirs changes with the second.
  if (alarm.rationalisation?.timeToRespond === undefined) return null;
  const time = respondTime(alarm, now.value);
  if (time === undefined) return null;
  const isOver = time.leftMs < 0;
  const words = isOver
    ? texts.alarms.respondOver(formatAge(-time.leftMs))
    : texts.alarms.respondLeft(formatAge(time.leftMs));
  return (
    <span class={isOver ? 'respond over' : 'respond'} data-testid="respond" data-over={isOver}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        {isOver ? <path class="full" d="M1 1h14v14H1z" /> : <circle cx="8" cy="8" r="7" />}
        <path class={isOver ? 'sign' : 'full'} d={isOver ? 'M8 3.5v6M8 11v2' : slice(time.leftMs / time.totalMs)} />
      </svg>{' '}
      {words}
    </span>
  );
}

/** A share of the circle, from the top on. */
function slice(share: number): string {
  const angle = Math.min(0.9999, Math.max(0, share)) * 2 * Math.PI;
  const [x, y] = [8 + 7 * Math.sin(angle), 8 - 7 * Math.cos(angle)];
  return `M8 8V1A7 7 0 ${angle > Math.PI ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}z`;
}
