import { expect, test } from 'vitest';
import { AdmissionQueue } from './admission-queue.ts';

test('AdmissionQueue lets every address have its turn, and each its own in order', async () => {
  const queue = new AdmissionQueue({ perSecondMax: 0, perTurn: 2 });
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    const add = (address: string, name: string) =>
      queue.add(address, () => {
        order.push(name);
        if (order.length === 6) resolve();
      });
    for (const n of [1, 2, 3, 4]) add('many', `m${n}`);
    add('one', 'o1');
    add('other', 'p1');
    expect(queue.size).toBe(6);
  });
  expect(order).toEqual(['m1', 'o1', 'p1', 'm2', 'm3', 'm4']);
  expect(queue.size).toBe(0);
});

test('AdmissionQueue lets those of one second begin at once, and the rest at the rate', async () => {
  const queue = new AdmissionQueue({ perSecondMax: 20, perTurn: 100 });
  const startedAt = performance.now();
  let begun = 0;
  await new Promise<void>((resolve) => {
    for (let n = 0; n < 32; n++) queue.add('a', () => ++begun === 32 && resolve());
  });
  expect(performance.now() - startedAt).toBeGreaterThan(450);
  // And it goes on when there was nothing to do.
  await new Promise<void>((resolve) => queue.add('b', resolve));
});
