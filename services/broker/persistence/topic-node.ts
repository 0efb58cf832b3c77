// A tree of topic levels, and what hangs on it: retained messages by topic, subscriptions by filter.

export class TopicNode<V> {
  value: V | undefined;
  // Most nodes have one child: a map for each of those would be most of the memory of a million topics.
  #level = '';
  #only: TopicNode<V> | undefined;
  #many: Map<string, TopicNode<V>> | undefined;

  child(level: string): TopicNode<V> | undefined {
    if (this.#many !== undefined) return this.#many.get(level);
    return this.#level === level ? this.#only : undefined;
  }

  get children(): Iterable<readonly [level: string, child: TopicNode<V>]> {
    if (this.#many !== undefined) return this.#many;
    return this.#only === undefined ? [] : [[this.#level, this.#only]];
  }

  /** The node of a topic or filter below this one, made where it is not there. */
  reach(path: string): TopicNode<V> {
    let node: TopicNode<V> = this;
    for (const level of path.split('/')) node = node.child(level) ?? node.#add(level);
    return node;
  }

  find(path: string): TopicNode<V> | undefined {
    let node: TopicNode<V> | undefined = this;
    for (const level of path.split('/')) node = node?.child(level);
    return node;
  }

  /** Takes away what hangs there, and every node that led nowhere else. */
  clear(path: string): void {
    const way: { readonly parent: TopicNode<V>; readonly level: string; readonly node: TopicNode<V> }[] = [];
    let node: TopicNode<V> = this;
    for (const level of path.split('/')) {
      const next = node.child(level);
      if (next === undefined) return;
      way.push({ parent: node, level, node: next });
      node = next;
    }
    node.value = undefined;
    for (const each of way.reverse()) {
      if (!each.node.isEmpty) return;
      each.parent.#remove(each.level);
    }
  }

  get isEmpty(): boolean {
    return this.value === undefined && this.#only === undefined && this.#many === undefined;
  }

  #add(level: string): TopicNode<V> {
    const node = new TopicNode<V>();
    if (this.#many !== undefined) this.#many.set(level, node);
    else if (this.#only === undefined) {
      this.#level = level;
      this.#only = node;
    } else {
      this.#many = new Map([
        [this.#level, this.#only],
        [level, node],
      ]);
      this.#only = undefined;
    }
    return node;
  }

  #remove(level: string): void {
    this.#only = undefined;
    this.#many?.delete(level);
    if (this.#many?.size === 0) this.#many = undefined;
  }
}
