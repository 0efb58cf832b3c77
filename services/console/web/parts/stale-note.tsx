// Beside what was polled: that it may be old, and why.

import type { Polled } from '../state/poll.ts';
import { texts } from '../texts.ts';

export function StaleNote({ of: { shown, problem } }: { readonly of: Polled<unknown> }) {
  return (
    <output data-testid="stale">
      {shown !== null && problem !== null && <span class="problem">{texts.errors.stale(problem.why)}</span>}
    </output>
  );
}
