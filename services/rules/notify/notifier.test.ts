import { expect, test } from 'vitest';
import { alarmNamed, configOf, NOON, noticeOf } from './testing.ts';
import { HOUR, MINUTE, notifierWorld } from './testing-notifier.ts';

test('a call is sent, told and struck off; its return follows to whoever was called', async () => {
  const w = notifierWorld(configOf());
  w.take(noticeOf());
  await w.at(NOON);
  w.take(noticeOf({ event: 'RETURNED', state: 'RTNUN', seq: 2 }), noticeOf({ event: 'ACKED', state: 'NORM', seq: 3 }));
  await w.at(NOON + 1_000);
  expect(w.said()).toEqual(['a: ACTIVE T1', 'a: ACKED T1']);
  expect(w.done.toSorted()).toEqual([1, 2, 3]);
  expect(w.outcomes()).toEqual(['delivered', 'delivered', 'delivered']);
});

test('routes: the first that matches, on duty; continue looks further; nobody is said', async () => {
  const isDay = (at: number) => at < NOON + HOUR;
  const w = notifierWorld(
    configOf({
      receivers: undefined as never,
      routes: [
        { receiver: 'b', match: { priority: ['critical'] }, continue: true },
        { receiver: 'a', match: { labels: { team: ['process'] } }, isOnDuty: isDay },
        {
          receiver: 'b',
          match: { site: ['lyon'], area: ['tank-farm'], rule: ['tank-hot'], labels: { team: ['process'] } },
        },
      ],
    }),
  );
  w.take(alarmNamed('T1', { priority: 'critical' }), alarmNamed('T2', { site: 'oslo', labels: { toString: 'x' } }));
  await w.at(NOON);
  w.take(alarmNamed('T3'));
  await w.at(NOON + HOUR);
  expect(w.said().toSorted()).toEqual(['a: ACTIVE T1', 'b: ACTIVE T1', 'b: ACTIVE T3']);
  expect(w.settled.filter(({ outcome }) => outcome === 'nobody').map(({ notice }) => notice.instance)).toEqual(['T2']);
  expect(w.done.toSorted()).toEqual([1, 2, 3]);
});

test('a label named like what every object inherits matches nothing by itself', async () => {
  const w = notifierWorld(
    configOf({ routes: [{ receiver: 'a', match: { labels: { constructor: ['Object'], toString: [''] } } }] }),
  );
  w.take(noticeOf({ labels: {} }));
  await w.at(NOON);
  expect(w.outcomes()).toEqual(['nobody']);
});

test('a rule names its receiver: also of an end that nobody was called for; an unknown one falls back to the routes', async () => {
  const w = notifierWorld(configOf());
  w.take(noticeOf({ to: 'b', event: 'RETURNED', state: 'NORM', seq: 2 }), alarmNamed('T2', { to: 'nobody-knows' }));
  await w.at(NOON);
  await w.at(NOON + 10_000);
  expect(w.said()).toEqual(['a: ACTIVE T2', 'b: RETURNED T1']);
});

test('an end of what was never told is not told, nor is the same state twice', async () => {
  const w = notifierWorld(configOf());
  w.take(noticeOf({ event: 'RETURNED', state: 'NORM', seq: 2 }));
  await w.at(NOON);
  w.take(alarmNamed('T2'));
  await w.at(NOON + 1);
  w.take(alarmNamed('T2', { event: 'ACKED', state: 'ACKED', seq: 2 }));
  await w.at(NOON + 2);
  w.take(alarmNamed('T2', { event: 'RULE_CHANGED', state: 'ACKED', seq: 3 }));
  await w.at(NOON + 3);
  expect(w.said()).toEqual(['a: ACTIVE T2', 'a: ACKED T2']);
  expect(w.outcomes()).toEqual(['untold', 'delivered', 'delivered', 'unchanged']);
  expect(w.done).toEqual([1, 2, 3, 4]);
});

test('a notice that comes again under another id is done at once, and told once', async () => {
  const w = notifierWorld(configOf());
  w.take(noticeOf(), noticeOf());
  w.notifier.take(noticeOf(), 1); // the same id, still open
  await w.at(NOON);
  w.take(noticeOf());
  await w.at(NOON + 1);
  expect(w.said()).toEqual(['a: ACTIVE T1']);
  expect(w.done.toSorted()).toEqual([1, 2, 3]);
});

