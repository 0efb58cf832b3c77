// What one identity may publish, subscribe to and receive: its grants, with their answers remembered, since every message on
// its way to every client asks.

import { matchesFilter } from '../topic.ts';
import { covers } from './filter.ts';
import type { Access, Grant } from './policy.ts';

/** Topics whose answers are remembered; past it all are forgotten. A plant has fewer, and a hostile client costs itself. */
const REMEMBERED_MAX = 10_000;

/** A filter of a shared subscription [MQTT 5, 4.8.2] names a group first; what counts is the filter behind it. */
const SHARED = /^\$share\/[^/]*\//;

export class Rights {
  readonly grants: readonly Grant[];
  readonly #canRead = new Map<string, boolean>();
  readonly #canWrite = new Map<string, boolean>();
  readonly #readsEverything: boolean;

  constructor(grants: readonly Grant[]) {
    this.grants = grants;
    this.#readsEverything =
      grants.some(({ access, filter }) => access === 'read' && filter === '#') &&
      !grants.some(({ access }) => access === 'deny read');
  }

  /** Nobody writes below `$`: those topics are the broker's. */
  mayPublish(topic: string): boolean {
    return !topic.startsWith('$') && this.#remembered(this.#canWrite, topic, 'write');
  }

  mayReceive(topic: string): boolean {
    return (this.#readsEverything && !topic.startsWith('$')) || this.#remembered(this.#canRead, topic, 'read');
  }

  /**
   * Whether everything that the filter matches may be read, but for what a deny takes out of it: that is never delivered.
   * A filter that is denied as a whole is refused.
   */
  maySubscribe(filter: string): boolean {
    const wanted = filter.replace(SHARED, '');
    const covered = (access: Access) =>
      this.grants.some((each) => each.access === access && covers(each.filter, wanted));
    return covered('read') && !covered('deny read');
  }

  #remembered(answers: Map<string, boolean>, topic: string, access: 'read' | 'write'): boolean {
    const known = answers.get(topic);
    if (known !== undefined) return known;
    const matched = (wanted: Access) =>
      this.grants.some((each) => each.access === wanted && matchesFilter(each.filter, topic));
    const may = matched(access) && !matched(`deny ${access}`);
    if (answers.size >= REMEMBERED_MAX) answers.clear();
    answers.set(topic, may);
    return may;
  }
}
