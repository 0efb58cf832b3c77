import { expect, it } from 'vitest';
import { Snapshots } from './snapshots.ts';

const at = (offset: number) => ({ segment: 1, offset });

function open(state: number | undefined = undefined) {
  const world = { now: 0, sent: at(0), state };
  const snapshots = new Snapshots<number | undefined>({
    first: { from: at(0), state },
    take: () => world.state,
    sent: () => world.sent,
    now: () => world.now,
  });
  return { world, snapshots };
}

it('where nothing is thinned every place that the store has reached will do', () => {
  const { world, snapshots } = open();
  for (const offset of [10, 20]) {
    world.sent = at(offset);
    expect(snapshots.current).toEqual({ place: at(offset), state: undefined });
  }
});

it('a place is good up to where something is thinned, and then the next snapshot counts once the store has reached it', () => {
  const { world, snapshots } = open();
  snapshots.changing(at(10));
  world.state = 1;
  world.sent = at(15);
  expect(snapshots.current).toEqual({ place: at(10), state: undefined });
  snapshots.tick(at(20));
  snapshots.changing(at(25));
  world.state = 2;
  expect(snapshots.current).toEqual({ place: at(10), state: undefined });
  world.sent = at(22);
  expect(snapshots.current).toEqual({ place: at(22), state: 1 });
  world.sent = at(30);
  expect(snapshots.current).toEqual({ place: at(25), state: 1 });
});

it('a state is taken every ten seconds at the most, and none before the last one counts', () => {
  const { world, snapshots } = open(1);
  snapshots.changing(at(5));
  world.sent = at(5);
  world.state = 2;
  world.now = 9_999;
  snapshots.tick(at(10));
  world.sent = at(10);
  expect(snapshots.current).toEqual({ place: at(5), state: 1 });
  world.now = 10_000;
  snapshots.tick(at(20));
  world.state = 3;
  world.now = 30_000;
  snapshots.tick(at(30));
  world.sent = at(40);
  expect(snapshots.current.state).toBe(2);
});
