import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { JournalPage, JournalRow } from '../../api/history.ts';
import { type JournalAsked, JournalReading, ROWS_MAX } from './journal-reading.ts';

const START = Date.UTC(2027, 0, 15, 8);
const HOUR_MS = 3_600_000;

const rowAt = (at: number): JournalRow => ({
  ...{ at, alarmId: 'a', seq: at, site: 's', area: 'a', rule: 'r', instance: 'i', episode: 1, event: 'ACTIVE' },
  ...{ state: 'UNACK', overlay: null, priority: 'low', limit: null, summary: '', inputs: {}, sinceActiveMs: null },
  ...{ actor: null, comment: null, command: null, commandReason: null, historical: false, shadow: false },
});

/** What the server keeps, newest last, and what it was asked. */
let stored: JournalRow[] = [];
let asked: URLSearchParams[] = [];
/** Called before an answer is given. */
let meanwhile: (query: URLSearchParams) => Promise<void> | void = () => undefined;

async function answer(path: string): Promise<Response> {
  const query = new URLSearchParams(path.split('?')[1]);
  asked.push(query);
  const [from, to, limit] = ['from', 'to', 'limit'].map((name) => Number(query.get(name))) as [number, number, number];
  const end = query.has('cursor') ? Number(query.get('cursor')) : to;
  const rows = stored.filter(({ at }) => at >= from && at < end).reverse();
  const page: JournalPage = {
    entries: rows.slice(0, limit),
    next: rows.length > limit ? String(rows[limit - 1]?.at) : null,
  };
  await meanwhile(query);
  return Response.json(page);
}

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  vi.stubGlobal('fetch', answer);
  stored = [];
  asked = [];
  meanwhile = () => undefined;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const store = (count: number, from: number) => stored.push(...Array.from({ length: count }, (_, i) => rowAt(from + i)));
const momentsOf = ({ state }: JournalReading) => state.value.entries.map(({ at }) => at);
const newest = (count: number) => stored.slice(-count).reverse();

it('reads the newest page, older ones behind it, and takes what is new on top', async () => {
  store(120, START - HOUR_MS);
  const reading = new JournalReading({ lastMs: 24 * HOUR_MS });
  await reading.refresh();
  await reading.older();
  expect(reading.state.value).toMatchObject({ entries: newest(100), is: 'read' });
  store(3, START - 10);
  await reading.refresh();
  await reading.older();
  expect(reading.state.value).toEqual({ entries: newest(123), next: null, is: 'read', why: null });
});

it('begins anew where more has come than a page holds: what lies between is not known', async () => {
  store(60, START - HOUR_MS);
  const reading = new JournalReading({ lastMs: 24 * HOUR_MS });
  await reading.refresh();
  await reading.older();
  store(50, START - 100);
  await reading.refresh();
  expect(reading.state.value.entries).toEqual(newest(50));
});

it('an older page that comes while it looks for what is new is not lost', async () => {
  store(120, START - HOUR_MS);
  const reading = new JournalReading({ lastMs: 24 * HOUR_MS });
  await reading.refresh();
  meanwhile = async (query) => {
    if (!query.has('cursor')) await reading.older();
  };
  store(1, START - 10);
  await reading.refresh();
  expect(reading.state.value.entries).toEqual(newest(101));
});

it('an older page that comes after the list has begun anew is not put below it', async () => {
  store(120, START - HOUR_MS);
  const reading = new JournalReading({ lastMs: 24 * HOUR_MS });
  await reading.refresh();
  meanwhile = async (query) => {
    if (!query.has('cursor')) return;
    store(60, START - 100);
    await reading.refresh();
  };
  await reading.older();
  expect(reading.state.value).toMatchObject({ entries: newest(50), is: 'read' });
});

it('keeps so many and goes on without a gap where it was cut', async () => {
  store(60, START - HOUR_MS);
  const reading = new JournalReading({ lastMs: 24 * HOUR_MS });
  await reading.refresh();
  for (let i = 0; i < 60; i++) {
    store(40, START - HOUR_MS / 2 + i * 40);
    await reading.refresh();
  }
  const kept = reading.state.value.entries.length;
  expect(kept).toBeLessThanOrEqual(ROWS_MAX);
  expect(kept).toBeGreaterThan(ROWS_MAX - 100);
  await reading.older();
  expect(reading.state.value.entries).toEqual(newest(momentsOf(reading).length));
});

it('a range that goes on with the clock leaves behind what is older', async () => {
  store(10, START - HOUR_MS);
  const reading = new JournalReading({ lastMs: HOUR_MS });
  await reading.refresh();
  expect(momentsOf(reading)).toHaveLength(10);
  vi.setSystemTime(START + HOUR_MS);
  store(1, START + HOUR_MS / 2);
  await reading.refresh();
  expect(momentsOf(reading)).toEqual([START + HOUR_MS / 2]);
});

it.each<[string, JournalAsked, number, number]>([
  ['from a moment on, whatever comes', { from: START - 5 }, START - 5, START + 60_000],
  ['from a moment long ago', { from: START - HOUR_MS }, START - HOUR_MS, START + 60_000],
  ['the last hour', { lastMs: HOUR_MS }, START - HOUR_MS, START + 60_000],
  ['the hour until then', { lastMs: HOUR_MS, to: START - 7 }, START - 7 - HOUR_MS, START - 7],
  ['between two moments', { from: START - HOUR_MS, to: START }, START - HOUR_MS, START],
  [
    'between two moments of which the second is first',
    { from: START, to: START - HOUR_MS },
    START - HOUR_MS - 60_000,
    START - HOUR_MS,
  ],
])('asks for %s', async (_, what, from, to) => {
  await new JournalReading(what).refresh();
  expect([Number(asked[0]?.get('from')), Number(asked[0]?.get('to'))]).toEqual([from, to]);
  expect(asked[0]?.has('lastMs')).toBe(false);
});

it('says why nothing comes, and keeps what it has', async () => {
  store(3, START - 100);
  const reading = new JournalReading({ lastMs: HOUR_MS });
  await reading.refresh();
  vi.stubGlobal('fetch', async () => Response.json({ detail: 'The store is away.' }, { status: 503 }));
  await reading.refresh();
  expect(reading.state.value).toMatchObject({ entries: newest(3), is: 'read', why: 'The store is away.' });
});
