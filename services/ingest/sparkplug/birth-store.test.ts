import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BirthRow, BirthStore } from './birth-store.ts';
import type { BirthChange } from './heard.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'births-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => path.join(folder, 'ingest', 'births.db');
const NODE = { group: 'lyon', edge: 'line-3', device: null };
const born = (device: string | null, at: number, more: { bytes?: Uint8Array; qos?: 0 | 1 } = {}): BirthChange => ({
  kind: 'born',
  address: { ...NODE, device },
  bytes: more.bytes ?? new Uint8Array([at]),
  qos: more.qos ?? 0,
  at,
});
const dead = (device: string | null, at: number): BirthChange => ({ kind: 'dead', address: { ...NODE, device }, at });

/** Keeps them, and opens the file anew. */
async function kept(...changes: BirthChange[]): Promise<string[]> {
  {
    using store = new BirthStore(file());
    await Promise.all(changes.map((change) => new Promise<void>((resolve) => store.keep(change, resolve))));
  }
  using store = new BirthStore(file());
  const shown = ({ address, bytes, qos, state, at }: BirthRow) =>
    `${address.device ?? '-'} ${state} ${at} ${Buffer.from(bytes).toString('hex')} ${qos}`;
  return [...store.rows()].map(shown);
}

test('births are there again, a node before its devices', async () => {
  expect(await kept(born(null, 1), born('press', 2, { qos: 1 }), born('.a', 3))).toEqual([
    '- born 1 01 0',
    '.a born 3 03 0',
    'press born 2 02 1',
  ]);
});

test('of a node or device the newest birth counts; a node’s makes those of its devices old', async () => {
  expect(await kept(born(null, 1), born('press', 2), born('saw', 3), born(null, 4), born('press', 5))).toEqual([
    '- born 4 04 0',
    'press born 5 05 0',
    'saw awaited 4 03 0',
  ]);
});

test('who died is dead, also when its node is born anew', async () => {
  expect(await kept(born(null, 1), born('press', 2), dead('press', 7), born(null, 9))).toEqual([
    '- born 9 09 0',
    'press dead 7 02 0',
  ]);
});

test('other nodes are not touched', async () => {
  const other: BirthChange = { ...born('press', 1), address: { ...NODE, edge: 'line-4', device: 'press' } };
  expect(await kept(other, born(null, 2), dead('press', 3))).toEqual(['- born 2 02 0', 'press born 1 01 0']);
});

test('nothing is done before it is on disk, and all of one turn together', async () => {
  using store = new BirthStore(file());
  const done: number[] = [];
  store.keep(born(null, 1), () => done.push(1));
  store.keep(born('press', 2), () => done.push(2));
  expect(done).toEqual([]);
  await new Promise(setImmediate);
  expect(done).toEqual([1, 2]);
  expect(store.problem()).toBeUndefined();
});

test('what waits is written when it is closed', () => {
  {
    using store = new BirthStore(file());
    store.keep(born(null, 1), () => {});
  }
  using store = new BirthStore(file());
  expect([...store.rows()]).toHaveLength(1);
});

test('a file that is none of it is refused', () => {
  writeFileSync(path.join(folder, 'births.db'), 'x'.repeat(5_000));
  expect(() => new BirthStore(path.join(folder, 'births.db'))).toThrow(/not a database/);
});
