// A page whose code comes when it is first shown, and stays.

import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { texts } from '../texts.ts';
import { NotLoaded } from './not-loaded.tsx';

export function lazyPage(load: () => Promise<() => VNode>): () => VNode {
  const loaded = signal<(() => VNode) | null>(null);
  const problem = signal(false);
  const start = () => {
    problem.value = false;
    load().then(
      (page) => {
        loaded.value = page;
      },
      () => {
        problem.value = true;
      },
    );
  };
  let isAsked = false;
  return function LazyPage() {
    if (!isAsked) {
      isAsked = true;
      start();
    }
    const Page = loaded.value;
    if (Page !== null) return <Page />;
    if (!problem.value) return <p class="loading">{texts.loading}</p>;
    return <NotLoaded onRetry={start} />;
  };
}
