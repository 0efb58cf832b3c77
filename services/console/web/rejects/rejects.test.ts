import { describe, expect, test } from 'vitest';
import type { RejectView } from '../../api/live.ts';
import type { RejectedGroupsView, ReplayView } from '../../api/rejected.ts';
import { START, sampleReject } from '../../testing.ts';
import type { Answer } from '../state/api.ts';
import { foretell, send } from './replaying.ts';
import { inKnownOrder, shownGroups, unkept } from './shown-groups.ts';

type Group = RejectedGroupsView['groups'][number];

const group = (changes: Partial<Group>): Group => ({
  ...{ id: 'a', reason: 'json', device: null, topic: 'home/+/t', message: 'no JSON', place: null },
  ...{ count: 2, waiting: 2, firstAt: START, lastAt: START, exampleId: 'ingest-1-64' },
  ...changes,
});

describe('shownGroups()', () => {
  const all = [
    group({ id: 'a', device: 'lyon/tanks/tank-01' }),
    group({ id: 'b', waiting: 0 }),
    group({ id: 'c', reason: 'type', message: 'temp is a text', place: 'r[0].m.temp' }),
  ];
  test.each([
    ['waiting', '', ['a', 'c']],
    ['all', '', ['a', 'b', 'c']],
    ['all', 'TANK json', ['a']],
    ['waiting', 'm.temp', ['c']],
    ['all', '.*', []],
  ] as const)('%s, searched for %j', (shows, search, ids) => {
    expect(shownGroups(all, { shows, search }).map(({ id }) => id)).toEqual(ids);
  });
});

test('what is known stays where it stood, what is new comes before it, what is gone is gone', () => {
  const known = ['a', 'b', 'c'].map((id) => group({ id }));
  const now = ['c', 'new', 'a', 'newer'].map((id) => group({ id }));
  expect(inKnownOrder(now, known).map(({ id }) => id)).toEqual(['new', 'newer', 'a', 'c']);
});

test.each([
  [[], ['none']],
  [['writer'], ['none', 'writer-1-64']],
  [null, ['none', 'ingest-1-64', 'writer-1-64']],
] as const)('where %j keep theirs elsewhere, the live stream shows %j', (elsewhere, shown) => {
  const live = [undefined, 'ingest-1-64', 'writer-1-64'].map(
    (id, n): RejectView => ({ ...sampleReject(), ...(id === undefined ? {} : { id }), n, meaning: '' }),
  );
  expect(unkept(live, elsewhere).map(({ id = 'none' }) => id)).toEqual(shown);
});

describe('a replay in parts', () => {
  const part = (count: number, next: string | null): Answer<ReplayView> => ({
    ok: true,
    body: {
      isDryRun: false,
      count,
      cut: 1,
      bytes: count * 10,
      topics: [{ topic: 'a', count }],
      onOtherTopics: 2,
      next,
    },
  });
  const what = { group: 'g', until: 7 };

  test('is asked for part by part, and summed up', async () => {
    const asked: object[] = [];
    const answers = [part(5, 'x'), part(0, 'y'), part(3, null)];
    const heard: number[] = [];
    const ask = async (body: object) => {
      asked.push(body);
      return answers[asked.length - 1] ?? part(0, null);
    };
    expect(await send(ask, what, ({ count }) => heard.push(count))).toEqual({
      ...{ count: 8, cut: 3, bytes: 80, topics: [{ topic: 'a', count: 8 }], onOtherTopics: 6 },
    });
    expect([asked, heard]).toEqual([
      [what, { ...what, cursor: 'x' }, { ...what, cursor: 'y' }],
      [5, 5, 8],
    ]);
  });

  test('asks first without doing anything, and says what went wrong', async () => {
    const asked: object[] = [];
    const failing = async (body: object): Promise<Answer<ReplayView>> => {
      asked.push(body);
      return asked.length === 1 ? part(1, 'x') : { ok: false, status: 503, why: 'The broker is silent.' };
    };
    expect(await foretell(failing, what)).toBe('The broker is silent.');
    expect(asked).toEqual([
      { ...what, dryRun: true },
      { ...what, dryRun: true, cursor: 'x' },
    ]);
  });
});
