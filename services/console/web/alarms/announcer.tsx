// Tells a screen reader of each new alarm, once: the urgent ones at once, the others when it is their turn.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { AlarmView } from '../../api/live.ts';
import { alarms } from '../state/live.ts';
import { PRIORITY_WORDS, texts } from '../texts.ts';
import { isOpen } from './order.ts';

/** A text longer than this is no announcement. */
const CHARS_MAX = 200;

export function AlarmAnnouncer() {
  const urgent = useSignal('');
  const other = useSignal('');
  /** Episodes heard of, by alarm; undefined until the first look, which announces nothing. */
  const heard = useRef<Map<string, string> | undefined>(undefined);
  useSignalEffect(() => {
    const open = [...alarms.value.values()].filter((alarm) => alarm.state === 'UNACK' && isOpen(alarm));
    const last = heard.current;
    heard.current = new Map(open.map((alarm) => [alarm.id, episodeOf(alarm)]));
    if (last === undefined) return;
    for (const alarm of open.filter((each) => last.get(each.id) !== episodeOf(each))) {
      const words = texts.alarms.announce(PRIORITY_WORDS[alarm.priority], alarm.summary).slice(0, CHARS_MAX);
      if (alarm.priority === 'critical' || alarm.priority === 'high') urgent.value = words;
      else other.value = words;
    }
  });
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

function episodeOf(alarm: AlarmView): string {
  return `${alarm.alarmId} ${alarm.episode}`;
}
