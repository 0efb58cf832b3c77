// What an operator needs next: why it happens, what it leads to, what to do and how soon; and what was measured.

import { useSignal } from '@preact/signals';
import { type InputSnapshot, isUnacknowledged } from '#domain/alarm.ts';
import type { AlarmView } from '../../api.ts';
import { now } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatAge, formatMoment, formatValue } from '../values/format.ts';
import type { Acknowledgement } from './acknowledge.ts';

export type AlarmDetailProps = { readonly alarm: AlarmView; readonly acknowledgement: Acknowledgement };

export function AlarmDetail({ alarm, acknowledgement }: AlarmDetailProps) {
  const words = texts.alarms.detail;
  const { cause, consequence, response, timeToRespond } = alarm.rationalisation ?? {};
  const labels = Object.entries(alarm.labels).map(([name, value]) => `${name}: ${value}`);
  const moment = (at: number) => formatMoment(at, now.value);
  const terms: [string, string | undefined][] = [
    [words.cause, cause],
    [words.consequence, consequence],
    [words.response, response],
    [words.timeToRespond, timeToRespond],
    [words.where, `${alarm.site} / ${alarm.area} / ${alarm.instance}`],
    [words.rule, `${alarm.name} (${alarm.rule})`],
    [words.activeSince, moment(alarm.activeSince)],
    [words.clearedAt, alarm.clearedAt === null ? undefined : moment(alarm.clearedAt)],
    [words.acked, alarm.ackedBy === null ? undefined : [alarm.ackedBy, alarm.ackComment].filter(Boolean).join(': ')],
    [words.inputs, Object.entries(alarm.inputs).map(describeInput).join('\n') || undefined],
    [words.labels, labels.length === 0 ? undefined : labels.join(', ')],
  ];
  const isRationalised = [cause, consequence, response].some((text) => text !== undefined);
  return (
    <>
      {!isRationalised && <p class="hint">{words.unrationalised}</p>}
      <dl>
        {terms.map(
          ([term, text]) =>
            text !== undefined && (
              <div key={term}>
                <dt>{term}</dt>
                <dd dir="auto">{text}</dd>
              </div>
            ),
        )}
      </dl>
      {isUnacknowledged(alarm.state) && <CommentForm acknowledgement={acknowledgement} />}
    </>
  );
}

function describeInput([name, input]: [string, InputSnapshot]): string {
  const value = input.quality === 'GOOD' ? formatValue(input.value, input.unit ?? null) : input.quality;
  const age = input.ageMs === null ? '' : ` (${formatAge(input.ageMs)})`;
  return name === input.metric ? `${name} = ${value}${age}` : `${name}: ${input.metric} = ${value}${age}`;
}

function CommentForm({ acknowledgement }: Pick<AlarmDetailProps, 'acknowledgement'>) {
  const comment = useSignal('');
  const isUnderWay = acknowledgement.is === 'sending' || acknowledgement.is === 'sent';
  return (
    <form
      class="comment"
      onSubmit={(event) => {
        event.preventDefault();
        void acknowledgement.send(comment.value);
      }}
    >
      <label class="inline">
        {texts.alarms.comment}{' '}
        <input
          data-testid="ack-comment"
          maxLength={2000}
          value={comment.value}
          onInput={(event) => {
            comment.value = event.currentTarget.value;
          }}
        />
      </label>
      <button type="submit" data-testid="ack-with-comment" disabled={isUnderWay}>
        {texts.alarms.acknowledgeWithComment}
      </button>
    </form>
  );
}
