// Tells a screen reader of new alarms: the urgent ones at once, the others when it is their turn; and no more often than it can speak.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { AlarmView } from '../../api/live.ts';
import { alarms, isPlantKnown } from '../state/live.ts';
import { announcementOf, newAlarms } from './announcing.ts';
import type { Alarms } from './ordered-alarms.ts';

/** What comes within it is told together. */
const GATHER_MS = 1_000;

export function AlarmAnnouncer() {
  const urgent = useSignal('');
  const other = useSignal('');
  /** As they were last seen; undefined until the plant is known; that first look announces nothing. */
  const seen = useRef<Alarms | undefined>(undefined);
  const waiting = useRef(new Map<string, AlarmView>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const tell = () => {
    timer.current = undefined;
    // Only what still stands so is news.
    const list = [...waiting.current.values()].filter((alarm) => alarms.value.get(alarm.id)?.state === 'UNACK');
    waiting.current.clear();
    const announcement = announcementOf(list);
    if (announcement === undefined) return;
    if (announcement.isUrgent) urgent.value = announcement.text;
    else other.value = announcement.text;
  };
  useSignalEffect(() => {
    const list = alarms.value;
    const last = seen.current;
    if (!isPlantKnown.value) return;
    seen.current = list;
    if (last === undefined) return;
    for (const alarm of newAlarms(last, list)) waiting.current.set(alarm.id, alarm);
    if (waiting.current.size > 0) timer.current ??= setTimeout(tell, GATHER_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <>
      <div class="visually-hidden" aria-live="assertive">
        {urgent}
      </div>
      <div class="visually-hidden" aria-live="polite">
        {other}
      </div>
    </>
  );
}
