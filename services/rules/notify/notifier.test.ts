import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PRIORITIES } from '#domain/alarm.ts';
import type { Notice } from '#rules/engine/inputs.ts';
import type { Letter } from '../channels/channel.ts';
import type { Settlement } from './call.ts';
import { Notifier, type NotifierOptions } from './notifier.ts';
import type { NotifyConfig } from './notify-files.ts';
import { alarmNamed, configOf, NOON, noticeOf } from './testing.ts';
import type { Told } from './told-log.ts';

type Sent = { readonly address: string; readonly letter: Letter };

/** A notifier whose other side answers as `answer` says, and what is durable beside it. */
function world(
  config: NotifyConfig | undefined,
  given: { durable?: Map<string, Told>; answer?: (sent: Sent) => Promise<void> } = {},
) {
  const durable = given.durable ?? new Map<string, Told>();
  const sent: Sent[] = [];
  const done: number[] = [];
  const settled: Settlement[] = [];
  const options: NotifierOptions = {
    config,
    told: [...durable.values()],
    toldStore: {
      keep: (key, record) => durable.set(key, JSON.parse(JSON.stringify(record))),
      forget: (key) => durable.delete(key),
    },
    send: async (letter, { settings }) => {
      const address = settings.type === 'webhook' ? settings.url.slice('https://hooks.test/'.length) : settings.type;
      await given.answer?.({ address, letter });
      sent.push({ address, letter });
    },
    onDone: (id) => done.push(id),
    onSettled: (settlement) => settled.push(settlement),
    onTry: () => {},
  };
  const notifier = new Notifier(options);
  let id = 0;
  return {
    ...{ notifier, durable, sent, done, settled },
    take: (...notices: Notice[]) => {
      for (const notice of notices) notifier.take(notice, ++id);
    },
    /** Ticks, and lets what was sent be answered. */
    at: async (now: number) => {
      notifier.tick(now);
      await new Promise((resolve) => setImmediate(resolve));
    },
    outcomes: () => settled.map(({ outcome }) => outcome),
    /** `a: ACTIVE T1, RETURNED T2`. */
    said: () =>
      sent.map(
        ({ address, letter }) =>
          `${address}: ${letter.items.map(({ notice, isRepeat }) => `${isRepeat ? 'again ' : ''}${notice.event} ${notice.instance}`).join(', ')}`,
      ),
  };
}

