// A follower (follower.ts) in another thread. What was told stands in the port at once, so whoever reads after a write was
// acknowledged finds it there, by asking the port before every statement.

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Entry } from '../catalogue/entry.ts';
import type { Follower } from '../follower.ts';
import type { GenerationMemory } from '../head/generation.ts';

type News =
  | { readonly entries: readonly Entry[] }
  | { readonly generation: GenerationMemory }
  | { readonly sealed: number }
  | { readonly expired: number };

export function followOver(port: MessagePort): Follower {
  const tell = (news: News) => port.postMessage(news);
  return {
    entries: (entries) => tell({ entries }),
    generation: (generation) => tell({ generation }),
    sealed: (sealed) => tell({ sealed }),
    expired: (expired) => tell({ expired }),
  };
}

/** Back to the engine: the memory of a generation that was sealed may be used again. */
export function tellReleased(port: MessagePort, generation: number): void {
  port.postMessage({ released: generation });
}

export function onReleased(port: MessagePort, take: (generation: number) => void): void {
  port.on('message', ({ released }: { readonly released: number }) => take(released));
}

/** Hands on what was told since the last time. */
export function takeNews(port: MessagePort, follower: Follower): void {
  for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port)) {
    const news = received.message as News;
    if ('entries' in news) follower.entries(news.entries);
    else if ('generation' in news) follower.generation(news.generation);
    else if ('sealed' in news) follower.sealed(news.sealed);
    else follower.expired(news.expired);
  }
}
