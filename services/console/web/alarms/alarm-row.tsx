// One alarm: what is wrong, in a line; what to do about it, on demand. Its own tbody, so that both rows move together.

import { useSignal } from '@preact/signals';
import { isAnnunciated, isUnacknowledged } from '#domain/alarm.ts';
import type { AlarmView } from '../../api/live.ts';
import { now } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatAge, formatMoment, formatValue } from '../values/format.ts';
import { AlarmDetail } from './alarm-detail.tsx';
import { CommandNotes } from './commands.tsx';
import { PriorityCell, StateMark } from './marks.tsx';
import { isOpen } from './order.ts';
import { OverlayMark, OverlayNote } from './overlay-mark.tsx';
import { RowActions } from './row-actions.tsx';
import { useOperation } from './use-operation.ts';

export function AlarmRow({ alarm }: { readonly alarm: AlarmView }) {
  const isExpanded = useSignal(false);
  const operation = useOperation(alarm);
  const isCalling = isOpen(alarm) && isUnacknowledged(alarm.state);
  /** What was never active, or is over, stands in the list for what was done to it. */
  const since = isAnnunciated(alarm.state) ? alarm.activeSince : alarm.changedAt;
  const detailId = `detail-${alarm.id}`;
  return (
    <tbody class={`alarm ${alarm.priority} ${isCalling ? 'unacked' : 'acked'} ${isOpen(alarm) ? 'open' : 'quiet'}`}>
      <tr
        data-testid="alarm-row"
        data-rule={alarm.rule}
        data-instance={alarm.instance}
        data-state={alarm.state}
        data-overlay={alarm.overlay}
      >
        <td>
          <PriorityCell priority={alarm.priority} isFilled={isCalling} isColoured={isOpen(alarm)} />
        </td>
        <td>
          <StateMark state={alarm.state} />
          <OverlayMark alarm={alarm} />
        </td>
        <td class="what">
          <p class="summary clamp" dir="auto">
            {alarm.firstOut && (
              <>
                <span class="tag" title={texts.alarms.firstOutMeans}>
                  {texts.alarms.firstOut}
                </span>{' '}
              </>
            )}
            {alarm.summary}
          </p>
          <p class="reason clamp" dir="auto">
            {alarm.reason}
          </p>
          {alarm.quality !== 'GOOD' && <p class="hatched">{texts.alarms.unknownNow(alarm.quality)}</p>}
          <OverlayNote alarm={alarm} />
          <CommandNotes alarm={alarm} />
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
          {formatMoment(since, now.value)}
          <br />
          <span class="hint">{formatAge(now.value - since)}</span>
        </td>
        <td>
          <RowActions alarm={alarm} operation={operation} />
        </td>
      </tr>
      {isExpanded.value && (
        <tr id={detailId} class="detail">
          <td colSpan={6}>
            <AlarmDetail alarm={alarm} operation={operation} />
          </td>
        </tr>
      )}
    </tbody>
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