class Refusal extends Error {
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  constructor(retryable: boolean, retryAfterMs?: number) {
    super('hooks.test answered 503');
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('a call is sent, told and struck off; its return follows to whoever was called', async () => {
  const w = world(configOf());
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
  const w = world(
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
  const w = world(
    configOf({ routes: [{ receiver: 'a', match: { labels: { constructor: ['Object'], toString: [''] } } }] }),
  );
  w.take(noticeOf({ labels: {} }));
  await w.at(NOON);
  expect(w.outcomes()).toEqual(['nobody']);
});

test('a rule names its receiver: also of an end that nobody was called for; an unknown one falls back to the routes', async () => {
  const w = world(configOf());
  w.take(noticeOf({ to: 'b', event: 'RETURNED', state: 'NORM', seq: 2 }), alarmNamed('T2', { to: 'nobody-knows' }));
  await w.at(NOON);
  await w.at(NOON + 10_000);
  expect(w.said()).toEqual(['a: ACTIVE T2', 'b: RETURNED T1']);
});

test('an end of what was never told is not told, nor is the same state twice', async () => {
  const w = world(configOf());
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
  const w = world(configOf());
  w.take(noticeOf(), noticeOf());
  w.notifier.take(noticeOf(), 1); // the same id, still open
  await w.at(NOON);
  w.take(noticeOf());
  await w.at(NOON + 1);
  expect(w.said()).toEqual(['a: ACTIVE T1']);
  expect(w.done.toSorted()).toEqual([1, 2, 3]);
});

test('a group waits for others, then for its interval; a critical call waits for nobody and takes along what waits', async () => {
  const w = world(configOf({ routes: [{ receiver: 'a', groupWait: 10_000, groupInterval: MINUTE }] }));
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
  const w = world(configOf({ routes: [{ receiver: 'a', groupBy: ['labels.x', 'labels.y'] }] }));
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
  const w = world(configOf({ routes: [{ receiver: 'a', groupWait: 10_000 }] }));
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
  const w = world(
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
  const w = world(configOf({ routes: [{ receiver: 'a', followUps: false, repeatInterval: HOUR }] }));
  w.take(noticeOf());
  await w.at(NOON);
  w.take(noticeOf({ event: 'ACKED', state: 'ACKED', seq: 2 }));
  for (let at = NOON + 1; at <= NOON + 5 * HOUR; at += MINUTE) await w.at(at);
  expect(w.said()).toEqual(['a: ACTIVE T1']);
  expect(w.outcomes()).toEqual(['delivered', 'unwanted']);
});

test('shelved it is told as news and not again; no longer shelved and active it calls', async () => {
  const w = world(configOf({ routes: [{ receiver: 'a', repeatInterval: HOUR }] }));
  w.take(noticeOf());
  await w.at(NOON);
  w.take(noticeOf({ event: 'SHELVED', state: 'UNACK', seq: 2 }));
  for (let at = NOON + 1; at <= NOON + 3 * HOUR; at += MINUTE) await w.at(at);
  w.take(noticeOf({ event: 'UNSHELVED', state: 'UNACK', seq: 3 }));
  await w.at(NOON + 3 * HOUR);
  expect(w.said()).toEqual(['a: ACTIVE T1', 'a: SHELVED T1', 'a: UNSHELVED T1']);
});

test('what fails is tried again with growing pauses, an end never overtakes its beginning, others do', async () => {
  const tries: string[] = [];
  const w = world(configOf({ routes: [{ receiver: 'a', groupBy: ['alarm'] }] }), {
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
  const w = world(configOf({ routes: [{ receiver: 'a', groupBy: ['alarm'] }] }), {
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
    const w = world(configOf(), { answer: () => Promise.reject(new Refusal(true)) });
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

    const final = world(configOf(), { answer: () => Promise.reject(new Refusal(false)) });
    final.take(noticeOf({ priority }));
    await final.at(NOON);
    expect(final.settled).toMatchObject([{ outcome: 'refused', reason: 'hooks.test answered 503' }]);
  },
);

test('an answer that never comes does not hold the address for ever, and does not count when it comes after all', async () => {
  const hangs: (() => void)[] = [];
  const w = world(configOf(), {
    answer: () => (hangs.length > 0 ? Promise.resolve() : new Promise((resolve) => hangs.push(resolve))),
  });
  w.take(noticeOf());
  for (let at = NOON; at <= NOON + 2 * MINUTE; at += 1_000) await w.at(at);
  for (const answer of hangs) answer();
  await w.at(NOON + 3 * MINUTE);
  expect(w.done).toEqual([1]);
});

test('a flood becomes one summary, and what is critical is not held back', async () => {
  const w = world(configOf({ perMinuteMax: 3, routes: [{ receiver: 'a', groupBy: ['alarm'] }] }));
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
  const w = world(configOf());
  for (let i = 0; i < 1_000; i++) w.take(alarmNamed(`C${i}`, { priority: 'critical' }));
  for (let i = 0; i < 100; i++) await w.at(NOON + i);
  expect(Math.max(...w.sent.map(({ letter }) => letter.items.length))).toBe(20);
  expect(new Set(w.sent.flatMap(({ letter }) => letter.items.map(({ notice }) => notice.instance))).size).toBe(1_000);
});

test('when too much waits, what is not critical is refused and said; critical calls still find room', async () => {
  const w = world(configOf(), { answer: () => Promise.reject(new Refusal(true)) });
  for (let i = 0; i < 10_001; i++) w.take(alarmNamed(`T${i}`));
  w.take(alarmNamed('C', { priority: 'critical' }));
  await w.at(NOON);
  expect(w.settled.map(({ outcome, notice }) => [outcome, notice.instance])).toEqual([['overflow', 'T10000']]);
  expect(w.done).toEqual([10_001]);
  expect(w.notifier.problem()).toContain('10000 notifications wait already');
});

test('files with errors at the start: notices wait until they are good', async () => {
  const w = world(undefined);
  w.take(noticeOf());
  await w.at(NOON);
  expect(w.notifier.problem()).toBe('the files of notifications have errors; 1 notices wait');
  w.notifier.reconfigure(configOf());
  await w.at(NOON + 1);
  expect(w.said()).toEqual(['a: ACTIVE T1']);
});

test('an address that is taken out: what waits for it goes where the routes now lead', async () => {
  const w = world(configOf(), {
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
  const first = world(configOf({ routes: [{ receiver: 'a', repeatInterval: HOUR }] }));
  first.take(noticeOf());
  await first.at(NOON);
  first.notifier.close();
  const second = world(configOf({ routes: [{ receiver: 'a', repeatInterval: HOUR }] }), { durable: first.durable });
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
  const w = world(configOf({ routes: [{ receiver: 'a', groupWait: 10_000, groupInterval: MINUTE }] }));
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
