// What was refused, sent again at the word of an engineer: one replay at a time, each bounded, so that whoever asked for it gets
// an answer; the next one goes on from there. What would be sent can be asked for first.

import type { Bus } from '#runtime/bus.ts';
import { BoundedReading } from '#runtime/rejected-log/bounded-reading.ts';
import { GivenUp } from '#runtime/rejected-log/patience.ts';
import type { KeptRejection } from '#runtime/rejected-log/read-rejected.ts';
import { type Reached, type RejectionPlace, rejectionId } from '#runtime/rejected-log/rejection-id.ts';
import { replayable, replayRejected } from '#runtime/rejected-log/replay-rejected.ts';
import { type Selection, servicesOf } from '#runtime/rejected-log/select-rejected.ts';
import type { SessionView } from '../api/http.ts';
import type { ReplayView } from '../api/rejected.ts';
import { ProblemError } from '../http/problem.ts';
import { type KeptRejections, readable } from './kept-rejections.ts';

export type ReplaysParts = {
  readonly dataDir: string;
  readonly kept: KeptRejections;
  /** A connection with the login for replays. */
  readonly openBus: () => Bus;
  readonly now: () => number;
  /** Settles after so many ms, or rejects once it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

export type ReplayWish = {
  readonly what: { readonly ids: readonly RejectionPlace[] } | { readonly selection: Selection };
  /** Also what was sent again before. Those that are named are sent in any case. */
  readonly isAgain: boolean;
  readonly beyond: Reached;
};

/** Sent in one replay: seconds with a broker that is well. */
export const REPLAYED_MAX = 10_000;
/** Topics that are told of by name; a person reads a few. */
const TOPICS_TOLD = 20;
/** Topics that are counted apart. */
const TOPICS_MAX = 1_000;

export class Replays implements Disposable {
  readonly #parts: ReplaysParts;
  readonly #closing = new AbortController();
  #by: string | undefined;

  constructor(parts: ReplaysParts) {
    this.#parts = parts;
  }

  /** What a replay would send, as far as one reading goes. @throws ProblemError */
  async foretell(wish: ReplayWish): Promise<ReplayView> {
    const { kept } = this.#parts;
    await kept.elsewhere(servicesIn(wish));
    return await kept.inTurn(async () => {
      const tally = new Tally();
      const source = this.#source(wish);
      for await (const each of replayable(source.rejections, { isAgain: wish.isAgain, onCut: () => tally.cut++ }))
        tally.take(each);
      return { isDryRun: true, count: tally.count, ...tally.view(), next: source.next() };
    });
  }

  /** Sends. @throws ProblemError, which says how many were sent where it broke off */
  async replay(wish: ReplayWish, { user, role }: Pick<SessionView, 'user' | 'role'>): Promise<ReplayView> {
    const { kept } = this.#parts;
    await kept.elsewhere(servicesIn(wish));
    if (this.#by !== undefined)
      throw new ProblemError(409, `A replay of ${this.#by} is under way. Try again when it is done.`, 2_000);
    this.#by = user;
    try {
      return await this.#send(wish, { by: user, role });
    } finally {
      this.#by = undefined;
      kept.forgetGroups();
    }
  }

  /** What is under way ends, and can be sent later. */
  [Symbol.dispose](): void {
    this.#closing.abort();
  }

  async #send(wish: ReplayWish, who: { readonly by: string; readonly role: string }): Promise<ReplayView> {
    const { dataDir, now, wait, openBus } = this.#parts;
    await using bus = openBus();
    const tally = new Tally();
    let sent = 0;
    const onSent = (more: number) => {
      sent += more;
    };
    const source = this.#source(wish);
    const wanted = replayable(source.rejections, { isAgain: wish.isAgain, onCut: () => tally.cut++ });
    const order = { ...who, what: toldOf(wish) };
    const outside = { bus, now, wait, asked: this.#closing.signal };
    try {
      await readable(() => replayRejected(counted(wanted, tally), { ...outside, dataDir, order, onSent }));
    } catch (error) {
      if (!(error instanceof GivenUp)) throw error;
      const why = error.reason ?? 'the console is being stopped';
      throw new ProblemError(503, `${sent} were sent again, and the others can be later: ${why}.`);
    }
    return { isDryRun: false, count: sent, ...tally.view(), next: source.next() };
  }

  #source({ what, beyond }: ReplayWish): Source {
    const { dataDir, kept } = this.#parts;
    if ('ids' in what) return { rejections: named(what.ids, kept), next: () => null };
    const reading = new BoundedReading(dataDir, { selection: what.selection, order: 'oldest first', beyond });
    return { rejections: reading, next: () => reading.next };
  }
}

type Source = { readonly rejections: AsyncIterable<KeptRejection>; readonly next: () => string | null };

/** Those that are kept no more are left out. */
async function* named(ids: readonly RejectionPlace[], kept: KeptRejections): AsyncIterable<KeptRejection> {
  for (const place of ids) {
    const found = await kept.find(place);
    if (found !== undefined) yield found;
  }
}

/** At most REPLAYED_MAX. */
async function* counted(rejections: AsyncIterable<KeptRejection>, tally: Tally): AsyncIterable<KeptRejection> {
  for await (const each of rejections) {
    tally.take(each);
    yield each;
    if (tally.count >= REPLAYED_MAX) return;
  }
}

/** How many, and where they go. */
class Tally {
  count = 0;
  cut = 0;
  #bytes = 0;
  #elsewhere = 0;
  readonly #byTopic = new Map<string, number>();

  take({ topic, payloadBytes }: Pick<KeptRejection, 'topic' | 'payloadBytes'>): void {
    this.count++;
    this.#bytes += payloadBytes;
    const known = this.#byTopic.get(topic);
    if (known !== undefined || this.#byTopic.size < TOPICS_MAX) this.#byTopic.set(topic, (known ?? 0) + 1);
    else this.#elsewhere++;
  }

  view(): Pick<ReplayView, 'cut' | 'bytes' | 'topics' | 'onOtherTopics'> {
    const topics = Array.from(this.#byTopic, ([topic, count]) => ({ topic, count })).sort((a, b) => b.count - a.count);
    const others = topics.slice(TOPICS_TOLD).reduce((sum, { count }) => sum + count, this.#elsewhere);
    return { cut: this.cut, bytes: this.#bytes, topics: topics.slice(0, TOPICS_TOLD), onOtherTopics: others };
  }
}

function servicesIn({ what }: ReplayWish) {
  if ('ids' in what) return [...new Set(what.ids.map(({ service }) => service))];
  return servicesOf(what.selection).services;
}

/** As the audit journal has it. */
function toldOf({ what, isAgain }: ReplayWish): object {
  return { ...('ids' in what ? { ids: what.ids.map(rejectionId) } : what.selection), ...(isAgain ? { isAgain } : {}) };
}
