// What is retained, by topic: a map for those who know the topic, a trie for wildcards. A walk for a wildcard is cut into
// slices, so that whoever else is connected is served between them, also while a million topics are walked through.

class Node<T> {
  children: Map<string, Node<T>> | undefined;
  value: T | undefined;
}

/** Nodes that a walk visits before it lets others run: about a millisecond. */
const SLICE_NODES = 2_000;

export class RetainedTopics<T> {
  readonly #byTopic = new Map<string, T>();
  readonly #root = new Node<T>();

  get size(): number {
    return this.#byTopic.size;
  }

  get(topic: string): T | undefined {
    return this.#byTopic.get(topic);
  }

  values(): Iterable<T> {
    return this.#byTopic.values();
  }

  set(topic: string, value: T): void {
    this.#byTopic.set(topic, value);
    let node = this.#root;
    for (const level of topic.split('/')) {
      node.children ??= new Map();
      let next = node.children.get(level);
      if (next === undefined) {
        next = new Node();
        node.children.set(level, next);
      }
      node = next;
    }
    node.value = value;
  }

  delete(topic: string): void {
    if (!this.#byTopic.delete(topic)) return;
    const path: { readonly node: Node<T>; readonly level: string }[] = [];
    let node: Node<T> | undefined = this.#root;
    for (const level of topic.split('/')) {
      path.push({ node, level });
      node = node.children?.get(level);
      if (node === undefined) return;
    }
    node.value = undefined;
    for (const parent of path.reverse()) {
      const child = parent.node.children?.get(parent.level);
      if (child === undefined || child.value !== undefined || child.children !== undefined) return;
      parent.node.children?.delete(parent.level);
      if (parent.node.children?.size === 0) parent.node.children = undefined;
    }
  }

  /** What a filter fits, as it is when the walk comes by; changes meanwhile are seen or not. */
  async *match(filter: string): AsyncIterable<T> {
    if (!/[+#]/.test(filter)) {
      const value = this.#byTopic.get(filter);
      if (value !== undefined) yield value;
      return;
    }
    let visited = 0;
    for (const found of walk(this.#root, filter.split('/'), 0)) {
      if (++visited % SLICE_NODES === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      if (found !== undefined) yield found;
    }
  }
}

/** The value of every node that fits, and undefined where one was passed that holds none. */
function* walk<T>(node: Node<T>, filter: readonly string[], depth: number): Iterable<T | undefined> {
  const level = filter[depth];
  if (level === undefined) yield node.value;
  else if (level === '#') yield* below(node, depth);
  else if (level === '+') {
    for (const child of seenByWildcard(node, depth)) yield* walk(child, filter, depth + 1);
  } else {
    const child = node.children?.get(level);
    if (child === undefined) yield undefined;
    else yield* walk(child, filter, depth + 1);
  }
}

/** A # fits the level that it hangs on too [MQTT-4.7.1-2]. */
function* below<T>(node: Node<T>, depth: number): Iterable<T | undefined> {
  yield node.value;
  for (const child of seenByWildcard(node, depth)) yield* below(child, depth + 1);
}

/** What begins with $ is seen by no wildcard in its place [MQTT-4.7.2-1]. */
function* seenByWildcard<T>({ children }: Node<T>, depth: number): Iterable<Node<T>> {
  if (children === undefined) return;
  for (const [level, child] of children) if (depth > 0 || !level.startsWith('$')) yield child;
}
