// The alarm that the address names: as it stands, what can be done to it, and all that happened to it. An alarm that is normal has no
// message any more; what is known of it then is its journal.

import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { AlarmView } from '../../api/live.ts';
import { alarms, isPlantKnown } from '../state/live.ts';
import { goTo, route } from '../state/route.ts';
import { texts } from '../texts.ts';
import { AlarmDetail, reachable } from './alarm-detail.tsx';
import { FirstOut } from './alarm-row.tsx';
import { CommandNotes } from './commands.tsx';
import { Explanation } from './explanation.tsx';
import { focusRow } from './focus-row.ts';
import { JournalList } from './journal-list.tsx';
import { holdsText } from './keys.ts';
import { current, hrefOfList, moveTo, shownAlarms } from './list-state.ts';
import { PriorityCell, StateMark } from './marks.tsx';
import { OperationForm } from './operation-form.tsx';
import { OperationNote } from './operation-note.tsx';
import { isCalling, isOpen } from './order.ts';
import { OverlayMark, OverlayNote } from './overlay-mark.tsx';
import { RespondClock } from './respond-clock.tsx';

/** Of an alarm of any length a year is asked for: as much as the API tells at once. */
const JOURNAL_MS = 365 * 86_400_000;

export function AlarmPanel() {
  const [site = '', area = '', rule = '', instance = ''] = route.value.steps;
  const id = [site, area, rule, instance].join('/');
  const alarm = alarms.value.get(id);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, [id]);
  useEffect(() => () => void requestAnimationFrame(() => giveBack(id)), [id]);
  const close = () => goTo(hrefOfList());
  const name = { site, area, rule, instance };
  return (
    <section
      class="panel alarm-panel"
      aria-labelledby="alarm-panel-heading"
      data-testid="alarm-panel"
      data-id={id}
      data-state={alarm?.state ?? 'NORM'}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !holdsText(event.target)) close();
      }}
    >
      <div class="panel-head">
        <h2 id="alarm-panel-heading" ref={heading} tabIndex={-1}>
          <bdi>{alarm?.name ?? rule}</bdi> <bdi class="hint">{instance}</bdi>
        </h2>
        <button type="button" class="quiet" data-testid="close-panel" onClick={close}>
          {texts.alarms.panel.close}
        </button>
      </div>
      <Fragment key={id /* what was typed, chosen and answered is about this alarm alone */}>
        {alarm === undefined ? <NotThere /> : <Standing alarm={alarm} />}
        {alarm !== undefined && <OperationForm alarm={alarm} />}
        <Explanation name={name} at={null} />
        <h3>{texts.alarms.journal.heading}</h3>
        <JournalList filter={{ ...name, lastMs: JOURNAL_MS }} isOfOne={true} revision={alarm?.seq ?? null} />
      </Fragment>
    </section>
  );
}

/** However the panel was closed, whoever works by keyboard goes on at its row. */
function giveBack(id: string): void {
  const { page, steps } = route.value;
  if (page !== 'alarms' || steps.length > 0) return;
  const index = shownAlarms.value.findIndex((alarm) => alarm.id === id);
  if (index !== -1) moveTo(index);
  requestAnimationFrame(() => focusRow(current.value.id));
}

function NotThere() {
  return (
    <p class="empty" data-testid="alarm-normal">
      {isPlantKnown.value ? texts.alarms.panel.normal : texts.loading}
    </p>
  );
}

function Standing({ alarm }: { readonly alarm: AlarmView }) {
  return (
    <div class={`standing ${alarm.priority}`}>
      <p class="standing-marks">
        <PriorityCell priority={alarm.priority} isFilled={isCalling(alarm)} isColoured={isOpen(alarm)} />
        <StateMark state={alarm.state} />
        <OverlayMark alarm={alarm} />
        {alarm.firstOut && <FirstOut />}
        <RespondClock alarm={alarm} />
      </p>
      <p class="summary long" dir="auto" {...reachable(alarm.summary)}>
        {alarm.summary}
      </p>
      <p class="reason long" dir="auto" {...reachable(alarm.reason)}>
        {alarm.reason}
      </p>
      {alarm.quality !== 'GOOD' && <p class="hatched">{texts.alarms.unknownNow(alarm.quality)}</p>}
      <OverlayNote alarm={alarm} />
      <CommandNotes alarm={alarm} />
      <AlarmDetail alarm={alarm} />
      <OperationNote alarm={alarm} />
    </div>
  );
}
