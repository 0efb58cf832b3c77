// What of one device was refused lately, by kind, with the newest of each.

import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { RejectedGroupsView } from '../../api/rejected.ts';
import { StaleNote } from '../parts/stale-note.tsx';
import { Example } from '../rejects/example.tsx';
import { keyOf } from '../rejects/shown-groups.ts';
import { now } from '../state/clock.ts';
import { type Polled, usePoll } from '../state/poll.ts';
import { hrefOf } from '../state/route.ts';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';

const ASK_EVERY_MS = 5_000;
const GROUPS_MAX = 10;

export function DeviceRefused({ name }: { readonly name: DeviceName }) {
  const query = new URLSearchParams({ device: deviceKey(name), limit: String(GROUPS_MAX) });
  const told = usePoll<RejectedGroupsView>(`api/rejected/groups?${query}`, ASK_EVERY_MS);
  const { heading, foreign } = texts.devices.refused;
  return (
    <section class="panel" aria-labelledby="refused-heading">
      <h3 id="refused-heading">{heading}</h3>
      <StaleNote of={told} />
      <Groups told={told} />
      <p class="hint">
        {foreign} <a href={hrefOf('rejects')}>{texts.pages.rejects}</a>
      </p>
    </section>
  );
}

function Groups({ told: { shown, problem } }: { readonly told: Polled<RejectedGroupsView> }) {
  if (shown === null)
    return problem === null ? null : <p class={problem.status === 404 ? 'empty' : 'problem'}>{problem.why}</p>;
  const { groups } = shown;
  if (groups.length === 0) return <p class="empty">{texts.devices.refused.empty}</p>;
  const { count, age } = texts.rejects;
  return (
    <ul class="rejects">
      {groups.map((group) => (
        <li key={keyOf(group)} data-testid="device-refused" data-reason={group.reason}>
          <p>
            <b>{group.reason}</b> <span class="hint">{count(group.count, group.waiting)}</span>{' '}
            <span class="hint">{age(formatAge(now.value - group.lastAt))}</span>
          </p>
          <p class="clamp" dir="auto">
            {group.message}
          </p>
          <Example id={group.exampleId} place={group.place} />
        </li>
      ))}
    </ul>
  );
}
