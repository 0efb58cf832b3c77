// One alarm: what is wrong, in a line; what to do about it, on demand. Its own tbody, so that both rows move together.

import { useSignal } from '@preact/signals';
import { isUnacknowledged } from '#domain/alarm.ts';
import type { AlarmView } from '../../api.ts';
import { now } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatAge, formatMoment, formatValue } from '../values/format.ts';
import { type Acknowledgement, useAcknowledgement } from './acknowledge.ts';
import { AlarmDetail } from './alarm-detail.tsx';
import { PriorityCell, StateMark } from './marks.tsx';
import { isOpen } from './order.ts';

export function AlarmRow({ alarm }: { readonly alarm: AlarmView }) {
  const isExpanded = useSignal(false);
  const acknowledgement = useAcknowledgement(alarm);
  const canAcknowledge = isUnacknowledged(alarm.state);
  const detailId = `detail-${alarm.id}`;
  return (
    <tbody
      class={`alarm ${alarm.priority} ${canAcknowledge ? 'unacked' : 'acked'} ${isOpen(alarm) ? 'open' : 'quiet'}`}
    >
      <tr data-testid="alarm-row" data-rule={alarm.rule} data-instance={alarm.instance} data-state={alarm.state}>
        <td>
          <PriorityCell priority={alarm.priority} isFilled={canAcknowledge} isColoured={isOpen(alarm)} />
        </td>
        <td>
          <StateMark state={alarm.state} />
        </td>
        <td class="what">
          <p class="summary clamp" dir="auto">
            {alarm.summary}
          </p>
          <p class="reason clamp" dir="auto">
            {alarm.reason}
          </p>
          {alarm.quality !== 'GOOD' && <p class="hatched">{texts.alarms.unknownNow(alarm.quality)}</p>}
          <bdi class="hint">
            {alarm.area} / {alarm.instance}
          </bdi>{' '}
          <button
            type="button"
            class="quiet link"
            aria-expanded={isExpanded.value}
            aria-controls={detailId}
            onClick={() => {
              isExpanded.value = !isExpanded.value;
            }}
          >
            {texts.alarms.details}
          </button>
        </td>
        <td class="number">
          <MainInput alarm={alarm} />
        </td>
        <td class="since">
          {formatMoment(alarm.activeSince, now.value)}
          <br />
          <span class="hint">{formatAge(now.value - alarm.activeSince)}</span>
        </td>
        <td>
          {canAcknowledge && <AckButton alarm={alarm} acknowledgement={acknowledgement} />}
          <p class="problem" role="alert">
            {acknowledgement.why}
          </p>
        </td>
      </tr>
      {isExpanded.value && (
        <tr id={detailId} class="detail">
          <td colSpan={6}>
            <AlarmDetail alarm={alarm} acknowledgement={acknowledgement} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

function AckButton({
  alarm,
  acknowledgement,
}: {
  readonly alarm: AlarmView;
  readonly acknowledgement: Acknowledgement;
}) {
  const { acknowledge, acknowledgeNamed, sending, sent, unanswered } = texts.alarms;
  const isUnderWay = acknowledgement.is === 'sending' || acknowledgement.is === 'sent';
  return (
    <>
      <button
        type="button"
        data-testid="ack-button"
        aria-label={acknowledgeNamed(`${alarm.name} ${alarm.instance}`)}
        disabled={isUnderWay}
        onClick={() => void acknowledgement.send('')}
      >
        {isUnderWay ? (acknowledgement.is === 'sent' ? sent : sending) : acknowledge}
      </button>
      {acknowledgement.is === 'unanswered' && <p class="problem">{unanswered}</p>}
    </>
  );
}

/** The first input of the rule, as it stood when the alarm last changed. */
function MainInput({ alarm }: { readonly alarm: AlarmView }) {
  const [input] = Object.values(alarm.inputs);
  if (input === undefined) return null;
  if (input.quality !== 'GOOD') return <span class="hatched">{input.quality}</span>;
  const isText = typeof input.value === 'string';
  return <bdi class={isText ? 'clamp' : 'measure'}>{formatValue(input.value, input.unit ?? null)}</bdi>;
}
