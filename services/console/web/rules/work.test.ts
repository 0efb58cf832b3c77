import { beforeAll, expect, it, vi } from 'vitest';
import type { RuleFileView } from '../../api/rules.ts';

let work: typeof import('./work.ts');
let askBeforeLeaving: (event: { preventDefault(): void }) => void;

beforeAll(async () => {
  vi.stubGlobal('addEventListener', (_: string, listener: typeof askBeforeLeaving) => {
    askBeforeLeaving = listener;
  });
  work = await import('./work.ts');
});

const SAVED: RuleFileView = { file: 'a.json', text: '{}', test: { file: 'a.test.json', text: '[]' }, etag: '"1"' };

it('knows what is changed, and the browser asks before it lets that go', () => {
  const opened = work.openWork('a.json', SAVED);
  const prevented = vi.fn();
  askBeforeLeaving({ preventDefault: prevented });
  expect([opened.isChanged.value, prevented.mock.calls.length]).toEqual([false, 0]);
  opened.test.value = '[1]';
  askBeforeLeaving({ preventDefault: prevented });
  expect([opened.isChanged.value, prevented.mock.calls.length]).toEqual([true, 1]);
  expect(work.knownWork('a.json')).toBe(opened);
  work.forget('a.json');
  expect(work.changedFiles()).toEqual([]);
});

it('what stands on the disk replaces what was not typed on, and nothing else', () => {
  const [idle, typed] = [work.openWork('a.json', SAVED), work.openWork('b.json', SAVED)];
  typed.text.value = '{ "mine": 1 }';
  const theirs = { ...SAVED, text: '{ "theirs": 1 }', etag: '"2"' };
  for (const each of [idle, typed]) work.takeSaved(each, theirs);
  expect([idle.text.value, typed.text.value]).toEqual(['{ "theirs": 1 }', '{ "mine": 1 }']);
  expect([idle.isChanged.value, typed.isChanged.value]).toEqual([false, true]);
});

it('sends no test where there is none, and an emptied one as it is', () => {
  const fresh = work.openWork('c.json', null);
  fresh.text.value = '{}';
  expect(work.textOf(fresh)).toEqual({ file: 'c.json', text: '{}' });
  const emptied = work.openWork('d.json', SAVED);
  emptied.test.value = '';
  expect(work.textOf(emptied)).toEqual({ file: 'd.json', text: '{}', test: '' });
});

it('an answer about an earlier text is not about this one', () => {
  const opened = work.openWork('e.json', SAVED);
  const answer = { of: work.textOf(opened), view: 1 };
  expect(work.isOf(answer, opened)).toBe(true);
  opened.text.value = '{ }';
  expect(work.isOf(answer, opened)).toBe(false);
  expect(work.isOf(null, opened)).toBe(false);
});
