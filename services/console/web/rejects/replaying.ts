// A replay as the page goes through it: asked what it would send, then told to, part by part, each as much as the server takes in
// one request. What comes meanwhile is not among what was shown, and so not among what is sent.

import type { ReplayView } from '../../api/rejected.ts';
import type { Answer } from '../state/api.ts';

export type Foretold = Pick<ReplayView, 'count' | 'cut' | 'bytes' | 'topics' | 'onOtherTopics'>;

export type Replaying =
  | { readonly is: 'idle' }
  | { readonly is: 'asking' }
  | { readonly is: 'asked'; readonly until: number; readonly foretold: Foretold }
  | { readonly is: 'sending'; readonly sent: number }
  | { readonly is: 'failed'; readonly why: string };

/** Asks the server. */
export type Ask = (body: object) => Promise<Answer<ReplayView>>;

type What = { readonly group: string; readonly until: number };

const NOTHING: Foretold = { count: 0, cut: 0, bytes: 0, topics: [], onOtherTopics: 0 };

/** What would be sent: the sum of all parts, or why that cannot be said. */
export function foretell(ask: Ask, what: What, onPart: (so: Foretold) => void = () => {}): Promise<Foretold | string> {
  return inParts(ask, { ...what, dryRun: true }, onPart);
}

/** Sends. `onPart` hears how far it is; the answer is the sum, or what went wrong. */
export function send(ask: Ask, what: What, onPart: (so: Foretold) => void): Promise<Foretold | string> {
  return inParts(ask, what, onPart);
}

async function inParts(ask: Ask, body: object, onPart: (so: Foretold) => void): Promise<Foretold | string> {
  let sum = NOTHING;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const answer: Answer<ReplayView> = await ask({ ...body, ...(cursor === undefined ? {} : { cursor }) });
    if (!answer.ok) return answer.why;
    sum = added(sum, answer.body);
    onPart(sum);
    cursor = answer.body.next;
  }
  return sum;
}

function added(a: Foretold, b: Foretold): Foretold {
  const byTopic = new Map<string, number>();
  for (const { topic, count } of [...a.topics, ...b.topics]) byTopic.set(topic, (byTopic.get(topic) ?? 0) + count);
  return {
    count: a.count + b.count,
    cut: a.cut + b.cut,
    bytes: a.bytes + b.bytes,
    topics: Array.from(byTopic, ([topic, count]) => ({ topic, count })),
    onOtherTopics: a.onOtherTopics + b.onOtherTopics,
  };
}
