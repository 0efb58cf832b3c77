// Which sessions want a topic: their filters, level by level. The work of a match depends on the topic's levels and the
// filters that fit, not on how many there are.

import type { QoS, Subscription } from './records.ts';

/** `#` fits what lies below it, and the level it hangs on. */
const REST = '#';
const ANY = '+';

export type Match<S> = { readonly owner: S; readonly subscription: Subscription };

class Node<S> {
  children: Map<string, Node<S>> | undefined;
  subscriptions: Map<S, Subscription> | undefined;

  get isEmpty(): boolean {
    return this.children === undefined && this.subscriptions === undefined;
  }
}

export class SubscriptionTrie<S> {
  readonly #root = new Node<S>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Replaces the owner's subscription of the same filter. */
  set(owner: S, subscription: Subscription): void {
    let node = this.#root;
    for (const level of subscription.topic.split('/')) {
      node.children ??= new Map();
      let next = node.children.get(level);
      if (next === undefined) {
        next = new Node();
        node.children.set(level, next);
      }
      node = next;
    }
    node.subscriptions ??= new Map();
    if (!node.subscriptions.has(owner)) this.#size++;
    node.subscriptions.set(owner, subscription);
  }

  delete(owner: S, filter: string): void {
    this.#deleteAt(this.#root, owner, { levels: filter.split('/'), depth: 0 });
  }

  #deleteAt(node: Node<S>, owner: S, path: { readonly levels: readonly string[]; readonly depth: number }): void {
    const { levels, depth } = path;
    const level = levels[depth];
    if (level === undefined) {
      if (node.subscriptions?.delete(owner) !== true) return;
      this.#size--;
      if (node.subscriptions.size === 0) node.subscriptions = undefined;
      return;
    }
    const next = node.children?.get(level);
    if (next === undefined) return;
    this.#deleteAt(next, owner, { levels, depth: depth + 1 });
    if (!next.isEmpty) return;
    node.children?.delete(level);
    if (node.children?.size === 0) node.children = undefined;
  }

  /** Every subscription that fits, an owner's several filters each. */
  match(topic: string): Match<S>[] {
    const found: Match<S>[] = [];
    const levels = topic.split('/');
    // What begins with $ belongs to the broker and is seen by no wildcard in its place [MQTT-4.7.2-1].
    const isHidden = topic.startsWith('$');
    const visit = (node: Node<S>, depth: number) => {
      const { children } = node;
      const isWild = !(isHidden && depth === 0);
      if (isWild) collect(children?.get(REST), found);
      const level = levels[depth];
      if (level === undefined) {
        collect(node, found);
        return;
      }
      if (children === undefined) return;
      const any = isWild ? children.get(ANY) : undefined;
      if (any !== undefined) visit(any, depth + 1);
      const exact = children.get(level);
      if (exact !== undefined) visit(exact, depth + 1);
    };
    visit(this.#root, 0);
    return found;
  }

  /** Each owner once, with the highest QoS of its filters that fit, and never above `limit`. */
  recipients(topic: string, limit: QoS): { readonly owner: S; readonly qos: QoS }[] {
    const found = this.match(topic);
    const granted = ({ owner, subscription }: Match<S>) => ({
      owner,
      qos: Math.min(subscription.qos, limit) as QoS,
    });
    if (found.length < 2) return found.map(granted);
    const best = new Map<S, QoS>();
    for (const { owner, qos } of found.map(granted)) best.set(owner, Math.max(qos, best.get(owner) ?? 0) as QoS);
    return [...best].map(([owner, qos]) => ({ owner, qos }));
  }
}

function collect<S>(node: Node<S> | undefined, found: Match<S>[]): void {
  if (node?.subscriptions === undefined) return;
  for (const [owner, subscription] of node.subscriptions) found.push({ owner, subscription });
}
