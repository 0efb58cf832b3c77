import { expect, test } from 'vitest';
import { OwnStatus } from './own-status.ts';
import { Problems } from './problems.ts';

function open() {
  const texts = new Map<string, string>();
  const problems = new Problems();
  problems.add(() => [...texts].map(([id, text]) => ({ id, text })));
  const status = new OwnStatus({ service: 'broker', id: 'broker' }, 5, problems);
  const news = (nowMs: number) => JSON.parse(status.news(nowMs) ?? 'null')?.problems;
  return { texts, status, news, problems };
}

test('a status is said again when a problem comes or goes, and not while all is as it was', () => {
  const { texts, status, news } = open();
  expect(JSON.parse(status.up(0))).toMatchObject({
    service: 'broker',
    id: 'broker',
    status: 'up',
    since: 5,
    problems: [],
  });
  expect(news(1_000)).toBeUndefined();
  texts.set('disk-space', '85 % full');
  expect(news(2_000)).toEqual([{ id: 'disk-space', text: '85 % full' }]);
  expect(news(3_000)).toBeUndefined();
  texts.clear();
  expect(news(4_000)).toEqual([]);
});

test('another wording of the same is said once a minute', () => {
  const { texts, status, news } = open();
  texts.set('disk-space', '85 % full');
  status.up(0);
  texts.set('disk-space', '86 % full');
  expect([news(1_000), news(59_999)]).toEqual([undefined, undefined]);
  expect(news(60_000)).toEqual([{ id: 'disk-space', text: '86 % full' }]);
});

test('a problem that comes and goes all the time is told of at most once a second', () => {
  const { texts, status, news } = open();
  status.up(0);
  let told = 0;
  for (let ms = 0; ms < 10_000; ms += 10) {
    if (texts.size === 0) texts.set('flapping', 'x');
    else texts.clear();
    if (news(ms) !== undefined) told++;
  }
  expect(told).toBeGreaterThan(5);
  expect(told).toBeLessThanOrEqual(10);
});

test('it says nothing of problems before all were looked for, in its last will, and when it goes', () => {
  const { status, problems, news } = open();
  let isKnown = false;
  problems.add(() => (isKnown ? [] : undefined));
  for (const payload of [status.up(0), status.will, status.down(9)])
    expect(JSON.parse(payload)).not.toHaveProperty('problems');
  expect([JSON.parse(status.will), JSON.parse(status.down(9))]).toMatchObject([
    { status: 'down', since: 5 },
    { status: 'down', since: 9 },
  ]);
  isKnown = true;
  expect(news(1_000)).toEqual([]);
});
