// One alarm of the list: what is wrong, in a few lines of a fixed height, and what to do about it at once. The rest is in its panel.

import { isAnnunciated } from '#domain/alarm.ts';
import type { AlarmView } from '../../api/live.ts';
import { now } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatAge, formatMoment, formatValue } from '../values/format.ts';
import { CommandNotes } from './commands.tsx';
import { hrefOfAlarm, moveTo, selectTo, toggle } from './list-state.ts';
import { PriorityCell, StateMark } from './marks.tsx';
import { isCalling, isOpen } from './order.ts';
import { OverlayMark, OverlayNote } from './overlay-mark.tsx';
import { RespondClock } from './respond-clock.tsx';
import { RowActions } from './row-actions.tsx';

export type AlarmRowProps = {
  readonly alarm: AlarmView;
  /** In the whole list, from 0. */
  readonly index: number;
  /** px from the top of the list. */
  readonly top: number;
  /** Whether the keyboard is at it: what is in it can be reached by Tab. */
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  /** Whether its panel is open. */
  readonly isOpened: boolean;
};

export function AlarmRow({ alarm, index, top, isCurrent, isSelected, isOpened }: AlarmRowProps) {
  const calls = isCalling(alarm);
  const tabIndex = isCurrent ? 0 : -1;
  const classes = ['alarm', alarm.priority, calls ? 'unacked' : 'acked', isOpen(alarm) ? 'open' : 'quiet'];
  return (
    <tr
      class={`${classes.join(' ')}${isOpened ? ' opened' : ''}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={tabIndex}
      style={{ transform: `translateY(${top}px)` }}
      data-testid="alarm-row"
      data-id={alarm.id}
      data-rule={alarm.rule}
      data-instance={alarm.instance}
      data-state={alarm.state}
      data-overlay={alarm.overlay}
      onFocusIn={() => moveTo(index)}
    >
      <SelectCell alarm={alarm} isSelected={isSelected} tabIndex={tabIndex} />
      <td class="marks">
        <PriorityCell priority={alarm.priority} isFilled={calls} isColoured={isOpen(alarm)} />
        <span class="states">
          <StateMark state={alarm.state} />
          <OverlayMark alarm={alarm} />
        </span>
      </td>
      <td class="what">
        <p class="summary line" dir="auto">
          {alarm.firstOut && <FirstOut />}
          <bdi>{alarm.summary}</bdi>
        </p>
        <p class="reason line" dir="auto">
          {alarm.reason}
        </p>
        <div class="notes">
          {alarm.quality !== 'GOOD' && <p class="hatched">{texts.alarms.unknownNow(alarm.quality)}</p>}
          <OverlayNote alarm={alarm} />
          <CommandNotes alarm={alarm} />
          <bdi class="hint place">
            {alarm.area} / {alarm.instance}
          </bdi>
          <a
            href={hrefOfAlarm(alarm)}
            tabIndex={tabIndex}
            aria-label={texts.alarms.detailsOf(alarm.name, alarm.instance)}
          >
            {texts.alarms.details}
          </a>
        </div>
      </td>
      <td class="number">
        <MainInput alarm={alarm} />
      </td>
      <td class="since">
        <Since alarm={alarm} />
        <RespondClock alarm={alarm} />
      </td>
      <td>
        <RowActions alarm={alarm} tabIndex={tabIndex} />
      </td>
    </tr>
  );
}

type SelectCellProps = Pick<AlarmRowProps, 'alarm' | 'isSelected'> & { readonly tabIndex: number };

function SelectCell({ alarm, isSelected, tabIndex }: SelectCellProps) {
  return (
    <td class="select">
      <label>
        <input
          type="checkbox"
          data-testid="alarm-select"
          checked={isSelected}
          tabIndex={tabIndex}
          aria-label={texts.alarms.select(alarm.name, alarm.instance)}
          onClick={(event) => (event.shiftKey ? selectTo(alarm.id) : toggle(alarm.id))}
        />
      </label>
    </td>
  );
}

export function FirstOut() {
  return (
    <>
      <span class="tag" title={texts.alarms.firstOutMeans}>
        {texts.alarms.firstOut}
      </span>{' '}
    </>
  );
}

/** What was never active, or is over, stands in the list for what was done to it. */
function Since({ alarm }: { readonly alarm: AlarmView }) {
  const since = isAnnunciated(alarm.state) ? alarm.activeSince : alarm.changedAt;
  return (
    <>
      {formatMoment(since, now.value)} <span class="hint">{formatAge(now.value - since)}</span>
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
