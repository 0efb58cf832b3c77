import { expect, test } from 'vitest';
import { RegistryPublisher } from './registry-publisher.ts';
import { deviceIn, TANK, testRegistry } from './testing.ts';

const NOW = 1_795_355_425_172;

test('while the broker takes nothing, a device that goes on changing waits once, with its newest view', async () => {
  const registry = testRegistry();
  const tank = deviceIn(registry, TANK);
  const told: [lastSeen: number | null, taken: () => void][] = [];
  const publisher = new RegistryPublisher(
    registry,
    ([view]) => new Promise<void>((resolve) => (view === undefined ? resolve() : told.push([view.lastSeen, resolve]))),
  );
  registry.seen(tank, NOW);
  const first = publisher.run(NOW);
  for (let i = 1; i <= 3; i++) {
    registry.seen(tank, NOW + i * 20_000);
    await publisher.run(NOW + i * 20_000);
  }
  expect(told.map(([lastSeen]) => lastSeen)).toEqual([NOW]);
  told[0]?.[1]();
  await first;
  void publisher.run(NOW + 60_001);
  expect(told.map(([lastSeen]) => lastSeen)).toEqual([NOW, NOW + 60_000]);
});

test('a bus that is being closed refuses, and that ends nothing', async () => {
  const registry = testRegistry();
  const tank = deviceIn(registry, TANK);
  let tries = 0;
  const publisher = new RegistryPublisher(registry, () => {
    tries++;
    return Promise.reject(new Error('closed'));
  });
  for (let i = 0; i < 2; i++) {
    registry.born(tank, { online: true });
    await publisher.run(NOW);
  }
  expect(tries).toBe(2);
});
