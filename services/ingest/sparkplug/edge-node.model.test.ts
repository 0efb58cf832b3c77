// An edge node that is born, publishes, dies and is born again, over a network that loses, repeats and reorders, against the host:
// never a point of a wrong metric, a rebirth for each gap, and none without one. Each birth gives the aliases to other metrics,
// and each value says which metric it is of.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, type Random } from '#domain/random.ts';
import type { SparkplugMessage } from '#domain/sparkplug-topic.ts';
import type { RawRecord } from '../record.ts';
import { REBIRTH } from './birth-metrics.ts';
import { EdgeNodes } from './edge-nodes.ts';
import type { Metric } from './payload.ts';
import { bdSeqOf, heardOf, metricOf } from './testing.ts';

const REORDER_MS = 2_000;
/** Long enough for a host that was not answered to ask again. */
const UNANSWERED_MS = 61_000;
const METRICS = 4;
const DEVICES = [null, 'press', 'saw'] as const;
type Id = (typeof DEVICES)[number];

/** A message under way. `session` is that of its birth; a birth begins one. */
type Sent = {
  readonly type: SparkplugMessage;
  readonly device: Id;
  readonly session: number;
  readonly bdSeq: number;
  readonly seq: number | null;
  readonly heard: ReturnType<typeof heardOf>;
};

/** Each metric's values tell it from all others: the device, the metric, and a running number. */
const markOf = (device: Id, metric: number) => (DEVICES.indexOf(device) * METRICS + metric) * 1_000_000;

class SimulatedNode {
  readonly sent: Sent[] = [];
  now = 1_795_355_000_000;
  readonly #random: Random;
  readonly #aliases = new Map<Id, number[]>();
  #session = 0;
  #seq = 0;
  #bdSeq = 0;
  #value = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  born(): void {
    this.#session++;
    this.#seq = 0;
    this.#shuffleAliases();
    this.#send('NBIRTH', null, [
      bdSeqOf(this.#bdSeq),
      metricOf({ name: REBIRTH }, false, 'Boolean'),
      ...this.#birth(null),
    ]);
    for (const device of DEVICES) if (device !== null) this.deviceBorn(device);
  }

  deviceBorn(device: Exclude<Id, null>): void {
    this.#aliases.set(device, this.#shuffled(this.#aliases.get(device) ?? []));
    this.#send('DBIRTH', device, this.#birth(device));
  }

  deviceDies(device: Exclude<Id, null>): void {
    this.#send('DDEATH', device, []);
    this.deviceBorn(device);
  }

  data(device: Id, metric: number): void {
    const value = markOf(device, metric) + this.#value++;
    const how = this.#random() < 0.2 ? { name: `m${metric}` } : { alias: this.#aliases.get(device)?.[metric] ?? 0 };
    // Named, it says its datatype; by its alias, that is in the birth.
    const parts =
      'name' in how ? metricOf(how, value, 'Int32') : { ...how, value: { field: 'int', low: value, high: 0 } as const };
    this.#send(device === null ? 'NDATA' : 'DDATA', device, [parts]);
  }

  /** Its connection is lost: the broker says so, and it comes back. */
  dies(): void {
    this.#send('NDEATH', null, [bdSeqOf(this.#bdSeq)]);
    this.#bdSeq++;
    this.born();
  }

  #birth(device: Id): Partial<Metric>[] {
    return (this.#aliases.get(device) ?? []).map((alias, i) =>
      metricOf({ name: `m${i}`, alias }, markOf(device, i) + this.#value++, 'Int32'),
    );
  }

  /** Aliases are the node's: no two metrics of it have one. */
  #shuffleAliases(): void {
    const all = this.#shuffled(Array.from({ length: DEVICES.length * METRICS }, (_, i) => i + 1));
    for (const [i, device] of DEVICES.entries()) this.#aliases.set(device, all.slice(i * METRICS, (i + 1) * METRICS));
  }

  #shuffled(list: readonly number[]): number[] {
    return list
      .map((each) => [this.#random(), each] as const)
      .sort(([a], [b]) => a - b)
      .map(([, each]) => each);
  }

  #send(type: SparkplugMessage, device: Id, metrics: Partial<Metric>[]): void {
    this.now++;
    const seq = type === 'NDEATH' ? null : this.#seq;
    if (seq !== null) this.#seq = (this.#seq + 1) % 256;
    const heard = heardOf(type, device, { timestamp: this.now, ...(seq === null ? {} : { seq }), metrics });
    this.sent.push({ type, device, session: this.#session, bdSeq: this.#bdSeq, seq, heard });
  }
}

type Step =
  | { readonly kind: 'data'; readonly device: Id; readonly metric: number }
  | { readonly kind: 'device'; readonly device: 'press' | 'saw' }
  | { readonly kind: 'dies' | 'born' };

const STEPS: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('data' as const),
      device: fc.constantFrom(...DEVICES),
      metric: fc.nat(METRICS - 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('device' as const),
      device: fc.constantFrom('press' as const, 'saw' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('dies' as const, 'born' as const) }) },
);

