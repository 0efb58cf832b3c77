// What was refused, by kind: for whoever builds or repairs a device, or mends a model.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RejectedGroupsView } from '../../api/rejected.ts';
import { MoreButton } from '../parts/more-button.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { now } from '../state/clock.ts';
import { rejected } from '../state/live.ts';
import { mayReplayNow } from '../state/session.ts';
import { texts } from '../texts.ts';
import { formatAge, formatMoment } from '../values/format.ts';
import { Example } from './example.tsx';
import { type KeptGroups, keptGroups, replayed, watchGroups } from './kept-groups.ts';
import { LiveRejects } from './live-rejects.tsx';
import { ReplayForm } from './replay-form.tsx';
import { keyOf, SHOWS, type Shows, shownGroups, unkept } from './shown-groups.ts';

type Group = RejectedGroupsView['groups'][number];

const SHOWN_FIRST = 5;

export function RejectPanel() {
  const search = useSignal('');
  const shows = useSignal<Shows>('waiting');
  useEffect(watchGroups, []);
  const kept = keptGroups.value;
  const live = useComputed(() => unkept(rejected.value, elsewhereOf(keptGroups.value)));
  const { heading, filter, filterHint } = texts.rejects;
  return (
    <section class="panel last" aria-labelledby="rejects-heading">
      <div class="panel-head">
        <h2 id="rejects-heading">{heading}</h2>
        <label class="inline">
          {texts.rejects.show}{' '}
          <select
            value={shows.value}
            data-testid="reject-shows"
            onChange={(event) => {
              shows.value = event.currentTarget.value as Shows;
            }}
          >
            {SHOWS.map((name) => (
              <option key={name} value={name}>
                {texts.rejects.shows[name]}
              </option>
            ))}
          </select>
        </label>
        <SearchField label={filter} hint={filterHint} search={search} testId="reject-search" />
      </div>
      <output data-testid="replayed">
        <Replayed />
      </output>
      {kept.is === 'there' && <Groups view={kept.view} shows={shows.value} search={search.value} />}
      <Notes kept={kept} />
      <LiveRejects all={live.value} />
    </section>
  );
}

function Replayed() {
  const last = replayed.value;
  if (last === null) return null;
  const { sent, cut } = texts.rejects.replay;
  return (
    <p class="replayed">
      {sent(last.sent)} {last.cut > 0 && cut(last.cut)} <bdi class="hint">{last.name}</bdi>
    </p>
  );
}

function elsewhereOf(kept: KeptGroups): readonly string[] | null {
  if (kept.is === 'there') return kept.view.elsewhere;
  return kept.is === 'unknown' ? [] : null;
}

/** What the list does not say: that it is not whole, or why there is none. */
function Notes({ kept }: { readonly kept: KeptGroups }) {
  const { loading, since, elsewhere, beyond } = texts.rejects;
  if (kept.is === 'unknown') return <p class="empty">{loading}</p>;
  if (kept.is !== 'there')
    return (
      <p class={kept.is === 'failed' ? 'problem' : 'empty'} data-testid="rejects-elsewhere">
        {kept.why}
      </p>
    );
  const { view } = kept;
  return (
    <>
      {view.more > 0 && <p class="hint">{beyond(view.more)}</p>}
      {view.since !== null && <p class="hint">{since(formatMoment(view.since, now.value))}</p>}
      {view.elsewhere.length > 0 && <p class="hint">{elsewhere(view.elsewhere.join(', '))}</p>}
    </>
  );
}

type GroupsProps = { readonly view: RejectedGroupsView; readonly shows: Shows; readonly search: string };

function Groups({ view, shows, search }: GroupsProps) {
  const isWhole = useSignal(false);
  const found = shownGroups(view.groups, { shows, search });
  const shown = isWhole.value ? found : found.slice(0, SHOWN_FIRST);
  const { empty, allSent, noMatch } = texts.rejects;
  if (found.length === 0) {
    const why = view.groups.length === 0 ? empty : search.trim() === '' ? allSent : noMatch;
    return (
      <p class="empty" data-testid="rejects-empty">
        {why}
      </p>
    );
  }
  return (
    <>
      <ul class="rejects">
        {shown.map((group) => (
          <GroupRow key={keyOf(group)} group={group} />
        ))}
      </ul>
      <MoreButton hidden={found.length - shown.length} isWhole={isWhole} />
    </>
  );
}

function GroupRow({ group }: { readonly group: Group }) {
  const { id, reason, device, topic, message, place, count, waiting, firstAt, lastAt, exampleId } = group;
  const { span, age } = texts.rejects;
  const whose = device ?? topic;
  const moments = span(formatMoment(firstAt, now.value), formatMoment(lastAt, now.value));
  return (
    <li class="reject-group" data-testid="reject-group" data-reason={reason} data-waiting={waiting}>
      <div>
        <p class="reject-head">
          <b>{reason}</b> <bdi class="topic">{whose}</bdi>
        </p>
        <p class="clamp" dir="auto">
          {message}
        </p>
      </div>
      <div class="reject-facts">
        <p class={waiting > 0 ? 'trouble' : ''}>{texts.rejects.count(count, waiting)}</p>
        <p class="hint">
          {moments}, {age(formatAge(now.value - lastAt))}
        </p>
        {id !== null && mayReplayNow() && (
          <ReplayForm group={id} name={`${reason}, ${whose}: ${message}`} isOffered={waiting > 0} />
        )}
      </div>
      <Example id={exampleId} place={place} />
    </li>
  );
}
