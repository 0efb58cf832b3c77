// Ids of orders that are over: remembered until a repeat comes too late, and never more of them than fit.

import { expect, test } from 'vitest';
import { COMMAND_WAIT_MS_MAX } from '#domain/command-life.ts';
import { START } from '../testing/history.ts';
import { Ledger } from './ledger.ts';
import { readRows } from './restore.ts';
import { SPENT_MAX, SpentOrders } from './spent-orders.ts';

const cidOf = (i: number) => `operator/lyon/farm/v/a${i}`;
const order = (i: number, expiresAt = START + 60_000 + i) => ({ cid: cidOf(i), expiresAt });

function kept(ledger: Ledger): ReadonlyMap<string, number> {
  return readRows(ledger.take(() => true)).spentOrders;
}

test('one is remembered over a restart, and forgotten where its repeat would come too late', () => {
  const ledger = new Ledger();
  new SpentOrders(ledger).add(order(1), START);
  const later = new SpentOrders(ledger, kept(ledger));
  expect([later.has(cidOf(1)), later.has(cidOf(2))]).toEqual([true, false]);
  later.add(order(2, START + 100_000), START + 70_000);
  expect([later.has(cidOf(1)), later.has(cidOf(2))]).toEqual([false, true]);
  expect(ledger.take(() => true)).toContainEqual({ key: `spent-order/${cidOf(1)}`, value: null });
});

test('one that has expired already, or that a clock of the future left behind, takes no room', () => {
  const ledger = new Ledger();
  const spent = new SpentOrders(ledger, new Map([[cidOf(9), START + 2 * COMMAND_WAIT_MS_MAX]]));
  spent.add(order(1, START), START);
  expect([spent.has(cidOf(1)), spent.has(cidOf(9))]).toEqual([false, false]);
});

test('they do not grow without end: the one is forgotten whose time is over first', () => {
  const ledger = new Ledger();
  const saved = Array.from({ length: SPENT_MAX }, (_, i) => [cidOf(i), START + 60_000 + i] as const).reverse();
  const spent = new SpentOrders(ledger, new Map(saved));
  spent.add(order(SPENT_MAX), START);
  expect([spent.has(cidOf(0)), spent.has(cidOf(1)), spent.has(cidOf(SPENT_MAX))]).toEqual([false, true, true]);
});
