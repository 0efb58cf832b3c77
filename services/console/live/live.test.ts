import { expect, test } from 'vitest';
import { topics } from '#domain/topic.ts';
import { delivered, openTestConsole, publishAlarm, START, sampleAlarm, sampleDevice } from '../testing.ts';

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
