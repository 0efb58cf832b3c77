// An operation that was sent and not done: why, as the journal of the alarm says it. No reply comes back to the page.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { JournalPage } from '../../api/history.ts';
import type { AlarmView } from '../../api/live.ts';
import { call } from '../state/api.ts';
import { texts } from '../texts.ts';
import { refusalIn } from './sending.ts';

export function Unanswered({ alarm, sinceSeq }: { readonly alarm: AlarmView; readonly sinceSeq: number }) {
  const why = useSignal<string | null>(null);
  const { site, area, rule, instance, alarmId } = alarm;
  useEffect(() => {
    const query = new URLSearchParams({ site, area, rule, instance, limit: '20' });
    void call<JournalPage>('GET', `api/journal?${query}`).then((answer) => {
      if (answer.ok) why.value = refusalIn(answer.body.entries, { alarmId, sinceSeq });
    });
  }, [site, area, rule, instance, alarmId, sinceSeq, why]);
  return why.value === null ? texts.alarms.unanswered : texts.alarms.refused(why.value);
}
