// Which sessions want a topic: their filters, level by level. The work of a match depends on the topic's levels and the
// filters that fit, not on how many there are.

import type { QoS, Subscription } from './records.ts';
import { TopicNode } from './topic-node.ts';

/** `#` fits what lies below it, and the level it hangs on. */
const REST = '#';
const ANY = '+';
/** Topics whose matches are remembered; with more of them they are looked for anew. */
const MATCHES_MAX = 10_000;

export type Match<S> = { readonly owner: S; readonly subscription: Subscription };

type Node<S> = TopicNode<Map<S, Subscription>>;

export class SubscriptionTrie<S> {
  readonly #root: Node<S> = new TopicNode();
  /** Devices publish to the same topics over and over, and each message is asked about twice. */
  readonly #matches = new Map<string, readonly Match<S>[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Replaces the owner's subscription of the same filter. */
  set(owner: S, subscription: Subscription): void {
    this.#matches.clear();
    const node = this.#root.reach(subscription.topic);
    node.value ??= new Map();
    if (!node.value.has(owner)) this.#size++;
    node.value.set(owner, subscription);
  }

  delete(owner: S, filter: string): void {
    this.#matches.clear();
    const owners = this.#root.find(filter)?.value;
    if (owners?.delete(owner) !== true) return;
    this.#size--;
    if (owners.size === 0) this.#root.clear(filter);
  }

  /** Every subscription that fits, an owner's several filters each. */
  match(topic: string): readonly Match<S>[] {
    const known = this.#matches.get(topic);
    if (known !== undefined) return known;
    if (this.#matches.size >= MATCHES_MAX) this.#matches.clear();
    const found = this.#find(topic);
    this.#matches.set(topic, found);
    return found;
  }

  #find(topic: string): Match<S>[] {
    const found: Match<S>[] = [];
    const levels = topic.split('/');
    // What begins with $ belongs to the broker and is seen by no wildcard in its place [MQTT-4.7.2-1].
    const isHidden = topic.startsWith('$');
    const visit = (node: Node<S>, depth: number) => {
      const isWild = !(isHidden && depth === 0);
      if (isWild) collect(node.child(REST), found);
      const level = levels[depth];
      if (level === undefined) {
        collect(node, found);
        return;
      }
      const any = isWild ? node.child(ANY) : undefined;
      if (any !== undefined) visit(any, depth + 1);
      const exact = node.child(level);
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
  if (node?.value === undefined) return;
  for (const [owner, subscription] of node.value) found.push({ owner, subscription });
}
