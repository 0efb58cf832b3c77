// All edge nodes: finds the one that a message is of, keeps them within bounds, and asks for rebirths, not too many at a time.

import type { Refusal } from '#domain/rejected.ts';
import type { EdgeName, SparkplugAddress } from '#domain/sparkplug-topic.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import { readBdSeq, readBirthMetrics } from './birth-metrics.ts';
import { EdgeDevice } from './edge-device.ts';
import { EdgeNode } from './edge-node.ts';
import type { Findings, Heard } from './heard.ts';
import type { Payload } from './payload.ts';

/** Nodes that were born, and those of which nothing is known but that they speak. */
const NODES_MAX = 10_000;
const STRANGERS_MAX = 10_000;
/** Metrics of all births together, some 200 bytes each; every device counts as one more. */
const METRICS_MAX = 1_000_000;
/** Rebirths asked for between two ticks: each is answered by all that a node has. */
const REQUESTS_MAX = 100;
/** A node that is doubted after a restart may be coming back by itself: that much time it has. */
const PATIENCE_MS = 10_000;

export type EdgeNodesParts<T> = {
  readonly findings: Findings<T>;
  readonly reorderMs: number;
  /** Asks the node to be born again. */
  readonly askRebirth: (name: EdgeName) => void;
  readonly onGap: (missing: number) => void;
  readonly limits?: { readonly nodes: number; readonly metrics: number };
};

/** A birth as it was kept. */
export type KeptBirth = {
  readonly address: SparkplugAddress;
  readonly device: DeviceName;
  readonly payload: Payload;
  readonly mark: number;
  readonly qos: 0 | 1;
  readonly state: 'born' | 'awaited' | 'dead';
  /** Of the birth, or of the death. */
  readonly at: number;
};

export type Owned = {
  readonly address: SparkplugAddress;
  readonly device: EdgeDevice;
  readonly isNodeAlive: boolean;
};

/** Who is a device of ours: an edge node, or a device of one. */
type Owner<T> = { readonly node: EdgeNode<T>; readonly id: string | null };

export class EdgeNodes<T> {
  readonly #parts: EdgeNodesParts<T>;
  readonly #limits: { readonly nodes: number; readonly metrics: number };
  readonly #nodes = new Map<string, EdgeNode<T>>();
  /** The longest silent one first; past their bound that one is forgotten, and asked again when it speaks. */
  readonly #strangers = new Map<string, EdgeNode<T>>();
  /** By the names of ours. */
  readonly #owners = new Map<string, Owner<T>>();
  #metrics = 0;
  #requests = 0;
  #isResumed = false;
  /** Births refused for want of room since it was last asked. */
  #refused = 0;

  constructor(parts: EdgeNodesParts<T>) {
    this.#parts = parts;
    this.#limits = parts.limits ?? { nodes: NODES_MAX, metrics: METRICS_MAX };
  }

  get size(): number {
    return this.#nodes.size;
  }

  get metrics(): number {
    return this.#metrics;
  }

