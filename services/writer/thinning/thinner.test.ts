import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBatch, encodePoint, SeriesTable } from '#domain/batch.ts';
import { createRandom } from '#domain/random.ts';
import { makeSeries } from '#domain/series.ts';
import type { Thinning } from '#runtime/thinning-model.ts';
import { holdsAny, type Plan, Thinner } from './thinner.ts';

const series = makeSeries({ site: 's', area: 'a', device: 'd', metric: 'level' });
const { shard, key } = series;
const L = 10_000;
const door: Thinning = { kind: 'swingingDoor', within: 0.5, atLeastEveryMs: L };
const changes: Thinning = { kind: 'changes', within: 0, atLeastEveryMs: L };
const planOf = (metrics: Plan['metrics']): Plan => ({ site: 's', area: 'a', device: 'd', model: 'm', metrics });

const note = (kind: 'plan' | 'tick', payload: string, receivedAt = 0) =>
  ({ kind, shard, receivedAt, payload: Buffer.from(payload) }) as const;
const plan = (metrics: Plan['metrics']) => note('plan', JSON.stringify(planOf(metrics)));
const points = (payload: string, of = shard) =>
  ({ kind: 'points', shard: of, receivedAt: 0, payload: Buffer.from(payload) }) as const;

function open(metrics: Plan['metrics'] = { level: door }) {
  let dropped = 0;
  const thinner = new Thinner({
    onDropped: (count) => {
      dropped += count;
    },
  });
  thinner.pass(plan(metrics));
  const pass = (payload: string) => thinner.pass(points(payload)).toString();
  return { thinner, pass, dropped: () => dropped };
}

const line = (value: number | string, at: number, metric = 'level') =>
  `${key.replace('level', metric)} value=${value} ${at}`;

describe('what is not thinned', () => {
  it.each([
    ['before any plan', new Thinner({ onDropped: () => {} }), points(line(1, 1))],
    ['of another shard', open().thinner, points(line(1, 1), (shard + 1) % 64)],
    ['of the alarm journal', open().thinner, { ...points(line(1, 1)), kind: 'journal' } as const],
  ])('goes on as the same bytes %s', (_, thinner, entry) => {
    expect(thinner.concerns(entry)).toBe(false);
    expect(thinner.pass(entry)).toBe(entry.payload);
  });

  it('goes on as the same bytes where all of it is kept', () => {
    const { thinner } = open();
    const first = points(`${line(1, 1)}\n${line(7, 1, 'other')}`);
    expect(thinner.concerns(first)).toBe(true);
    expect(thinner.pass(first)).toBe(first.payload);
  });
});

describe('a batch', () => {
  it('keeps its other lines byte for byte, whatever they are', () => {
    const { pass } = open();
    pass(line(1, 0));
    const others = [
      `reading,site=s,area=a,device=d,metric=other  value=1.50 1`,
      `${key.replace('level', 'note')} text="two\nlines, \\"quoted\\"" 1`,
      'no line at all',
      `alarm_event,rule=r text="x" 1`,
    ];
    expect(pass([line(1, 1), ...others, line(1, 2)].join('\n'))).toBe(others.join('\n'));
  });

  it('keeps its own spelling of a value, also where it was held', () => {
    const { pass } = open();
    expect(pass(line('1.000', 0))).toBe(line('1.000', 0));
    expect(pass(line('1.50e0', 1_000))).toBe('');
    expect(pass(line('9', 2_000))).toBe(line('1.50e0', 1_000));
  });

  it('knows a series however its tags are ordered', () => {
    const { pass } = open();
    const other = (value: number, at: number) => `reading,device=d,site=s,metric=level,area=a value=${value} ${at}`;
    expect([pass(other(1, 0)), pass(other(1, 1))]).toEqual([other(1, 0), '']);
  });

  it('has a late point, and the same one again', () => {
    const { pass } = open();
    pass(line(1, 1_000));
    pass(line(1, 2_000));
    expect(pass(line(1, 500))).toBe([line(1, 2_000), line(1, 500)].join('\n'));
    expect(pass(line(1, 2_000))).toBe(line(1, 2_000));
  });
});

