import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PRIORITIES } from '#domain/alarm.ts';
import type { Notice } from '#rules/engine/inputs.ts';
import { Notifier } from './notifier.ts';
import { alarmNamed, configOf, NOON, noticeOf } from './testing.ts';
import { HOUR, MINUTE, notifierWorld, Refusal } from './testing-notifier.ts';
import type { Told } from './told-log.ts';

test('files with errors at the start: notices wait until they are good', async () => {
  const w = notifierWorld(undefined);
  w.take(noticeOf());
  await w.at(NOON);
  expect(w.notifier.problem()).toBe('the files of notifications have errors; 1 notices wait');
  w.notifier.reconfigure(configOf());
  await w.at(NOON + 1);
  expect(w.said()).toEqual(['a: ACTIVE T1']);
});

test('an address that is taken out: what waits for it goes where the routes now lead', async () => {
  const w = notifierWorld(configOf(), {
    answer: async ({ address }) => {
      if (address === 'a') throw new Refusal(true);
    },
  });
  w.take(noticeOf());
  await w.at(NOON);
  const onlyB = configOf({
    receivers: { b: [{ type: 'webhook', url: 'https://hooks.test/b', headers: {}, token: undefined }] },
    routes: [{ receiver: 'b' }],
  });
  w.notifier.reconfigure(onlyB);
  await w.at(NOON + 1);
  expect(w.said()).toEqual(['b: ACTIVE T1']);
  expect(w.done).toEqual([1]);
});

test('after a restart an end still follows its beginning, and what was told is not told again', async () => {
  const first = notifierWorld(configOf({ routes: [{ receiver: 'a', repeatInterval: HOUR }] }));
  first.take(noticeOf());
  await first.at(NOON);
  first.notifier.close();
  const second = notifierWorld(configOf({ routes: [{ receiver: 'a', repeatInterval: HOUR }] }), {
    durable: first.durable,
  });
  second.take(noticeOf()); // not struck off when the first life ended
  await second.at(NOON + 1);
  for (let at = NOON; at <= NOON + HOUR; at += MINUTE) await second.at(at);
  second.take(noticeOf({ event: 'RETURNED', state: 'NORM', seq: 2 }));
  await second.at(NOON + HOUR + MINUTE);
  expect(second.said()).toEqual(['a: again ACTIVE T1', 'a: RETURNED T1']);
  expect(second.done).toEqual([1, 2]);
  for (let at = NOON; at <= NOON + 3 * HOUR; at += MINUTE) await second.at(at);
  expect(second.durable.size).toBe(0);
});

test('a clock that steps back a day holds nothing up', async () => {
  const w = notifierWorld(configOf({ routes: [{ receiver: 'a', groupWait: 10_000, groupInterval: MINUTE }] }));
  w.take(alarmNamed('T1'));
  await w.at(NOON);
  const before = NOON - 24 * HOUR;
  for (let at = before; at <= before + 11_000; at += 1_000) await w.at(at);
  expect(w.said()).toEqual(['a: ACTIVE T1']);
});

test('close() ends what is sent, and nothing is reported after it', async () => {
  const signals: AbortSignal[] = [];
  const done: number[] = [];
  const never = () => {};
  const notifier = new Notifier({
    config: configOf(),
    told: [],
    toldStore: { keep: never, forget: never },
    send: (_, { signal }) => {
      signals.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    },
    onDone: (id) => done.push(id),
    onSettled: never,
    onTry: () => done.push(-1),
  });
  notifier.take(noticeOf(), 1);
  notifier.tick(NOON);
  notifier.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  expect(done).toEqual([]);
});

const life = fc.record({
  steps: fc.array(
    fc.record({
      alarm: fc.integer({ min: 0, max: 3 }),
      event: fc.constantFrom('ACTIVE', 'LEVEL', 'RE_ALARM', 'RETURNED', 'ACKED', 'SHELVED', 'UNSHELVED'),
      state: fc.constantFrom('UNACK', 'ACKED', 'RTNUN', 'NORM'),
      priority: fc.constantFrom(...PRIORITIES),
      waitMs: fc.integer({ min: -5_000, max: 40_000 }),
      answer: fc.constantFrom('ok', 'ok', 'later', 'restart'),
    }),
    { minLength: 1, maxLength: 40 },
  ),
});

test('whatever fails and whenever it restarts: every notice is done once, every critical call is told or overtaken, nothing goes backwards', async () => {
  await fc.assert(
    fc.asyncProperty(life, async ({ steps }) => {
      const config = configOf({
        perMinuteMax: 2,
        routes: [{ receiver: 'a', groupWait: 5_000, groupInterval: 20_000, repeatInterval: MINUTE }],
      });
      const durable = new Map<string, Told>();
      const outbox = new Map<number, Notice>();
      const told: Notice[] = [];
      const seqs = new Map<number, number>();
      let answer = 'ok';
      let doneTwice = 0;
      const begin = () => {
        const notifier = new Notifier({
          config,
          told: [...durable.values()],
          toldStore: { keep: (key, record) => durable.set(key, record), forget: (key) => durable.delete(key) },
          send: async (letter) => {
            if (answer !== 'ok') throw new Refusal(true);
            told.push(...letter.items.filter(({ isRepeat }) => !isRepeat).map(({ notice }) => notice));
          },
          onDone: (id) => {
            if (!outbox.delete(id)) doneTwice++;
          },
          onSettled: () => {},
          onTry: () => {},
        });
        for (const [id, notice] of outbox) notifier.take(notice, id);
        return notifier;
      };
      let notifier = begin();
      let now = NOON;
      const critical: Notice[] = [];
      for (const [i, step] of steps.entries()) {
        const seq = (seqs.get(step.alarm) ?? 0) + 1;
        seqs.set(step.alarm, seq);
        const isCall = step.event === 'ACTIVE' || step.event === 'LEVEL' || step.event === 'RE_ALARM';
        const notice = alarmNamed(`T${step.alarm}`, {
          event: step.event as Notice['event'],
          state: isCall ? 'UNACK' : step.state,
          priority: step.priority,
          seq,
        });
        outbox.set(i, notice);
        if (isCall && step.priority === 'critical') critical.push(notice);
        notifier.take(notice, i);
        answer = step.answer;
        now += step.waitMs;
        notifier.tick(now);
        await new Promise((resolve) => setImmediate(resolve));
        if (step.answer === 'restart') {
          notifier.close();
          notifier = begin();
        }
      }
      answer = 'ok';
      for (let i = 0; i < 60; i++) {
        now += 10_000;
        notifier.tick(now);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect([...outbox.keys()]).toEqual([]);
      expect(doneTwice).toBe(0);
      for (const { alarmId, seq } of critical)
        expect(told.some((each) => each.alarmId === alarmId && each.seq >= seq)).toBe(true);
      for (const alarmId of new Set(told.map((each) => each.alarmId))) {
        const order = told.filter((each) => each.alarmId === alarmId).map(({ seq }) => seq);
        expect(order).toEqual([...new Set(order)].toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 300 },
  );
});
