// The alarms of one device that somebody should see; each leads to its place on the page of alarms.

import type { DeviceName } from '#domain/topic.ts';
import type { AlarmView } from '../../api/live.ts';
import { PriorityMark } from '../alarms/marks.tsx';
import { isCalling } from '../alarms/order.ts';
import { alarms } from '../state/live.ts';
import { hrefOf } from '../state/route.ts';
import { PRIORITY_WORDS, STATE_WORDS, texts } from '../texts.ts';
import { alarmsOf } from './values-of.ts';

const SHOWN_MAX = 20;

export function DeviceAlarms({ name }: { readonly name: DeviceName }) {
  const found = alarmsOf(alarms.value.values(), name);
  const { heading, empty } = texts.devices.alarms;
  return (
    <section class="panel" aria-labelledby="device-alarms-heading">
      <h3 id="device-alarms-heading">{heading}</h3>
      {found.length === 0 && <p class="empty">{empty}</p>}
      <ul class="device-alarms">
        {found.slice(0, SHOWN_MAX).map((alarm) => (
          <Row key={alarm.id} alarm={alarm} />
        ))}
      </ul>
      {found.length > SHOWN_MAX && <a href={hrefOf('alarms')}>{texts.showMore(found.length - SHOWN_MAX)}</a>}
    </section>
  );
}

function Row({ alarm }: { readonly alarm: AlarmView }) {
  const { site, area, rule, instance, priority, state, summary } = alarm;
  return (
    <li data-testid="device-alarm" data-rule={rule}>
      <PriorityMark priority={priority} isFilled={isCalling(alarm)} isColoured />
      <span>
        <a href={hrefOf('alarms', [site, area, rule, instance])}>
          <bdi>{summary}</bdi>
        </a>{' '}
        <span class="hint">
          {PRIORITY_WORDS[priority]}, {STATE_WORDS[state]}
        </span>
      </span>
    </li>
  );
}