describe('a plan', () => {
  it('that is another keeps what was held, and begins anew; the same one changes nothing', () => {
    const { thinner, pass } = open();
    pass([line(1, 0), line(1, 1)].join('\n'));
    expect(thinner.pass(plan({ level: { ...door } })).toString()).toBe('');
    expect(thinner.pass(plan({ level: { ...door, within: 2 } })).toString()).toBe(line(1, 1));
    expect([pass(line(1, 2)), pass(line(1, 3))]).toEqual([line(1, 2), '']);
  });

  it('of nothing keeps what was held, and nothing is thinned', () => {
    const { thinner, pass } = open();
    pass([line(1, 0), line(1, 1)].join('\n'));
    expect(thinner.pass(plan({})).toString()).toBe(line(1, 1));
    expect([thinner.concerns(points('')), thinner.saved(), [...thinner.plans]]).toEqual([false, undefined, []]);
  });
});

describe('a tick', () => {
  it('keeps what has been held for long, and asks for it only then', () => {
    const { thinner, pass } = open();
    pass([line(1, 0), line(1, 1)].join('\n'));
    expect(thinner.dueShards(L - 1)).toEqual([]);
    expect(thinner.pass(note('tick', '', L - 1)).toString()).toBe('');
    expect(thinner.dueShards(L)).toEqual([shard]);
    expect(thinner.pass(note('tick', '', L)).toString()).toBe(line(1, 1));
    expect(thinner.dueShards(L)).toEqual([]);
  });

  it('at the end of time keeps everything that is held', () => {
    const { thinner, pass } = open();
    pass([line(1, 0), line(1, 1)].join('\n'));
    expect(holdsAny(thinner.saved())).toBe(true);
    expect(thinner.dueShards(Number.POSITIVE_INFINITY)).toEqual([shard]);
    expect(thinner.pass(note('tick', '', Number.POSITIVE_INFINITY)).toString()).toBe(line(1, 1));
    expect(holdsAny(thinner.saved())).toBe(false);
  });
});

describe('a snapshot', () => {
  const bodies = fc.array(
    fc.record({
      metric: fc.constantFrom('level', 'running', 'mode', 'other'),
      value: fc.integer({ min: -2, max: 2 }),
      after: fc.integer({ min: -1_000, max: 4_000 }),
      bad: fc.boolean(),
    }),
    { maxLength: 60 },
  );

  it('is all that a next life needs to decide the same, and every point is kept, held or dropped', () => {
    const metrics = { level: door, running: changes, mode: changes };
    const table = new SeriesTable();
    fc.assert(
      fc.property(bodies, fc.integer(), (given, seed) => {
        const random = createRandom(seed);
        let at = 0;
        const lines = given.map(({ metric, value, after, bad }) => {
          at += after;
          const of = {
            level: value,
            running: value > 0,
            mode: value > 0 ? 'on' : 'off of more than twelve letters',
            other: value,
          };
          const quality = bad && random() < 0.2 ? 'bad' : 'good';
          return encodePoint({
            series: table.of({ ...series, metric }),
            value: of[metric as keyof typeof of],
            quality,
            measuredAt: at,
            late: false,
          });
        });
        const whole = open(metrics);
        let counted = 0;
        let broken = open(metrics).thinner;
        let out = 0;
        for (const [i, each] of lines.entries()) {
          const entry = random() < 0.1 ? note('tick', '', i * 5_000) : { ...points(each), receivedAt: i * 5_000 };
          if (random() < 0.3) {
            const saved = JSON.parse(JSON.stringify(broken.saved()));
            broken = new Thinner({ saved, onDropped: () => {} });
          }
          const kept = whole.thinner.pass(entry).toString();
          expect(broken.pass(entry).toString()).toBe(kept);
          counted += entry.kind === 'points' ? 1 : 0;
          decodeBatch(
            kept,
            table,
            () => out++,
            () => expect.unreachable(),
          );
        }
        const held = (whole.thinner.saved() ?? [])
          .flatMap(([, trails]) => trails)
          .filter((trail) => trail !== 0 && trail.length > 4);
        expect(out + held.length + whole.dropped()).toBe(counted);
      }),
      { numRuns: 300 },
    );
  });
});
