// What of one device was refused lately, by kind, with the newest of each.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { RejectedGroupsView } from '../../api/rejected.ts';
import { Example } from '../rejects/example.tsx';
import { keyOf } from '../rejects/shown-groups.ts';
import { type Answer, call } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { hrefOf } from '../state/route.ts';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';

const ASK_EVERY_MS = 5_000;
const GROUPS_MAX = 10;

export function DeviceRefused({ name }: { readonly name: DeviceName }) {
  const answer = useSignal<Answer<RejectedGroupsView> | null>(null);
  useEffect(() => {
    const query = new URLSearchParams({ device: deviceKey(name), limit: String(GROUPS_MAX) });
    const ask = async () => {
      answer.value = await call<RejectedGroupsView>('GET', `api/rejected/groups?${query}`);
    };
    void ask();
    const timer = setInterval(() => void ask(), ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const { heading, foreign } = texts.devices.refused;
  return (
    <section class="panel" aria-labelledby="refused-heading">
      <h3 id="refused-heading">{heading}</h3>
      {answer.value !== null && <Groups answer={answer.value} />}
      <p class="hint">
        {foreign} <a href={hrefOf('rejects')}>{texts.pages.rejects}</a>
      </p>
    </section>
  );
}

function Groups({ answer }: { readonly answer: Answer<RejectedGroupsView> }) {
  if (!answer.ok) return <p class={answer.status === 404 ? 'empty' : 'problem'}>{answer.why}</p>;
  const { groups } = answer.body;
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
