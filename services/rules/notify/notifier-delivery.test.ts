import { expect, test } from 'vitest';
import { alarmNamed, configOf, NOON, noticeOf } from './testing.ts';
import { HOUR, MINUTE, notifierWorld, Refusal } from './testing-notifier.ts';

test('what fails is tried again with growing pauses, an end never overtakes its beginning, others do', async () => {
  const tries: string[] = [];
  const w = notifierWorld(configOf({ routes: [{ receiver: 'a', groupBy: ['alarm'] }] }), {
    answer: async ({ letter: { items } }) => {
      const names = items.map(({ notice }) => `${notice.event} ${notice.instance}`).join();
      tries.push(names);
      if (names === 'ACTIVE T1' && tries.filter((each) => each === names).length < 4) throw new Refusal(true);
    },
  });
  w.take(alarmNamed('T1'), alarmNamed('T2'));
  await w.at(NOON);
  w.take(alarmNamed('T1', { event: 'RETURNED', state: 'RTNUN', seq: 2 }));
  for (let at = NOON; at <= NOON + 2 * MINUTE; at += 100) await w.at(at);
  expect(tries).toEqual(['ACTIVE T1', 'ACTIVE T2', 'ACTIVE T1', 'ACTIVE T1', 'ACTIVE T1', 'RETURNED T1']);
  expect(w.notifier.problem()).toBeUndefined();
});

test('Retry-After silences the address for so long, and no longer than an hour', async () => {
  let tries = 0;
  const w = notifierWorld(configOf({ routes: [{ receiver: 'a', groupBy: ['alarm'] }] }), {
    answer: async () => {
      tries++;
      throw new Refusal(true, 999 * HOUR);
    },
  });
  w.take(alarmNamed('T1', { priority: 'critical' }), alarmNamed('T2'));
  await w.at(NOON);
  for (let at = NOON; at < NOON + HOUR; at += MINUTE) await w.at(at);
  expect(tries).toBe(1);
  expect(w.notifier.problem()).toBe('a/webhook: hooks.test answered 503 (2 waiting)');
  await w.at(NOON + HOUR);
  expect(tries).toBe(2);
});

test.each([
  ['medium', HOUR],
  ['critical', 24 * HOUR],
] as const)(
  'a %s call is given up after its time, and said; what is refused for good is given up at once',
  async (priority, lastsMs) => {
    const w = notifierWorld(configOf(), { answer: () => Promise.reject(new Refusal(true)) });
    w.take(noticeOf({ priority }));
    for (let at = NOON; at < NOON + lastsMs; at += MINUTE) await w.at(at);
    expect(w.done).toEqual([]);
    for (let at = NOON + lastsMs; at < NOON + lastsMs + 10 * MINUTE; at += MINUTE) await w.at(at);
    expect(w.done).toEqual([1]);
    expect(w.settled).toMatchObject([
      {
        outcome: 'refused',
        address: 'a/webhook',
        reason: expect.stringMatching(/^given up after \d+ tries: hooks\.test answered 503$/),
      },
    ]);
    expect(w.notifier.problem()).toContain('not told a/webhook: given up');

    const final = notifierWorld(configOf(), { answer: () => Promise.reject(new Refusal(false)) });
    final.take(noticeOf({ priority }));
    await final.at(NOON);
    expect(final.settled).toMatchObject([{ outcome: 'refused', reason: 'hooks.test answered 503' }]);
  },
);

test('an answer that never comes does not hold the address for ever, and does not count when it comes after all', async () => {
  const hangs: (() => void)[] = [];
  const w = notifierWorld(configOf(), {
    answer: () => (hangs.length > 0 ? Promise.resolve() : new Promise((resolve) => hangs.push(resolve))),
  });
  w.take(noticeOf());
  for (let at = NOON; at <= NOON + 2 * MINUTE; at += 1_000) await w.at(at);
  for (const answer of hangs) answer();
  await w.at(NOON + 3 * MINUTE);
  expect(w.done).toEqual([1]);
});

test('a flood becomes one summary, and what is critical is not held back', async () => {
  const w = notifierWorld(configOf({ perMinuteMax: 3, routes: [{ receiver: 'a', groupBy: ['alarm'] }] }));
  for (let i = 0; i < 500; i++) w.take(alarmNamed(`T${i}`));
  await w.at(NOON);
  for (let i = 1; i < 10; i++) await w.at(NOON + i);
  expect(w.said()).toEqual(['a: ACTIVE T0', 'a: ACTIVE T1', 'a: ACTIVE T2']);
  for (let at = NOON; at <= NOON + MINUTE; at += 1_000) await w.at(at);
  expect(w.sent.map(({ letter }) => [letter.kind, letter.items.length])).toEqual([
    ['alarms', 1],
    ['alarms', 1],
    ['alarms', 1],
    ['flood', 497],
  ]);
  expect(w.done).toHaveLength(500);
  for (let i = 0; i < 10; i++) w.take(alarmNamed(`U${i}`), alarmNamed(`C${i}`, { priority: 'critical' }));
  for (let i = 0; i < 30; i++) await w.at(NOON + MINUTE + 1 + i);
  const calls = w.sent.flatMap(({ letter }) => letter.items.map(({ notice }) => notice.instance));
  expect(calls.filter((name) => name.startsWith('C'))).toHaveLength(10);
});

test('a thousand critical alarms of one group are all listed, twenty to a letter', async () => {
  const w = notifierWorld(configOf());
  for (let i = 0; i < 1_000; i++) w.take(alarmNamed(`C${i}`, { priority: 'critical' }));
  for (let i = 0; i < 100; i++) await w.at(NOON + i);
  expect(Math.max(...w.sent.map(({ letter }) => letter.items.length))).toBe(20);
  expect(new Set(w.sent.flatMap(({ letter }) => letter.items.map(({ notice }) => notice.instance))).size).toBe(1_000);
});

test('when too much waits, what is not critical is refused and said; critical calls still find room', async () => {
  const w = notifierWorld(configOf(), { answer: () => Promise.reject(new Refusal(true)) });
  for (let i = 0; i < 10_001; i++) w.take(alarmNamed(`T${i}`));
  w.take(alarmNamed('C', { priority: 'critical' }));
  await w.at(NOON);
  expect(w.settled.map(({ outcome, notice }) => [outcome, notice.instance])).toEqual([['overflow', 'T10000']]);
  expect(w.done).toEqual([10_001]);
  expect(w.notifier.problem()).toContain('10000 notifications wait already');
});

test('an alarm that was acknowledged while its call was being tried again is not repeated where no follow-ups are wanted', async () => {
  let isDown = true;
  const w = notifierWorld(configOf({ routes: [{ receiver: 'a', followUps: false, repeatInterval: HOUR }] }), {
    answer: async () => {
      if (isDown) throw new Refusal(true);
    },
  });
  w.take(alarmNamed('T1'));
  await w.at(NOON);
  w.take(alarmNamed('T1', { event: 'ACKED', state: 'ACKED', seq: 2 }));
  await w.at(NOON + 1_000);
  isDown = false;
  for (let at = NOON; at <= NOON + 5 * HOUR; at += MINUTE) await w.at(at);
  expect(w.said()).toEqual(['a: ACTIVE T1']);
});
