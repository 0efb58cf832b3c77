// What a persistence is asked to remember, in the plainest form: maps and lists, no log. A random history goes through this
// and through the real one, and both must say the same whenever they are asked.

import type { QoS } from './records.ts';

export type ModelEntry = {
  readonly text: string;
  readonly qos: QoS;
  readonly seq: number;
  messageId: number | undefined;
  state: 'publish' | 'pubrel';
};

export type ModelSession = {
  readonly filters: Map<string, QoS>;
  queue: ModelEntry[];
  readonly incoming: Set<number>;
};

export class Model {
  readonly sessions = new Map<string, ModelSession>();
  readonly retained = new Map<string, string>();
  readonly wills = new Map<string, string>();

  session(id: string): ModelSession {
    const session = this.sessions.get(id) ?? { filters: new Map(), queue: [], incoming: new Set() };
    this.sessions.set(id, session);
    return session;
  }

  publish(message: {
    readonly topic: string;
    readonly text: string;
    readonly qos: QoS;
    readonly retain: boolean;
    readonly seq: number;
  }): void {
    const { topic, text, qos, retain, seq } = message;
    if (retain && text === '') this.retained.delete(topic);
    else if (retain) this.retained.set(topic, text);
    for (const session of this.sessions.values()) {
      const granted = [...session.filters]
        .filter(([filter, max]) => max > 0 && fits(filter, topic))
        .map(([, max]) => max);
      if (qos === 0 || granted.length === 0) continue;
      const best = Math.min(qos, Math.max(...granted)) as QoS;
      session.queue.push({ text, qos: best, seq, messageId: undefined, state: 'publish' });
    }
  }
}

/** By the words of the standard, level by level. */
export function fits(filter: string, topic: string): boolean {
  const [want, have] = [filter.split('/'), topic.split('/')];
  for (const [i, level] of want.entries()) {
    if (level === '#') return true;
    if (i >= have.length || (level !== '+' && level !== have[i])) return false;
  }
  return want.length === have.length;
}