test('a group waits for others, then for its interval; a critical call waits for nobody and takes along what waits', async () => {
  const w = notifierWorld(configOf({ routes: [{ receiver: 'a', groupWait: 10_000, groupInterval: MINUTE }] }));
  w.take(alarmNamed('T1'));
  await w.at(NOON);
  w.take(alarmNamed('T2', { priority: 'high' }));
  await w.at(NOON + 9_999);
  expect(w.sent).toEqual([]);
  await w.at(NOON + 10_000);
  w.take(alarmNamed('T3'));
  await w.at(NOON + 69_999);
  expect(w.said()).toEqual(['a: ACTIVE T2, ACTIVE T1']);
  w.take(alarmNamed('T4', { priority: 'critical' }));
  await w.at(NOON + 69_999);
  expect(w.said().at(-1)).toBe('a: ACTIVE T4, ACTIVE T3');
  w.take(alarmNamed('T5'));
  await w.at(NOON + 10 * MINUTE); // the group has rested: its wait begins anew
  expect(w.sent).toHaveLength(2);
  await w.at(NOON + 10 * MINUTE + 10_000);
  expect(w.said().at(-1)).toBe('a: ACTIVE T5');
});

test('alarms are grouped by what the route says, and a name cannot pretend to be two', async () => {
  const w = notifierWorld(configOf({ routes: [{ receiver: 'a', groupBy: ['labels.x', 'labels.y'] }] }));
  w.take(
    alarmNamed('T1', { labels: { x: 'a","b', y: '' } }),
    alarmNamed('T2', { labels: { x: 'a', y: 'b' } }),
    alarmNamed('T3', { labels: { x: 'a', y: 'b' } }),
  );
  await w.at(NOON);
  await w.at(NOON + 1);
  expect(w.said()).toEqual(['a: ACTIVE T1', 'a: ACTIVE T2, ACTIVE T3']);
});

test.each([
  ['medium', 'NORM', []],
  ['medium', 'RTNUN', ['a: RETURNED T1']],
  ['medium', 'LATCH', ['a: RETURNED T1']],
])('%s that came and went while its group waited, now %s: %o', async (priority, state, said) => {
  const w = notifierWorld(configOf({ routes: [{ receiver: 'a', groupWait: 10_000 }] }));
  w.take(noticeOf({ priority: priority as 'medium' }));
  await w.at(NOON);
  w.take(noticeOf({ priority: priority as 'medium', event: 'RETURNED', state, seq: 2 }));
  await w.at(NOON + 5_000);
  await w.at(NOON + 10_000);
  expect(w.said()).toEqual(said);
  expect(w.done.toSorted()).toEqual([1, 2]);
});

test('told again while nobody acknowledges, to whoever is on duty then; never after the acknowledgement', async () => {
  const isDay = (at: number) => at < NOON + HOUR;
  const w = notifierWorld(
    configOf({
      routes: [
        { receiver: 'a', isOnDuty: isDay, repeatInterval: HOUR },
        { receiver: 'b', repeatInterval: HOUR },
      ],
    }),
  );
  w.take(noticeOf());
  await w.at(NOON);
  for (let at = NOON; at <= NOON + 2 * HOUR; at += MINUTE) await w.at(at);
  expect(w.said()).toEqual(['a: ACTIVE T1', 'b: again ACTIVE T1', 'b: again ACTIVE T1']);
  expect(new Set(w.sent.map(({ letter }) => letter.key)).size).toBe(3);
  w.take(noticeOf({ event: 'ACKED', state: 'ACKED', seq: 2 }));
  for (let at = NOON + 2 * HOUR; at <= NOON + 6 * HOUR; at += MINUTE) await w.at(at);
  expect(w.said().slice(3).toSorted()).toEqual(['a: ACKED T1', 'b: ACKED T1']);
});

test('a receiver that wants no follow-ups gets none, and no repetition after the acknowledgement', async () => {
  const w = notifierWorld(configOf({ routes: [{ receiver: 'a', followUps: false, repeatInterval: HOUR }] }));
  w.take(noticeOf());
  await w.at(NOON);
  w.take(noticeOf({ event: 'ACKED', state: 'ACKED', seq: 2 }));
  for (let at = NOON + 1; at <= NOON + 5 * HOUR; at += MINUTE) await w.at(at);
  expect(w.said()).toEqual(['a: ACTIVE T1']);
  expect(w.outcomes()).toEqual(['delivered', 'unwanted']);
});

test('shelved it is told as news and not again; no longer shelved and active it calls', async () => {
  const w = notifierWorld(configOf({ routes: [{ receiver: 'a', repeatInterval: HOUR }] }));
  w.take(noticeOf());
  await w.at(NOON);
  w.take(noticeOf({ event: 'SHELVED', state: 'UNACK', seq: 2 }));
  for (let at = NOON + 1; at <= NOON + 3 * HOUR; at += MINUTE) await w.at(at);
  w.take(noticeOf({ event: 'UNSHELVED', state: 'UNACK', seq: 3 }));
  await w.at(NOON + 3 * HOUR);
  expect(w.said()).toEqual(['a: ACTIVE T1', 'a: SHELVED T1', 'a: UNSHELVED T1']);
});