/** Of each message of a round, in turn: how late it is, how often it comes, and whether at all. */
const FATES = fc.record({
  late: fc.nat(3),
  copies: fc.constantFrom(1, 1, 1, 1, 2),
  isLost: fc.constantFrom(false, false, false, false, false, false, false, true),
});

/** What arrives: per topic in order, and nothing before the birth of its session, as brokers have it. */
function arrivals(sent: readonly Sent[], fates: readonly { late: number; copies: number; isLost: boolean }[]): Sent[] {
  const slots: { at: number; message: Sent }[] = [];
  const newest = new Map<string, number>();
  let birthAt = 0;
  for (const [i, message] of sent.entries()) {
    const { late, copies, isLost } = fates[i % Math.max(1, fates.length)] ?? { late: 0, copies: 1, isLost: false };
    if (isLost) continue;
    const topic = `${message.type} ${message.device}`;
    // A death is of the will of a connection, and a birth comes by the next: in the order in which they were.
    const isEnd = message.type === 'NBIRTH' || message.type === 'NDEATH';
    const at = Math.max(isEnd ? i : i + late, newest.get(topic) ?? 0, birthAt + 0.5);
    newest.set(topic, at);
    if (isEnd) birthAt = at;
    for (let copy = 0; copy < copies; copy++) slots.push({ at: at + copy * 0.25, message });
  }
  return slots.sort((a, b) => a.at - b.at).map(({ message }) => message);
}

/** What the host can know, from what came and in which order. */
class Expected {
  /** The session that it goes by; null: it knows of none, or of its end. */
  #current: { readonly session: number; readonly bdSeq: number; readonly seqs: Set<number> } | null = null;
  #newest = 0;
  /** Messages came that no birth explains. */
  #isLost = false;
  /** A birth came, or a death: what was asked for before is settled. */
  isAnswered = false;
  /** At some time it was plain at once that a birth was missing, and nothing to wait for. */
  wasLost = false;

