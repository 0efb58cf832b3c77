import { expect, test } from 'vitest';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import { OldWills } from './old-wills.ts';
import type { Store } from './store.ts';
import { openTestStore } from './test-store.ts';

type Wills = { readonly wills: OldWills; readonly published: string[]; readonly store: Store };

/** A start after one in which `a` and `b` were connected, with a will each. */
async function open(end: 'crashed' | 'stopped'): Promise<Wills> {
  const files = new PowerCutFiles();
  const before = await openTestStore({ files });
  await before.persistence.setup({ id: before.brokerId, counter: 0 });
  for (const id of ['a', 'b'])
    await before.persistence.putWill({ id }, { topic: id, payload: Buffer.from('down'), qos: 1, retain: false });
  if (end === 'stopped') await before[Symbol.asyncDispose]();
  const store = await openTestStore({ files: end === 'stopped' ? files : files.cut(() => 0.9) });
  const published: string[] = [];
  const wills = new OldWills({
    ledger: store.ledger,
    wasStopped: store.wasStopped,
    publish: async ({ topic, payload }) => void published.push(`${topic} ${payload}`),
    onRefused: (clientId) => published.push(`${clientId} refused`),
  });
  return { wills, published, store };
}

test('after a crash a will is published before its client is let in again, and the others a moment later', async () => {
  const { wills, published, store } = await open('crashed');
  wills.tick(100);
  await wills.settle('a');
  expect(published).toEqual(['a down']);
  await wills.settle('stranger');
  wills.tick(2_000);
  expect(published).toEqual(['a down']);
  wills.tick(4_000);
  await expect.poll(() => published).toEqual(['a down', 'b down']);
  await expect.poll(() => store.ledger.state.wills.size).toBe(0);
  wills.tick(60_000);
  await wills.settle('a');
  expect(published).toHaveLength(2);
  await store[Symbol.asyncDispose]();
});

test('after a stop in order, whoever comes back was not lost; whoever does not, was', async () => {
  const { wills, published, store } = await open('stopped');
  wills.tick(0);
  await wills.settle('a');
  wills.tick(29_000);
  expect(published).toEqual([]);
  wills.tick(30_000);
  await expect.poll(() => published).toEqual(['b down']);
  await expect.poll(() => store.ledger.state.wills.size).toBe(0);
  await store[Symbol.asyncDispose]();
});

test('a will that was not published before the broker was stopped is for the next start', async () => {
  const { store } = await open('crashed');
  const refused = Promise.withResolvers<void>();
  const wills = new OldWills({
    ledger: store.ledger,
    wasStopped: false,
    publish: () => refused.promise,
    onRefused: () => {},
  });
  const settled = wills.settle('a');
  wills.stop();
  refused.reject(new Error('the broker is stopping'));
  await settled;
  wills.tick(0);
  wills.tick(60_000);
  expect([...store.ledger.state.wills.keys()]).toEqual(['a', 'b']);
  await store[Symbol.asyncDispose]();
});
