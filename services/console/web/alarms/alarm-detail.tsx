// What an operator needs next: why it happens, what it leads to, what to do and how soon; and what was measured.

import { isAnnunciated } from '#domain/alarm.ts';
import type { AlarmView } from '../../api/live.ts';
import { now } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatMoment } from '../values/format.ts';
import { describeCommand } from './commands.tsx';
import { inputText } from './input-text.ts';

/** Of fewer characters a text has room on the smallest screen. */
const CHARS_MAX = 200;

/** A long text is scrolled within its place, by the keyboard too. */
export function reachable(text: string): { readonly tabIndex?: number } {
  return text.length > CHARS_MAX ? { tabIndex: 0 } : {};
}

export function AlarmDetail({ alarm }: { readonly alarm: AlarmView }) {
  const words = texts.alarms.detail;
  const { cause, consequence, response, timeToRespond } = alarm.rationalisation ?? {};
  const labels = Object.entries(alarm.labels).map(([name, value]) => `${name}: ${value}`);
  const moment = (at: number) => formatMoment(at, now.value);
  const terms: [string, string | undefined][] = [
    [words.response, response],
    [words.timeToRespond, timeToRespond],
    [words.consequence, consequence],
    [words.cause, cause],
    [words.where, `${alarm.site} / ${alarm.area} / ${alarm.instance}`],
    [words.rule, `${alarm.name} (${alarm.rule})`],
    [words.activeSince, isAnnunciated(alarm.state) ? moment(alarm.activeSince) : undefined],
    [words.clearedAt, alarm.clearedAt === null ? undefined : moment(alarm.clearedAt)],
    [words.acked, alarm.ackedBy === null ? undefined : [alarm.ackedBy, alarm.ackComment].filter(Boolean).join(': ')],
    [words.commands, alarm.commands.map(describeCommand).join('\n') || undefined],
    [words.inputs, Object.entries(alarm.inputs).map(inputText).join('\n') || undefined],
    [words.labels, labels.length === 0 ? undefined : labels.join(', ')],
  ];
  const isRationalised = [cause, consequence, response].some((text) => text !== undefined);
  return (
    <div class="detail">
      {!isRationalised && <p class="hint">{words.unrationalised}</p>}
      <dl>
        {terms.map(
          ([term, text]) =>
            text !== undefined && (
              <div key={term}>
                <dt>{term}</dt>
                <dd dir="auto" {...reachable(text)}>
                  {text}
                </dd>
              </div>
            ),
        )}
      </dl>
    </div>
  );
}
