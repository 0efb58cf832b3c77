// One edge node and its devices: births, deaths and what they measure in between, in the order in which it was sent. Says what a
// message means; what cannot be read for want of a birth is refused as such, and a rebirth is asked for. Pure; the clock is
// what comes with each message.

import type { Refusal } from '#domain/rejected.ts';
import type { EdgeName } from '#domain/sparkplug-topic.ts';
import { doubtOf } from './birth-doubt.ts';
import { readBdSeq, readBirthMetrics } from './birth-metrics.ts';
import { EdgeDevice } from './edge-device.ts';
import type { Findings, Heard } from './heard.ts';
import { MessageOrder } from './message-order.ts';
import { readRecords } from './metric-records.ts';
import { RebirthRequests } from './rebirth-requests.ts';

/** Devices that were not born again this long after their node are gone. */
const AWAITED_MS = 60_000;

export type EdgeNodeParts<T> = {
  readonly findings: Findings<T>;
  /** A refusal where there is no room for the birth, or its device is somebody else's. */
  readonly admit: (heard: Heard<T>, known: EdgeDevice | undefined) => Refusal | undefined;
  readonly reorderMs: number;
  readonly onGap: (missing: number) => void;
  /** Whether the broker kept our session while we were away, and in it what was sent with QoS 1. */
  readonly isResumed: () => boolean;
};

/** Births that are known again when they come again: one of an earlier session must not bring that back. */
const MARKS_MAX = 8;

/** The node itself, among its devices; no device has such an id. */
const ITSELF = '';

export class EdgeNode<T> {
  readonly name: EdgeName;
  readonly rebirth = new RebirthRequests();
  readonly #parts: EdgeNodeParts<T>;
  readonly #order: MessageOrder<Heard<T>>;
  readonly #devices = new Map<string, EdgeDevice>();
  #bdSeq: number | null = null;
  /** Of the newest births, in this life of ours. */
  readonly #marks: number[] = [];
  /** It may have died, or been born anew, unnoticed; null once something has come of it since. */
  #doubtedAt: number | null = null;

