import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RejectedGroupsView } from '../../api/rejected.ts';
import { START, sampleReject } from '../../testing.ts';
import { link, plant } from '../state/live.ts';
import { EMPTY_PLANT } from '../state/plant-state.ts';
import { keptGroups, watchGroups } from './kept-groups.ts';

type Group = RejectedGroupsView['groups'][number];

const GROUP: Group = {
  ...{ id: 'a', reason: 'json', device: null, topic: 'home/+/t', message: 'no JSON', place: null },
  ...{ count: 1, waiting: 1, firstAt: START, lastAt: START, exampleId: 'ingest-1-64' },
};

let kept: readonly Group[] = [];
let asked = 0;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  [kept, asked] = [[], 0];
  vi.stubGlobal('fetch', async () => {
    asked++;
    return Response.json({ groups: kept, more: 0, since: null, elsewhere: [] });
  });
  plant.value = EMPTY_PLANT;
  link.value = 'live';
  stop = watchGroups();
});
afterEach(() => {
  stop();
  link.value = 'connecting';
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const refuse = (n: number) => {
  plant.value = { ...plant.value, rejected: [{ ...sampleReject(), n, meaning: '' }, ...plant.value.rejected] };
};
const shown = () => (keptGroups.value.is === 'there' ? keptGroups.value.view.groups.length : undefined);

test('what is refused is shown, also where the first answer is from before it', async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown()).toBe(0);
  refuse(1);
  await vi.advanceTimersByTimeAsync(100);
  kept = [GROUP]; // the server's answer of before has had its time
  await vi.advanceTimersByTimeAsync(6_000);
  expect(shown()).toBe(1);
});

test('who watches asks every few seconds while something is refused, and then no more', async () => {
  for (let n = 0; n < 600; n++) {
    refuse(n);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked).toBeLessThan(16);
  await vi.advanceTimersByTimeAsync(20_000);
  const before = asked;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toBe(before);
});
