import { expect, test } from 'vitest';
import { topics } from '#domain/topic.ts';
import { delivered, openTestConsole, publishAlarm, START, sampleAlarm, sampleDevice } from '../testing.ts';
import type { Frame, Viewer } from './hub.ts';

const cooled = sampleAlarm({ instance: 'tank-02' });

async function openWithTwo() {
  const opened = await openTestConsole();
  const { bus } = opened;
  await publishAlarm(bus, sampleAlarm());
  await publishAlarm(bus, cooled);
  for (const device of ['tank-01', 'tank-02'])
    await bus.publish(topics.registry(sampleDevice({ device })), JSON.stringify(sampleDevice({ device })), {
      retain: true,
    });
  await delivered();
  return opened;
}

test('an alarm that was taken away while the broker was not heard goes too, once the others have been told again', async () => {
  const { bus, live, plant, clock } = await openWithTwo();
  bus.retained.delete(topics.alarm(cooled));
  bus.retained.delete(topics.registry(sampleDevice({ device: 'tank-02' })));
  bus.reconnect();
  await delivered();
  clock.now = START + 9_999;
  live.tick();
  expect(plant.alarm(cooled)).toBeDefined(); // it may still be told
  clock.now = START + 10_000;
  live.tick();
  expect(plant.alarm(cooled)).toBeUndefined();
  expect(plant.alarm(sampleAlarm())).toBeDefined();
  expect(plant.snapshot().devices.map(({ device }) => device)).toEqual(['tank-01']);
});

test('while retained messages come, and while there is no broker, nothing is taken for gone', async () => {
  const { bus, live, plant, clock } = await openWithTwo();
  let problem: string | undefined;
  bus.problem = () => problem;
  const retained = [...bus.retained];
  bus.retained.clear();
  bus.reconnect();
  clock.now = START + 8_000;
  for (const [topic, payload] of retained.filter(([topic]) => topic !== topics.alarm(cooled)))
    bus.retained.set(topic, payload);
  bus.reconnect();
  await delivered();
  clock.now = START + 17_000;
  live.tick();
  expect(plant.alarm(cooled)).toBeDefined();
  problem = 'gone';
  clock.now = START + 60_000;
  live.tick();
  expect(plant.alarm(cooled)).toBeDefined();
  problem = undefined;
  live.tick();
  expect(plant.alarm(cooled)).toBeUndefined();
});

/** A viewer with what it has got; its network takes nothing until it is let. */
function slowViewer(user = 'olaf') {
  const got: Frame[] = [];
  const state = { isClosed: false, release: () => {} };
  const viewer: Viewer = {
    ...{ user, isOver: () => false },
    send: (frame) => {
      got.push(frame);
      return new Promise((resolve) => {
        state.release = resolve;
      });
    },
    close: () => {
      state.isClosed = true;
    },
  };
  return { viewer, got, state };
}

test.each([
  ['few', 200, 'alarms'],
  ['more than it could be told while others come', 201, 'snapshot'],
])(
  'a page on a slow network that comes back and has missed %s (%i) is not dropped by what comes next',
  async (...row) => {
    const [, missed, first] = row;
    const { bus, live } = await openTestConsole();
    live.join(slowViewer().viewer); // somebody watches: frames are kept
    for (let seq = 1; seq <= missed + 1; seq++) await publishAlarm(bus, sampleAlarm({ seq }));
    await delivered();
    const { viewer, got, state } = slowViewer();
    live.join(viewer, 'test-1');
    expect(got.map(({ event }) => event)).toEqual([first]);
    for (let seq = 1; seq <= 150; seq++) await publishAlarm(bus, sampleAlarm({ seq: 1_000 + seq }));
    await delivered();
    expect(state.isClosed).toBe(false);
  },
);

test('pages that open at the same moment share one snapshot, and what came since is in the next', async () => {
  const { bus, live } = await openTestConsole();
  await publishAlarm(bus, sampleAlarm());
  await delivered();
  const open = () => {
    const { viewer, got } = slowViewer();
    live.join(viewer);
    return got[0];
  };
  const first = open();
  expect(open()).toBe(first);
  await publishAlarm(bus, sampleAlarm({ seq: 2, state: 'ACKED' }));
  await delivered();
  expect(JSON.parse(open()?.data ?? '')).toMatchObject({ alarms: [{ state: 'ACKED' }] });
  const before = open();
  live.tick();
  expect(open()).not.toBe(before);
});
