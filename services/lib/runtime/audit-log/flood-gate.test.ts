import { expect, test } from 'vitest';
import type { AuditEvent, AuditKind } from './audit.ts';
import { FloodGate } from './flood-gate.ts';

const of = (what: AuditKind, user: string, address = '10.0.0.1'): AuditEvent => ({
  ...{ what, who: { user, address }, outcome: 'wrong password' },
});

/** How many are admitted of so many. */
function admitted(gate: FloodGate, count: number, event: (i: number) => AuditEvent): number {
  let sum = 0;
  for (let i = 0; i < count; i++) if (gate.admits(event(i))) sum++;
  return sum;
}

test('what changes something is never counted only', () => {
  const gate = new FloodGate();
  for (const what of ['publish', 'access changed', 'start'] as const)
    expect(admitted(gate, 100, () => of(what, 'ann'))).toBe(100);
});

test('of one user and address the first is told at once, and the others as one when the second is over', () => {
  const gate = new FloodGate();
  expect(admitted(gate, 100, () => of('login failed', 'ann'))).toBe(1);
  expect(admitted(gate, 100, () => of('login failed', 'bob'))).toBe(1);
  expect(gate.tick()).toMatchObject([
    { count: 99, event: { who: { user: 'ann' } } },
    { count: 99, event: { who: { user: 'bob' } } },
  ]);
});

test('one that comes now and then is told each time', () => {
  const gate = new FloodGate();
  for (let i = 0; i < 5; i++) {
    expect(gate.admits(of('refused', 'ann'))).toBe(true);
    expect(gate.tick()).toEqual([]);
  }
});

test('a flood that goes on is told of ever more rarely, at least once a minute, and in full', () => {
  const gate = new FloodGate();
  let told = 0;
  let count = admitted(gate, 1, () => of('login failed', 'ann'));
  for (let second = 0; second < 3_600; second++) {
    admitted(gate, 10, () => of('login failed', 'ann'));
    for (const each of gate.tick()) {
      told++;
      count += each.count;
    }
  }
  for (const each of gate.end()) count += each.count;
  expect([told > 59, told < 70, count]).toEqual([true, true, 36_001]);
});

test('invented names and addresses are counted together', () => {
  const gate = new FloodGate();
  const one = admitted(gate, 5_000, (i) => of('login failed', `u${i}`));
  const many = admitted(gate, 5_000, (i) => of('login failed', `u${i}`, `10.0.${i >> 8}.${i & 255}`));
  expect([one, many]).toEqual([17, 16]);
  const sum = gate.tick().reduce((total, { count }) => total + count, 0);
  expect(sum + one + many).toBe(10_000);
  expect(gate.tick()).toEqual([]);
});

test('strangers that fail keep nobody from being seen who is let in', () => {
  const gate = new FloodGate();
  admitted(gate, 5_000, (i) => of('login failed', `u${i}`, `10.0.${i >> 8}.${i & 255}`));
  expect(admitted(gate, 1_000, (i) => of('login', `device-${i}`))).toBe(1_000);
});