  constructor(name: EdgeName, parts: EdgeNodeParts<T>) {
    this.name = name;
    this.#parts = parts;
    this.#order = new MessageOrder({
      reorderMs: parts.reorderMs,
      release: (heard, count) => this.#onInOrder(heard, count),
      onGap: (missing) => {
        this.rebirth.want('missing');
        parts.onGap(missing);
      },
    });
  }

  get isAlive(): boolean {
    return this.device(null)?.state.kind === 'born';
  }

  /** Whether it may be asked to be born again: unless its birth shows that it does not know how to. */
  get hasRebirth(): boolean {
    return this.device(null)?.metrics.hasRebirth ?? true;
  }

  get doubtedAt(): number | null {
    return this.#doubtedAt;
  }

  /** @param id null: the node itself */
  device(id: string | null): EdgeDevice | undefined {
    return this.#devices.get(id ?? ITSELF);
  }

  /** Itself among them. */
  devices(): EdgeDevice[] {
    return [...this.#devices.values()];
  }

  take(heard: Heard<T>): void {
    const { topic, payload, mark, now, origin } = heard;
    this.#doubtedAt = null;
    if (this.isAlive && topic.type !== 'NBIRTH' && topic.type !== 'NDEATH') {
      this.#order.take({ seq: seqOf(payload.seq), mark, sentAt: payload.timestamp, item: heard }, now);
      return;
    }
    if (topic.type === 'NBIRTH') this.#onNodeBirth(heard);
    else if (topic.type === 'NDEATH') this.#onNodeDeath(heard);
    else {
      // Of a node that is dead it may be late, and a birth be under way.
      const ms = this.device(null) === undefined ? 0 : this.#parts.reorderMs;
      this.rebirth.want('missing', { since: now, ms });
      this.#refuseUnborn(heard);
    }
    this.#parts.findings.onDone(origin);
  }

  /** A message that a person sends again: its values alone, by the birth that is known now. */
  replay(heard: Heard<T>): void {
    const device = this.device(heard.topic.device);
    if (device === undefined) this.#refuseUnborn(heard);
    else this.#tell(heard, device, { doubt: null, timeOf: (said) => said });
    this.#parts.findings.onDone(heard.origin);
  }

  /** Time has passed. */
  tick(now: number): void {
    this.#order.expire(now);
    for (const device of this.#devices.values()) {
      if (device.state.kind === 'awaited' && Math.abs(now - device.state.since) >= AWAITED_MS) {
        this.#die(device, { saidAt: null, now, origin: null });
      }
    }
    if (this.#doubtedAt !== null && this.isAlive && this.rebirth.isInVain(now)) this.#nodeDies(now, null);
  }

  /** What it said last may not be the last that it said. */
  doubt(now: number): void {
    if (!this.isAlive) return;
    this.#doubtedAt = now;
    this.rebirth.want('missing');
  }

  /** A birth as it was kept. */
  restore(id: string | null, device: EdgeDevice, bdSeq: number | null): void {
    if (id === null) this.#bdSeq = bdSeq;
    this.#devices.set(id ?? ITSELF, device);
  }

  #onNodeBirth(heard: Heard<T>): void {
    const { payload, mark, now, origin } = heard;
    if (this.#marks.includes(mark)) return;
    const itself = this.device(null);
    const refusal = this.#parts.admit(heard, itself);
    if (refusal !== undefined) {
      this.#parts.findings.onRefusals(origin, heard.device, [refusal]);
      return;
    }
    const bdSeq = readBdSeq(payload.metrics);
    // The death of this very session came before: it may have overtaken a rebirth, and then nobody is there.
    const isOverdue = itself?.state.kind === 'dead' && bdSeq !== null && bdSeq === this.#bdSeq;
    const count = this.#order.begin({ seq: seqOf(payload.seq), mark, sentAt: payload.timestamp });
    this.#bdSeq = bdSeq;
    for (const device of this.#devices.values()) {
      if (device !== itself && device.state.kind === 'born') device.state = { kind: 'awaited', since: now };
    }
    this.#marks.push(mark);
    if (this.#marks.length > MARKS_MAX) this.#marks.shift();
    this.rebirth.settle();
    this.#born(heard, count);
    this.#order.offerAgain(now);
    if (isOverdue) this.doubt(now);
  }

  #onNodeDeath({ payload, now, origin }: Heard<T>): void {
    const itself = this.device(null);
    // Else it is the will of a connection that a newer one has replaced.
    if (itself === undefined || readBdSeq(payload.metrics) !== this.#bdSeq) return;
    // One that was known to be dead before a restart of ours may not have been said to be.
    if (itself.state.kind === 'born' || itself.order.isRestored) this.#nodeDies(now, origin);
  }

  #nodeDies(now: number, origin: T | null): void {
    this.#order.end();
    this.rebirth.settle();
    this.#doubtedAt = null;
    for (const device of this.#devices.values()) {
      if (device.state.kind !== 'dead' || device.order.isRestored) this.#die(device, { saidAt: null, now, origin });
    }
  }

  #die(device: EdgeDevice, { saidAt, now, origin }: { saidAt: number | null; now: number; origin: T | null }): void {
    const { findings } = this.#parts;
    const record = device.die(saidAt, now);
    findings.onChange(origin, {
      kind: 'dead',
      address: { ...this.name, device: device.id },
      at: record.measuredAt ?? now,
    });
    findings.onBirth(origin, device.name, { online: false });
    if (record.metrics.length > 0) findings.onRecords(origin, device.name, [record]);
  }

  /** @param count its place in the order; -1 where it has none */
  #onInOrder(heard: Heard<T>, count: number): void {
    const { topic, payload, now, origin } = heard;
    const device = this.device(topic.device);
    const isNewer = count > (device?.order.count ?? 0);
    if (topic.type === 'DBIRTH' && isNewer) this.#onDeviceBirth(heard, count);
    else if (topic.type === 'DDEATH') {
      const isThere = device !== undefined && device.state.kind !== 'dead';
      if (isThere && isNewer) {
        device.order = { ...device.order, count };
        this.#die(device, { saidAt: payload.timestamp, now, origin });
      }
    } else this.#onData(heard, device, count);
    this.#parts.findings.onDone(origin);
  }

  #onDeviceBirth(heard: Heard<T>, count: number): void {
    const refusal = this.#parts.admit(heard, this.device(heard.topic.device));
    if (refusal === undefined) this.#born(heard, count);
    else this.#parts.findings.onRefusals(heard.origin, heard.device, [refusal]);
  }

  #born(heard: Heard<T>, count: number): void {
    const { topic, payload, bytes, mark, qos, now, origin } = heard;
    const { findings } = this.#parts;
    const { metrics, firmware, refusals } = readBirthMetrics(payload.metrics);
    const order = { count, isRestored: false, qos, sentAt: payload.timestamp, mark };
    const device = this.device(topic.device) ?? new EdgeDevice(topic.device, heard.device, { metrics, order });
    device.born(metrics, order);
    this.#devices.set(topic.device ?? ITSELF, device);
    findings.onChange(origin, { kind: 'born', address: topic, bytes, qos, at: now });
    findings.onBirth(origin, device.name, device.said(firmware));
    if (refusals.length > 0) findings.onRefusals(origin, device.name, refusals);
    this.#tell(heard, device, { doubt: null, timeOf: (said) => device.timeInBirth(said, payload.timestamp) });
  }

  #onData(heard: Heard<T>, device: EdgeDevice | undefined, count: number): void {
    if (device?.state.kind !== 'born') {
      if (count > (device?.order.count ?? 0)) this.rebirth.want('missing');
      this.#refuseUnborn(heard);
      return;
    }
    const now = { isBroken: this.#order.isBroken, count, isResumed: this.#parts.isResumed() };
    const doubt = doubtOf(device.order, heard, now);
    const lacksBirth = this.#tell(heard, device, { doubt, timeOf: (said) => said });
    if (doubt !== null && count >= 0 && device.order.isRestored) this.rebirth.want('missing');
    else if (doubt === null && lacksBirth) this.rebirth.want('unknown');
  }

  /** @returns whether something in it has no birth */
  #tell(
    heard: Heard<T>,
    device: EdgeDevice,
    how: Pick<Parameters<typeof readRecords>[1], 'doubt' | 'timeOf'>,
  ): boolean {
    const { payload, now, origin } = heard;
    const { findings } = this.#parts;
    const { metrics, who, name } = device;
    const { records, refusals, lacksBirth } = readRecords(payload, { metrics, who, ...how });
    device.note(records, now);
    if (records.length > 0) findings.onRecords(origin, name, records);
    if (refusals.length > 0) findings.onRefusals(origin, name, refusals);
    return lacksBirth;
  }

  #refuseUnborn({ topic, device, origin }: Heard<T>): void {
    const who = topic.device !== null && this.isAlive ? `device '${topic.device}'` : `edge node '${topic.edge}'`;
    const birth = topic.device !== null && this.isAlive ? 'DBIRTH' : 'NBIRTH';
    const message = `the ${who} of group '${topic.group}' has not said what its metrics are (${birth}), or has died since`;
    this.#parts.findings.onRefusals(origin, device, [{ reason: 'birth', message }]);
  }
}

/** [tck-id-payloads-sequence-num-always-included]: 0 to 255. */
function seqOf(seq: number | null): number | null {
  return seq !== null && seq <= 255 ? seq : null;
}
