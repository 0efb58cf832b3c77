// For tests of the notifier: one whose other side answers as a test says, and what is durable beside it.

import type { Notice } from '#rules/engine/inputs.ts';
import type { Letter } from '../channels/channel.ts';
import type { Settlement } from './call.ts';
import { Notifier, type NotifierOptions } from './notifier.ts';
import type { NotifyConfig } from './notify-files.ts';
import type { Told } from './told-log.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

type Sent = { readonly address: string; readonly letter: Letter };

/** A notifier whose other side answers as `answer` says, and what is durable beside it. */
export function notifierWorld(
  config: NotifyConfig | undefined,
  given: { durable?: Map<string, Told>; answer?: (sent: Sent) => Promise<void> } = {},
) {
  const durable = given.durable ?? new Map<string, Told>();
  const sent: Sent[] = [];
  const done: number[] = [];
  const settled: Settlement[] = [];
  const options: NotifierOptions = {
    config,
    told: [...durable.values()],
    toldStore: {
      keep: (key, record) => durable.set(key, JSON.parse(JSON.stringify(record))),
      forget: (key) => durable.delete(key),
    },
    send: async (letter, { settings }) => {
      const address = settings.type === 'webhook' ? settings.url.slice('https://hooks.test/'.length) : settings.type;
      await given.answer?.({ address, letter });
      sent.push({ address, letter });
    },
    onDone: (id) => done.push(id),
    onSettled: (settlement) => settled.push(settlement),
    onTry: () => {},
  };
  const notifier = new Notifier(options);
  let id = 0;
  return {
    ...{ notifier, durable, sent, done, settled },
    take: (...notices: Notice[]) => {
      for (const notice of notices) notifier.take(notice, ++id);
    },
    /** Ticks, and lets what was sent be answered. */
    at: async (now: number) => {
      notifier.tick(now);
      await new Promise((resolve) => setImmediate(resolve));
    },
    outcomes: () => settled.map(({ outcome }) => outcome),
    /** `a: ACTIVE T1, RETURNED T2`. */
    said: () =>
      sent.map(
        ({ address, letter }) =>
          `${address}: ${letter.items.map(({ notice, isRepeat }) => `${isRepeat ? 'again ' : ''}${notice.event} ${notice.instance}`).join(', ')}`,
      ),
  };
}

export class Refusal extends Error {
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  constructor(retryable: boolean, retryAfterMs?: number) {
    super('hooks.test answered 503');
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}
