// What must hold for commands of people in every history: orders that come late, twice or to a device that is away, answers of
// any kind at any time, interlocks that open and close, the plant that shows something or nothing, and restarts in between.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SeriesTable } from '#domain/batch.ts';
import { REPLY_STATUSES } from '#domain/command.ts';
import type { CommandEntry } from '#domain/command-journal.ts';
import { isOver, personCid } from '#domain/command-life.ts';
import { UNHEARD } from '#domain/device.ts';
import { type DeviceModel, modelOf } from '#runtime/plant-files.ts';
import { START } from '../testing/history.ts';
import { Engine } from './engine.ts';
import type { EngineInput, EngineOutput } from './inputs.ts';

const DEVICE = { site: 'lyon', area: 'farm', device: 'v' };
const MODEL = modelOf({
  model: 'valve',
  metrics: { position: { type: 'number' } },
  commands: {
    'valve.set': {
      args: { position: { type: 'number', min: 0, max: 100 } },
      interlocks: [{ state: 'maintenance', is: true }],
      verify: { metric: 'position', equals: { arg: 'position' }, within: '20s' },
    },
    'valve.hold': { args: {}, interlocks: [] },
  },
});
const MODELS: ReadonlyMap<string, DeviceModel> = new Map([['valve', MODEL]]);
const WAIT_MS = 15_000;
const RETRIES = 2;

type Event = { readonly at: number; readonly input: EngineInput };

const table = new SeriesTable();
const ids = fc.constantFrom('a', 'b', 'c', 'd');
const values = fc.constantFrom(0, 40, 101);

