// The kinds of what was refused, as the server last told them: asked for when the page opens, when something new is refused, and
// after a replay; at most every few seconds, whatever comes.

import { effect, signal } from '@preact/signals';
import type { RejectedGroupsView } from '../../api/rejected.ts';
import { call } from '../state/api.ts';
import { link, rejected } from '../state/live.ts';
import { inKnownOrder } from './shown-groups.ts';

export type KeptGroups =
  | { readonly is: 'unknown' }
  | { readonly is: 'there'; readonly view: RejectedGroupsView }
  /** `elsewhere`: the data folder of the console has none of them. */
  | { readonly is: 'failed' | 'elsewhere'; readonly why: string };

/** Longer than the server gives all pages one answer. */
const EVERY_MS = 5_000;
/** The first answer after news may be from before them: the next one cannot be. */
const ASKS_AFTER_NEWS = 2;
const GROUPS_MAX = 200;

/** What was sent again last: its kind may be gone from the list. */
export const replayed = signal<{ readonly name: string; readonly sent: number; readonly cut: number } | null>(null);

export const keptGroups = signal<KeptGroups>({ is: 'unknown' });

let askedAt = Number.NEGATIVE_INFINITY;
let waiting: ReturnType<typeof setTimeout> | undefined;
let owed = 0;

/** Watches what is refused while somebody looks. @returns ends it */
export function watchGroups(): () => void {
  const stop = effect(() => {
    const isLive = link.value === 'live';
    void rejected.value[0]?.n;
    if (!isLive) return;
    owed = ASKS_AFTER_NEWS;
    askSoon();
  });
  return () => {
    stop();
    clearTimeout(waiting);
    waiting = undefined;
    owed = 0;
    keptGroups.value = { is: 'unknown' }; // whoever logs in next asks anew
    replayed.value = null;
  };
}

export async function askGroups(): Promise<void> {
  askedAt = performance.now();
  const answer = await call<RejectedGroupsView>('GET', `api/rejected/groups?limit=${GROUPS_MAX}`);
  const before = keptGroups.value;
  const known = before.is === 'there' ? before.view.groups : [];
  if (answer.ok) {
    const groups = inKnownOrder(answer.body.groups, known);
    keptGroups.value = { is: 'there', view: { ...answer.body, groups } };
  } else keptGroups.value = { is: answer.status === 404 ? 'elsewhere' : 'failed', why: answer.why };
}

function askSoon(): void {
  waiting ??= setTimeout(
    () => {
      waiting = undefined;
      owed--;
      void askGroups();
      if (owed > 0) askSoon();
    },
    Math.max(0, askedAt + EVERY_MS - performance.now()),
  );
}
