// What is retained, by topic. A topic is found level by level, as fast as in a map of all; a walk for a wildcard is cut into
// slices, so that whoever else is connected is served between them, also while a million topics are walked through.

import { TopicNode } from './topic-node.ts';

/** Nodes that a walk visits before it lets others run: about a millisecond. */
const SLICE_NODES = 2_000;

export class RetainedTopics<T> {
  readonly #root = new TopicNode<T>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(topic: string): T | undefined {
    return this.#root.find(topic)?.value;
  }

  set(topic: string, value: T): void {
    const node = this.#root.reach(topic);
    if (node.value === undefined) this.#size++;
    node.value = value;
  }

  delete(topic: string): void {
    if (this.get(topic) === undefined) return;
    this.#size--;
    this.#root.clear(topic);
  }

  /** What a filter fits, as it is when the walk comes by; changes meanwhile are seen or not. */
  async *match(filter: string): AsyncIterable<T> {
    let visited = 0;
    for (const found of walk(this.#root, filter.split('/'), 0)) {
      if (++visited % SLICE_NODES === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      if (found !== undefined) yield found;
    }
  }
}

/** The value of every node that fits, and undefined where one was passed that holds none. */
function* walk<T>(node: TopicNode<T>, filter: readonly string[], depth: number): Iterable<T | undefined> {
  const level = filter[depth];
  if (level === undefined) yield node.value;
  else if (level === '#') yield* below(node, depth);
  else if (level === '+') {
    for (const child of seenByWildcard(node, depth)) yield* walk(child, filter, depth + 1);
  } else {
    const child = node.child(level);
    if (child === undefined) yield undefined;
    else yield* walk(child, filter, depth + 1);
  }
}

/** A # fits the level that it hangs on too [MQTT-4.7.1-2]. */
function* below<T>(node: TopicNode<T>, depth: number): Iterable<T | undefined> {
  yield node.value;
  for (const child of seenByWildcard(node, depth)) yield* below(child, depth + 1);
}

/** What begins with $ is seen by no wildcard in its place [MQTT-4.7.2-1]. */
function* seenByWildcard<T>({ children }: TopicNode<T>, depth: number): Iterable<TopicNode<T>> {
  for (const [level, child] of children) if (depth > 0 || !level.startsWith('$')) yield child;
}
