// What was refused while the page was open and is kept on no disk that the console can read: operations that the rules service
// refused, and everything where ingest and writer run on other machines.

import { useSignal } from '@preact/signals';
import type { RejectView } from '../../api/live.ts';
import { MoreButton } from '../parts/more-button.tsx';
import { now } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';

const SHOWN_FIRST = 3;

export function LiveRejects({ all }: { readonly all: readonly RejectView[] }) {
  const isWhole = useSignal(false);
  const shown = isWhole.value ? all : all.slice(0, SHOWN_FIRST);
  if (all.length === 0) return null;
  return (
    <>
      <h3>{texts.rejects.live}</h3>
      <ul class="rejects">
        {shown.map((reject) => (
          <Reject key={reject.n} reject={reject} />
        ))}
      </ul>
      <MoreButton hidden={all.length - shown.length} isWhole={isWhole} />
    </>
  );
}

function Reject({ reject }: { readonly reject: RejectView }) {
  return (
    <li data-testid="reject-row" data-reason={reject.reason}>
      <p class="reject-head">
        <b>{reject.reason}</b> <bdi class="topic">{reject.topic}</bdi>
        <span class="hint">{texts.rejects.age(formatAge(now.value - reject.receivedAt))}</span>
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
