// Something that the server is asked again and again while somebody looks: never before its last answer, not while the tab is out of
// sight, and at once when it is seen again. What was said last stays where a question fails, with why it does.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Answer, type Failure, read } from './api.ts';

export type Polled<T> = {
  /** The last good answer; null: there was none. */
  readonly shown: T | null;
  /** Why there is no newer one; null: it is the newest. */
  readonly problem: Failure | null;
};

export type Polling = {
  /** Ends the question that runs: its answer may be from before what somebody has just done. */
  readonly askNow: () => void;
  readonly stop: () => void;
};

export type PollOptions<T> = {
  readonly ask: (signal: AbortSignal) => Promise<Answer<T>>;
  readonly everyMs: number;
  /** The document, of which alone this is wanted. */
  readonly page: EventTarget & { readonly hidden: boolean };
};

export function openPolling<T>(polled: Signal<Polled<T>>, { ask, everyMs, page }: PollOptions<T>): Polling {
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const hush = (): void => {
    clearTimeout(timer);
    running?.abort();
  };
  const begin = async (): Promise<void> => {
    hush();
    const mine = new AbortController();
    running = mine;
    const answer = await ask(mine.signal);
    if (mine.signal.aborted) return;
    polled.value = answered(polled.peek(), answer);
    timer = setTimeout(askNow, everyMs);
  };
  const askNow = (): void => void begin();
  const look = (): void => {
    if (page.hidden) hush();
    else askNow();
  };

  page.addEventListener('visibilitychange', look);
  look();
  return {
    askNow,
    stop() {
      page.removeEventListener('visibilitychange', look);
      hush();
    },
  };
}

function answered<T>({ shown }: Polled<T>, answer: Answer<T>): Polled<T> {
  return answer.ok ? { shown: answer.body, problem: null } : { shown, problem: answer };
}

/** Asks as long as the component is there. */
export function usePoll<T>(path: string, everyMs: number): Polled<T> & Pick<Polling, 'askNow'> {
  const polled = useSignal<Polled<T>>({ shown: null, problem: null });
  const polling = useRef<Polling | null>(null);
  useEffect(() => {
    const opened = openPolling(polled, { ask: (signal) => read<T>(path, signal), everyMs, page: document });
    polling.current = opened;
    return opened.stop;
  }, [path, everyMs, polled]);
  return { ...polled.value, askNow: () => polling.current?.askNow() };
}
