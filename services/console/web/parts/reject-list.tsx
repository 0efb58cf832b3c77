// What could not be taken, with the sentence that says why: for whoever builds or repairs a device.

import { useSignal } from '@preact/signals';
import type { RejectView } from '../../api.ts';
import { now } from '../state/clock.ts';
import { rejected } from '../state/live.ts';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';

const SHOWN_FIRST = 5;

export function RejectList() {
  const isWhole = useSignal(false);
  const all = rejected.value;
  const shown = isWhole.value ? all : all.slice(0, SHOWN_FIRST);
  const { heading, empty, more, hint } = texts.rejects;
  return (
    <section class="panel last" aria-labelledby="rejects-heading">
      <div class="panel-head">
        <h2 id="rejects-heading">{heading}</h2>
        {all.length > 0 && <span class="hint">{hint}</span>}
      </div>
      {all.length === 0 && <p class="empty">{empty}</p>}
      <ul class="rejects">
        {shown.map((reject) => (
          <Reject key={reject.id} reject={reject} />
        ))}
      </ul>
      {shown.length < all.length && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            isWhole.value = true;
          }}
        >
          {more(all.length - shown.length)}
        </button>
      )}
    </section>
  );
}

function Reject({ reject }: { readonly reject: RejectView }) {
  return (
    <li data-testid="reject-row" data-reason={reject.reason}>
      <p class="reject-head">
        <b>{reject.reason}</b> <bdi class="topic">{reject.topic}</bdi>
        <span class="hint">{formatAge(now.value - reject.receivedAt)}</span>
      </p>
      <p class="clamp" dir="auto">
        {reject.message}
        {reject.place !== undefined && (
          <>
            {' '}
            <code class="place">{reject.place}</code>
          </>
        )}
      </p>
      <details>
        <summary>
          {texts.rejects.payload} <span class="hint">({texts.rejects.bytes(reject.payloadBytes)})</span>
        </summary>
        <code class="payload">{reject.payload}</code>
      </details>
    </li>
  );
}