  get alive(): number {
    let count = 0;
    for (const node of this.#nodes.values()) if (node.isAlive) count++;
    return count;
  }

  takeRefused(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }

  /** What of Sparkplug has this name of ours; undefined where nothing has. */
  owner(name: DeviceName): Owned | undefined {
    const owner = this.#owners.get(deviceKey(name));
    const device = owner?.node.device(owner.id);
    if (owner === undefined || device === undefined) return undefined;
    return { address: { ...owner.node.name, device: owner.id }, device, isNodeAlive: owner.node.isAlive };
  }

  take(heard: Heard<T>): void {
    const node = this.#nodeOf(heard.topic);
    node.take(heard);
    this.#settle(node);
    this.#ask(node, heard.now);
  }

  /** What was measured long ago, and could not be taken then: read by the births that are known now. */
  replay(heard: Heard<T>): void {
    const { group, edge } = heard.topic;
    const node = this.#nodes.get(`${group}/${edge}`) ?? this.#makeNode({ group, edge });
    node.replay(heard);
  }

  tick(now: number): void {
    this.#requests = 0;
    for (const node of this.#nodes.values()) {
      node.tick(now);
      this.#ask(node, now);
    }
    for (const node of this.#strangers.values()) this.#ask(node, now);
  }

  /** The broker has let us in. What it did not keep for us we have missed. */
  onSession(kind: 'resumed' | 'new', now: number): void {
    this.#isResumed = kind === 'resumed';
    for (const node of this.#nodes.values()) {
      if (kind === 'new' || node.device(null)?.order.qos === 0) node.doubt(now);
    }
  }

  /** A birth from before this life of ours; a node's before those of its devices. */
  restore({ address, device: name, payload, mark, qos, state, at }: KeptBirth): void {
    const node = this.#nodeOf(address);
    const { metrics } = readBirthMetrics(payload.metrics);
    const order = { count: 0, isRestored: true, qos, sentAt: payload.timestamp, mark };
    this.#owners.set(deviceKey(name), { node, id: address.device });
    const device = new EdgeDevice(address.device, name, { metrics, order });
    if (state === 'dead') device.restoreDead(at);
    if (state === 'awaited') device.state = { kind: 'awaited', since: at };
    node.restore(address.device, device, readBdSeq(payload.metrics));
    this.#settle(node);
    this.#metrics += metrics.size;
  }

  #nodeOf({ group, edge }: EdgeName): EdgeNode<T> {
    const key = `${group}/${edge}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const stranger = this.#strangers.get(key) ?? this.#makeNode({ group, edge });
    // Re-inserting keeps the map in order of last use.
    this.#strangers.delete(key);
    this.#strangers.set(key, stranger);
    const [oldest] = this.#strangers.keys();
    if (this.#strangers.size > STRANGERS_MAX && oldest !== undefined) this.#strangers.delete(oldest);
    return stranger;
  }

  #makeNode(name: EdgeName): EdgeNode<T> {
    const { findings, reorderMs, onGap } = this.#parts;
    const node: EdgeNode<T> = new EdgeNode(name, {
      ...{ findings, reorderMs, onGap, isResumed: () => this.#isResumed },
      admit: (heard, device) => this.#admit(heard, device, node),
    });
    return node;
  }

  /** Who was born is a stranger no more. */
  #settle(node: EdgeNode<T>): void {
    const key = `${node.name.group}/${node.name.edge}`;
    if (node.device(null) === undefined || !this.#strangers.delete(key)) return;
    this.#nodes.set(key, node);
  }

  #admit(
    { topic, device: name, payload }: Heard<T>,
    device: EdgeDevice | undefined,
    node: EdgeNode<T>,
  ): Refusal | undefined {
    const key = deviceKey(name);
    const owner = this.#owners.get(key);
    if (owner !== undefined && (owner.node !== node || owner.id !== topic.device)) {
      const { group, edge } = owner.node.name;
      const other = [group, edge, owner.id ?? []].flat().join('/');
      const message = `'${other}' of Sparkplug is the device '${key}' already; this one must have another name`;
      return { reason: 'topic', message };
    }
    const more = 1 + payload.metrics.length - (device?.metrics.size ?? 0);
    const isOneTooMany = topic.device === null && device === undefined && this.#nodes.size >= this.#limits.nodes;
    if (isOneTooMany || this.#metrics + more > this.#limits.metrics) {
      this.#refused++;
      const what = isOneTooMany ? `${this.#limits.nodes} edge nodes` : `${this.#metrics} metrics of edge nodes`;
      return { reason: 'cardinality', message: `there are ${what} already, so the birth of '${key}' is not taken` };
    }
    this.#metrics += more;
    this.#owners.set(key, { node, id: topic.device });
    return undefined;
  }

  #ask(node: EdgeNode<T>, now: number): void {
    const { rebirth, doubtedAt } = node;
    if (!rebirth.isWanted || !node.hasRebirth || this.#requests >= REQUESTS_MAX) return;
    if (doubtedAt !== null && Math.abs(now - doubtedAt) < PATIENCE_MS) return;
    if (!rebirth.take(now)) return;
    this.#requests++;
    this.#parts.askRebirth(node.name);
  }
}