const make = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(ids, fc.constantFrom('valve.set', 'valve.hold'), values, fc.constantFrom(0, 0, 5_000))
      .map(([id, command, position, laterMs]) => (at: number): EngineInput => {
        const args = command === 'valve.set' ? { position } : {};
        const operation = { op: 'send', id, command, args, by: 'ana', exp: at + WAIT_MS - laterMs } as const;
        return { kind: 'command-operation', device: DEVICE, operation, role: 'operator', at };
      }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(ids, fc.constantFrom(...REPLY_STATUSES)).map(([id, status]) => (at: number): EngineInput => {
      const reply = { cid: personCid(DEVICE, id), status, ts: at };
      return { kind: 'reply', device: DEVICE, reply, at };
    }),
  },
  {
    weight: 2,
    arbitrary: values.map((value) => (at: number): EngineInput => {
      const series = table.of({ ...DEVICE, metric: 'position' });
      const point = { series, value, quality: 'good', measuredAt: at, late: false } as const;
      return { kind: 'point', point, receivedAt: at };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(true, false, null).map(
      (value) =>
        (at: number): EngineInput => ({
          kind: 'plant-state',
          site: 'lyon',
          area: 'farm',
          name: 'maintenance',
          value,
          at,
        }),
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom(true, false).map((online) => (at: number) => deviceInput(online, at)) },
);

function deviceInput(online: boolean, at: number): EngineInput {
  return { kind: 'device', device: { ...DEVICE, role: null, labels: {}, ...UNHEARD, model: 'valve', online }, at };
}

const gaps = fc.constantFrom(0, 1, 500, 1_000, 3_000, 12_000);
const histories = fc.array(fc.tuple(gaps, make), { minLength: 1, maxLength: 40, size: 'max' }).map((steps): Event[] => {
  let at = START;
  const events = steps.map(([gap, build]) => {
    at += gap;
    return { at, input: build(at) };
  });
  const clear = {
    kind: 'plant-state',
    site: 'lyon',
    area: 'farm',
    name: 'maintenance',
    value: false,
    at: START,
  } as const;
  return [{ at: START, input: deviceInput(true, START) }, { at: START, input: clear }, ...events];
});

type Told = { readonly at: number; readonly output: EngineOutput };

class Life {
  engine = new Engine({ models: MODELS, startedAt: START });
  readonly told: Told[] = [];
  readonly #rows = new Map<string, string | null>();

  live(events: readonly Event[]): this {
    for (const { at, input } of events) {
      this.#runClock(at);
      this.#step(input, at);
    }
    return this;
  }

  end(): this {
    this.#runClock(this.engine.clock + 120_000);
    return this;
  }

  restart(): this {
    this.#runClock(this.engine.clock); // what is due now is lived now, and not by whoever hears of the moment next
    for (const { key, value } of this.engine.takeChanged()) this.#rows.set(key, value);
    const saved = [...this.#rows].map(([key, value]) => ({ key, value }));
    this.engine = new Engine({ models: MODELS, saved, startedAt: this.engine.clock });
    return this;
  }

  get journal(): CommandEntry[] {
    return this.told.flatMap(({ output }) => (output.kind === 'command-journal' ? [output.entry] : []));
  }

  #runClock(until: number): void {
    for (let at = this.engine.nextDeadline(); at <= until; at = this.engine.nextDeadline())
      this.#step({ kind: 'tick', at }, at);
  }

  #step(input: EngineInput, at: number): void {
    for (const output of this.engine.step(input)) this.told.push({ at, output });
  }
}

it('is sent only in time, while no interlock is closed, and again only while nobody has answered', () => {
  let sent = 0;
  fc.assert(
    fc.property(histories, (events) => {
      const life = new Life().live(events).end();
      const tries = new Map<string, number>();
      const status = new Map<string, string>();
      for (const { at, output } of life.told) {
        if (output.kind === 'command-journal') status.set(output.entry.cid ?? '', output.entry.status);
        if (output.kind !== 'command') continue;
        const { cid, exp, cmd } = output.envelope;
        tries.set(cid, (tries.get(cid) ?? 0) + 1);
        expect(at).toBeLessThan(exp);
        expect(status.get(cid)).toBe('SENT');
        const said = events.filter(({ at: then, input }) => input.kind === 'plant-state' && then < at).at(-1);
        const isClosing = events.some(({ at: then, input }) => input.kind === 'plant-state' && then === at);
        if (cmd === 'valve.set' && !isClosing && said !== undefined)
          expect(said.input).toMatchObject({ kind: 'plant-state', value: false });
      }
      for (const count of tries.values()) expect(count).toBeLessThanOrEqual(1 + RETRIES);
      sent += tries.size;
    }),
    { numRuns: 2_000 },
  );
  expect(sent).toBeGreaterThan(1_000);
});

it('has one end, and one that nothing waits for any more says nothing more but a late answer', () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(histories, (events) => {
      const { journal, engine } = new Life().live(events).end();
      for (const entries of Map.groupBy(journal, ({ cid }) => cid).values()) {
        const statuses = entries.map(({ status }) => status);
        const final = statuses.findIndex((each) =>
          ['BLOCKED', 'REJECTED', 'FAILED', 'VERIFIED', 'UNVERIFIED', 'EXPIRED'].includes(each),
        );
        if (final !== -1) expect(final).toBe(statuses.length - 1);
        ends.add(statuses.at(-1) ?? '');
      }
      for (const output of engine.annunciated())
        if (output.kind === 'commands') for (const life of output.commands) expect(isOver(life)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  expect([...ends].sort()).toEqual(
    ['BLOCKED', 'EXPIRED', 'FAILED', 'REJECTED', 'SUCCEEDED', 'TIMEOUT', 'UNVERIFIED', 'VERIFIED'].sort(),
  );
});

it('a restart at any event changes nothing of what is told', () => {
  fc.assert(
    fc.property(histories, fc.nat(41), (events, place) => {
      const cut = place % events.length;
      const broken = new Life().live(events.slice(0, cut)).restart().live(events.slice(cut)).end();
      expect(broken.told).toEqual(new Life().live(events).end().told);
    }),
    { numRuns: 2_000 },
  );
});

it('an order that comes again, at any time and after a restart, changes nothing', () => {
  const isOrder = ({ input }: Event) => input.kind === 'command-operation';
  fc.assert(
    fc.property(histories, (events) => {
      const life = new Life().live(events).restart();
      const told = life.told.length;
      const at = events.at(-1)?.at ?? START;
      life.live(events.filter(isOrder).map(({ input }) => ({ at, input })));
      expect(life.told.slice(told)).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});
