// The numbers of the pipeline, asked for while somebody looks at them. They are told every so often, so a stream would carry nothing
// newer; an answer that has not changed costs a line.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PipelineView } from '../../api/pipeline.ts';
import { read } from '../state/api.ts';

const ASK_MS_MAX = 5_000;
const ASK_MS_MIN = 1_000;

/** null until the first answer. */
export const told = signal<PipelineView | null>(null);
/** Why they could not be asked for; null where they could. */
export const askProblem = signal<string | null>(null);

/** Asks as long as somebody looks. What was told before he looked away is forgotten: by now it would look like a silence. */
export function useNumbers(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = new AbortController();
    const ask = async ({ signal }: AbortController) => {
      await readNumbers(signal);
      if (!signal.aborted) timer = setTimeout(() => void ask(asking), askMs());
    };
    const leave = () => {
      asking.abort();
      clearTimeout(timer);
      told.value = null;
      askProblem.value = null;
    };
    const look = () => {
      leave();
      if (document.hidden) return;
      asking = new AbortController();
      void ask(asking);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      leave();
    };
  }, []);
}

async function readNumbers(signal: AbortSignal): Promise<void> {
  const answer = await read<PipelineView>('api/pipeline', signal);
  if (signal.aborted) return;
  askProblem.value = answer.ok ? null : answer.why;
  if (answer.ok) told.value = answer.body;
}

/** A few times as often as they are told, so that a change is seen soon after. */
function askMs(): number {
  const everyMs = told.peek()?.everyMs ?? 0;
  return everyMs === 0 ? ASK_MS_MAX : Math.min(ASK_MS_MAX, Math.max(ASK_MS_MIN, everyMs / 3));
}