  take({ type, session, bdSeq, seq }: Sent): void {
    if (type === 'NBIRTH') {
      if (session <= this.#newest) return; // once more
      this.#newest = session;
      this.#current = { session, bdSeq, seqs: new Set() };
      this.#isLost = false;
      this.isAnswered = true;
    } else if (type === 'NDEATH') {
      if (this.#current?.bdSeq === bdSeq) {
        this.#current = null;
        this.#isLost = false;
        this.isAnswered = true;
      }
    } else if (this.#current === null) {
      this.#isLost = true;
      // Of a node that was known and died, a birth may be under way.
      if (this.#newest === 0) this.wasLost = true;
    } else if (session > this.#current.session) {
      // A birth was lost, and what follows has by chance the very number that is next: nobody could know.
      fc.pre(seq !== this.#nextSeq);
      this.#isLost = true;
      this.wasLost = true;
    }
    if (seq !== null && session === this.#current?.session) this.#current.seqs.add(seq);
  }

  get #nextSeq(): number {
    let next = 0;
    while (this.#current?.seqs.has(next) === true) next++;
    return next;
  }

  /** Whether a rebirth is what it needs. */
  get needsRebirth(): boolean {
    const highest = Math.max(-1, ...(this.#current?.seqs ?? []));
    return this.#isLost || this.#nextSeq <= highest;
  }
}

function run(node: SimulatedNode, step: Step): void {
  if (step.kind === 'data') node.data(step.device, step.metric);
  else if (step.kind === 'device') {
    if (node.now % 2 === 0) node.deviceDies(step.device);
    else node.deviceBorn(step.device);
  } else if (step.kind === 'dies') node.dies();
  else node.born();
}

const IGNORED = { onRefusals: () => {}, onBirth: () => {}, onChange: () => {} };

/** Every point is of the metric that its value says. */
function holdToMetric(device: string, records: readonly RawRecord[]): void {
  const id = DEVICES.find((each) => (each ?? 'line-3') === device) ?? null;
  for (const { metric, value } of records.flatMap(({ metrics }) => metrics)) {
    if (value === null) continue;
    const said = Math.floor((value as number) / 1_000_000) * 1_000_000;
    expect(said, `${device}/${metric} is ${value}`).toBe(markOf(id, Number(metric.slice(1))));
  }
}

test('never a point of a wrong metric; one rebirth for each gap, and none without', () => {
  const round = fc.record({
    steps: fc.array(STEPS, { minLength: 1, maxLength: 25 }),
    fates: fc.array(FATES, { minLength: 1, maxLength: 40 }),
  });
  let points = 0;
  let rebirths = 0;
  fc.assert(
    fc.property(fc.integer(), fc.array(round, { minLength: 1, maxLength: 8 }), (seed, rounds) => {
      const node = new SimulatedNode(createRandom(seed));
      const expected = new Expected();
      let asked = 0;
      let done = 0;
      const host: EdgeNodes<string> = new EdgeNodes({
        reorderMs: REORDER_MS,
        askRebirth: () => asked++,
        onGap: () => {},
        findings: {
          ...IGNORED,
          onRecords: (_, { device }, records) => {
            points += records.length;
            holdToMetric(device, records);
          },
          onDone: () => done++,
        },
      });
      node.born();
      let isUnanswered = false;
      for (const { steps, fates } of rounds) {
        for (const step of steps) run(node, step);
        node.now += 20_000;
        expected.isAnswered = false;
        expected.wasLost = false;
        [asked, done] = [0, 0];
        const arrived = arrivals(node.sent.splice(0), fates);
        for (const message of arrived) {
          expected.take(message);
          host.take({ ...message.heard, now: node.now });
        }
        node.now += REORDER_MS;
        host.tick(node.now);
        const isAskedAlready = isUnanswered && !expected.isAnswered;
        // What was asked for at once may have been answered within the round, by a birth that came by itself.
        const wasOnlyLost = expected.wasLost && !expected.needsRebirth && asked === 1;
        expect(asked, 'rebirths asked for').toBe(wasOnlyLost || (expected.needsRebirth && !isAskedAlready) ? 1 : 0);
        expect(done, 'messages done').toBe(arrived.length);
        asked = 0;
        node.now += UNANSWERED_MS;
        host.tick(node.now);
        expect(asked, 'rebirths asked for again').toBe(expected.needsRebirth ? 1 : 0);
        isUnanswered = expected.needsRebirth;
        if (isUnanswered) node.born();
        if (isUnanswered) rebirths++;
      }
    }),
    { numRuns: 2_000 },
  );
  // It was no empty play.
  expect(points).toBeGreaterThan(10_000);
  expect(rebirths).toBeGreaterThan(500);
});
