// The newest message of a kind, fetched when somebody opens it: where it came, and the part of its payload that the sentence
// speaks of.

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { RejectionView } from '../../api/rejected.ts';
import { call } from '../state/api.ts';
import { texts } from '../texts.ts';
import { excerptOf } from './excerpt.ts';

/** With the place that was spoken of then: a newer one of its kind may come while it is open. */
type Fetched = { readonly rejection: RejectionView; readonly place: string | null } | { readonly why: string };

export function Example({ id, place }: { readonly id: string; readonly place: string | null }) {
  const fetched = useSignal<Fetched | null>(null);
  const fetchedId = useSignal('');
  const summary = useRef<HTMLElement>(null);
  const load = async () => {
    if (fetchedId.value === id) return;
    fetchedId.value = id;
    const answer = await call<RejectionView>('GET', `api/rejected/${id}`);
    fetched.value = answer.ok ? { rejection: answer.body, place } : { why: answer.why };
    if (!answer.ok) fetchedId.value = ''; // so that it can be tried again
  };
  const retry = async () => {
    await load();
    // The button goes when there is something to show; the keyboard stays with it.
    if (fetched.value !== null && 'rejection' in fetched.value) summary.current?.focus();
  };
  return (
    <details onToggle={(event) => event.currentTarget.open && void load()} data-testid="reject-example">
      <summary ref={summary}>{texts.rejects.example}</summary>
      {fetched.value !== null && <Shown fetched={fetched.value} onRetry={() => void retry()} />}
    </details>
  );
}

function Shown({ fetched, onRetry }: { readonly fetched: Fetched; readonly onRetry: () => void }) {
  if ('why' in fetched)
    return (
      <p class="problem">
        {texts.rejects.failed(fetched.why)}{' '}
        <button type="button" class="quiet" onClick={onRetry}>
          {texts.errors.tryAgain}
        </button>
      </p>
    );
  const { rejection, place } = fetched;
  const { id, topic, payloadBytes } = rejection;
  return (
    <>
      <p>
        <bdi class="topic">{topic}</bdi>
        {place !== null && (
          <>
            {' '}
            <code class="place">{texts.rejects.place(place)}</code>
          </>
        )}
      </p>
      <Payload payload={rejection} place={place} />
      <p>
        <a href={`api/rejected/${id}`} target="_blank" rel="noreferrer">
          {texts.rejects.whole(payloadBytes)}
        </a>
      </p>
    </>
  );
}

function Payload({
  payload,
  place,
}: {
  readonly payload: Pick<RejectionView, 'payload' | 'payloadBase64'>;
  readonly place: string | null;
}) {
  const { before, marked, after, isCutBefore, isCutAfter, isDump } = excerptOf(payload, place ?? undefined);
  return (
    <code class={isDump ? 'payload dump' : 'payload'} data-testid="reject-excerpt">
      {isCutBefore && '… '}
      {before}
      {marked !== undefined && (
        <mark>
          <span class="visually-hidden">{texts.rejects.placeBegins}</span>
          {marked === '' ? texts.rejects.endsHere : marked}
          <span class="visually-hidden">{texts.rejects.placeEnds}</span>
        </mark>
      )}
      {after}
      {isCutAfter && ' …'}
    </code>
  );
}
