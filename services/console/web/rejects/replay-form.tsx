// Sending a kind of refused messages again: first what would go where, then, where somebody confirms it, the thing itself.

import { type Signal, useSignal } from '@preact/signals';
import { regainFocus } from '../parts/focus.ts';
import { call } from '../state/api.ts';
import { currentTime } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { askGroups, replayed } from './kept-groups.ts';
import { type Ask, type Foretold, foretell, type Replaying, send } from './replaying.ts';

const ask: Ask = (body) => call('POST', 'api/rejected/replay', body);

/** Topics that are written out. */
const TOPICS_SHOWN = 6;

export type ReplayFormProps = {
  readonly group: string;
  /** The kind in a few words, for who cannot see beside which it stands. */
  readonly name: string;
  /** Whether there is something to send. */
  readonly isOffered: boolean;
};

export function ReplayForm({ group, name, isOffered }: ReplayFormProps) {
  const state = useSignal<Replaying>({ is: 'idle' });
  const hasAsked = useSignal(false);
  const { replay } = texts.rejects;
  const { is } = state.value;
  const isBusy = is === 'asking' || is === 'sending';
  if (!isOffered && is === 'idle') return null;
  return (
    <div class="replay">
      {is !== 'asked' && isOffered && (
        <button
          type="button"
          data-testid="replay-button"
          aria-label={replay.offerNamed(name)}
          // Not `disabled`, which would take the keyboard away from it.
          aria-disabled={isBusy}
          ref={hasAsked.value ? regainFocus : null}
          onClick={() => {
            if (isBusy) return;
            hasAsked.value = true;
            void begin(state, group);
          }}
        >
          {replay.offer}
        </button>
      )}
      <output data-testid="replay-state" data-state={is}>
        <Progress state={state.value} />
      </output>
      {state.value.is === 'asked' && <Confirm state={state} asked={state.value} group={group} name={name} />}
    </div>
  );
}

async function begin(state: Signal<Replaying>, group: string): Promise<void> {
  replayed.value = null;
  state.value = { is: 'asking' };
  const until = Math.floor(currentTime()) + 1;
  const foretold = await foretell(ask, { group, until });
  state.value = typeof foretold === 'string' ? { is: 'failed', why: foretold } : { is: 'asked', until, foretold };
}

async function confirm(state: Signal<Replaying>, name: string, what: { group: string; until: number }): Promise<void> {
  state.value = { is: 'sending', sent: 0 };
  const sent = await send(ask, what, ({ count }) => {
    state.value = { is: 'sending', sent: count };
  });
  if (typeof sent === 'string') state.value = { is: 'failed', why: sent };
  else {
    replayed.value = { name, sent: sent.count, cut: sent.cut };
    state.value = { is: 'idle' };
  }
  await askGroups();
}

function Confirm({
  state,
  asked,
  group,
  name,
}: {
  readonly state: Signal<Replaying>;
  readonly asked: Extract<Replaying, { is: 'asked' }>;
  readonly group: string;
  readonly name: string;
}) {
  const { replay } = texts.rejects;
  const { until, foretold } = asked;
  return (
    <span class="replay-confirm">
      {foretold.count > 0 && (
        <button
          type="button"
          data-testid="replay-confirm"
          ref={regainFocus}
          onClick={() => void confirm(state, name, { group, until })}
        >
          {replay.confirm(foretold.count)}
        </button>
      )}
      <button
        type="button"
        class="quiet"
        ref={foretold.count > 0 ? null : regainFocus}
        onClick={() => {
          state.value = { is: 'idle' };
        }}
      >
        {foretold.count > 0 ? replay.cancel : replay.close}
      </button>
    </span>
  );
}

function Progress({ state }: { readonly state: Replaying }) {
  const { replay } = texts.rejects;
  switch (state.is) {
    case 'idle':
      return null;
    case 'asking':
      return <p class="hint">{replay.asking}</p>;
    case 'asked':
      return <Plan foretold={state.foretold} />;
    case 'sending':
      return <p class="hint">{replay.sending(state.sent)}</p>;
    case 'failed':
      return <p class="problem">{replay.failed(state.why)}</p>;
  }
}

function Plan({ foretold }: { readonly foretold: Foretold }) {
  const { replay } = texts.rejects;
  const { count, bytes, cut, topics, onOtherTopics } = foretold;
  const others = topics.slice(TOPICS_SHOWN).reduce((sum, topic) => sum + topic.count, onOtherTopics);
  return (
    <>
      <p>{count === 0 ? replay.nothing : replay.would(count, bytes)}</p>
      <ul class="replay-topics">
        {topics.slice(0, TOPICS_SHOWN).map((topic) => (
          <li key={topic.topic}>
            <bdi>{replay.on(topic.topic, topic.count)}</bdi>
          </li>
        ))}
        {others > 0 && <li>{replay.onOthers(others)}</li>}
      </ul>
      {cut > 0 && <p>{replay.cut(cut)}</p>}
      {count > 0 && <p class="hint">{replay.warning}</p>}
    </>
  );
}
