import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sampleAlarm } from '../../testing.ts';
import { EMPTY_PLANT } from './plant-state.ts';

/** A browser's stream whose server the test is. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Stream[] = [];
  readyState = 1;
  onerror: (() => void) | undefined;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    Stream.opened.push(this);
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }

  tell(event: string, data: object, lastEventId: string): void {
    this.dispatchEvent(Object.assign(new Event(event), { data: JSON.stringify(data), lastEventId }));
  }
}

const alarm = { ...sampleAlarm(), id: 'a' };
const SNAPSHOT = {
  ...{ now: 1, broker: null, dropped: EMPTY_PLANT.dropped, alarms: [alarm] },
  ...{ values: [], devices: [], services: [], commands: [], rejected: [] },
};
const DRAWN_MS = 100;

let live: typeof import('./live.ts');
const refused = vi.fn();

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Stream);
  vi.resetModules();
  Stream.opened = [];
  live = await import('./live.ts');
  live.openLive(refused);
});
afterEach(() => {
  live.closeLive();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const stream = () => Stream.opened.at(-1) as Stream;
const stands = () => [live.link.value, live.isPlantKnown.value, live.alarms.value.size];

it('is live when what was heard is there to be seen, not before: an empty list would be a false all-clear', () => {
  expect(stands()).toEqual(['connecting', false, 0]);
  stream().tell('snapshot', SNAPSHOT, 'x-1');
  expect(stands()).toEqual(['connecting', false, 0]);
  vi.advanceTimersByTime(DRAWN_MS);
  expect(stands()).toEqual(['live', true, 1]);
});

it('is lost when the stream breaks, also for what was heard just before', () => {
  stream().tell('snapshot', SNAPSHOT, 'x-1');
  stream().onerror?.();
  vi.advanceTimersByTime(DRAWN_MS);
  expect(stands()).toEqual(['lost', true, 1]);
});

it('opens a stream anew that was let in and never said anything', () => {
  vi.advanceTimersByTime(61_000);
  expect([Stream.opened.length, live.link.value]).toEqual([2, 'lost']);
});

it('goes on behind what was heard last, however often it has to begin anew', () => {
  stream().tell('snapshot', SNAPSHOT, 'x-7');
  vi.advanceTimersByTime(13_000 + 61_000);
  expect(Stream.opened.map(({ url }) => url)).toEqual(['api/events', 'api/events?since=x-7', 'api/events?since=x-7']);
  expect(Stream.opened.filter(({ readyState }) => readyState !== Stream.CLOSED)).toHaveLength(1);
});
