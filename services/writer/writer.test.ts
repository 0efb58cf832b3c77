import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Rejected } from '#domain/rejected.ts';
import type { Store } from './influx.ts';
import { StoreError } from './store-error.ts';
import { Writer, type WriterOptions } from './writer.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

type Answer = (lines: string) => Promise<void>;

function open(answer: Answer, changes: Partial<WriterOptions> = {}) {
  const acked: number[] = [];
  const rejected: Rejected[] = [];
  const requests: string[] = [];
  const created = vi.fn(async () => []);
  const store: Store = {
    write: (lines) => {
      requests.push(lines);
      return answer(lines);
    },
    create: created,
  };
  const writer = new Writer({
    store,
    lanes: 2,
    requestBytesMax: 1_000_000,
    retryMsMax: 1,
    publish: async (_, payload) => void rejected.push(JSON.parse(payload)),
    now: () => 5,
    clock: () => 0,
    onWritten: () => {},
    onRefused: () => {},
    ...changes,
  });
  opened.push(writer);
  let count = 0;
  const take = (payload: string | Buffer, topic = 'points/v1/4') => {
    const n = count++;
    writer.take({ topic, payload: Buffer.from(payload), qos: 1, retained: false, ack: () => acked.push(n) });
  };
  return { writer, take, acked, rejected, requests, created };
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const line = (n: number) => `reading,device=d${n % 3} value=${n} ${n}`;
const refusal = (words = '400: partial write') => new StoreError(words, 'split');

describe('Writer', () => {
  it('acknowledges after the store has said yes, and not before', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { take, acked, requests } = open(() => promise);
    take(line(1));
    await soon(() => expect(requests).toHaveLength(1));
    expect(acked).toEqual([]);
    resolve();
    await soon(() => expect(acked).toEqual([0]));
  });

  it('keeps the order over failures of every kind, and loses nothing', async () => {
    const stored: string[] = [];
    let tries = 0;
    const { take, acked, writer, created } = open(async (lines) => {
      tries++;
      if (tries % 4 === 1) throw new StoreError('503: starting', 'retry', 1);
      if (tries % 4 === 2) throw new StoreError('404: database not found', 'create');
      if (tries % 4 === 3) throw new StoreError('reset', 'retry');
      stored.push(...lines.split('\n'));
    });
    for (let n = 0; n < 50; n++) {
      take(line(n));
      if (n % 10 === 0) await soon(() => expect(acked).toContain(n));
    }
    await soon(() => expect(acked).toHaveLength(50));
    expect(stored).toEqual(Array.from({ length: 50 }, (_, n) => line(n)));
    expect(acked).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(created).toHaveBeenCalled();
    expect(writer.problem()).toBeUndefined();
  });

  it('says in the words of the store what is wrong while it is', async () => {
    let isUp = false;
    const { take, writer, acked } = open(async () => {
      if (!isUp) throw new StoreError('401: authorization failed', 'retry');
    });
    take(line(1));
    await soon(() => expect(writer.problem()).toBe('401: authorization failed'));
    isUp = true;
    await soon(() => expect([writer.problem(), acked]).toEqual([undefined, [0]]));
  });

  it('puts no more into a request than it may hold, and at least one message', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { take, acked, requests } = open(() => promise, { requestBytesMax: 100 });
    take(line(0));
    for (let n = 1; n < 20; n++) take(line(n));
    take(`reading text="${'x'.repeat(500)}" 1`);
    take(line(21));
    resolve();
    await soon(() => expect(acked).toHaveLength(22));
    expect(requests.filter((each) => each.length > 100)).toHaveLength(1);
    expect(requests.length).toBeLessThan(22);
  });

  it('takes what is no batch of ours for nothing', async () => {
    const { take, acked, requests } = open(async () => {});
    take('x', 'points/v1/99');
    take('', 'points/v1/4');
    expect([acked, requests]).toEqual([[0, 1], []]);
  });

  it('gives journal and points of one shard to one lane', async () => {
    let open_ = 0;
    let most = 0;
    const { take, acked } = open(async () => {
      most = Math.max(most, ++open_);
      await new Promise((resolve) => setImmediate(resolve));
      open_--;
    });
    for (let n = 0; n < 20; n++) take(line(n), n % 2 === 0 ? 'points/v1/4' : 'journal/v1/6');
    await soon(() => expect(acked).toHaveLength(20));
    expect(most).toBe(1);
  });
});

describe('a store that refuses lines', () => {
  it('gets every good line, in order, and exactly the bad ones are rejected in its words', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
        async (messages) => {
          let n = 0;
          const texts = messages.map((lines) => lines.map((isGood) => `${line(++n)}${isGood ? '1' : '2'}`));
          const stored = new Set<string>();
          const { take, acked, rejected } = open(async (lines) => {
            const all = lines.split('\n');
            // As InfluxDB does: the good lines of a refused request are stored.
            for (const each of all) if (each.endsWith('1')) stored.add(each);
            if (all.some((each) => each.endsWith('2'))) throw refusal();
          });
          for (const lines of texts) take(lines.join('\n'));
          await soon(() => expect(acked).toEqual(messages.map((_, i) => i)));
          expect([...stored]).toEqual(texts.flat().filter((each) => each.endsWith('1')));
          expect(rejected.map(({ payload }) => payload)).toEqual(texts.flat().filter((each) => each.endsWith('2')));
          for (const { message } of rejected) expect(message).toBe('the store refused the line: 400: partial write');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('rejects a line that cannot be read at all, and the huge one', async () => {
    const huge = `reading text="${'x'.repeat(20_000)}" 1`;
    const { take, acked, rejected } = open(async (lines) => {
      if (lines.includes('nonsense') || lines.length > 10_000) throw refusal('413: too large');
    });
    take(`${line(1)}\nnonsense\n${huge}\n# comment\n\n${line(2)}`);
    await soon(() => expect(acked).toEqual([0]));
    expect(rejected.map(({ payload, payloadBytes }) => [payload.slice(0, 8), payloadBytes])).toEqual([
      ['nonsense', 8],
      ['reading ', huge.length],
    ]);
    expect(rejected[1]?.payload).toHaveLength(4_096);
  });

  it('splits lines as they came, also those that it could read and never write', async () => {
    const odd = 'reading,device=d\u00011 value=1 1';
    const { take, acked, rejected } = open(async (lines) => {
      if (lines.includes('d\u00011')) throw refusal('400: no such tag');
    });
    take(`${line(1)}\n${odd}\n${line(2)}`);
    await soon(() => expect(acked).toEqual([0]));
    expect(rejected.map(({ payload }) => payload)).toEqual([odd]);
  });

  it('does not acknowledge before a rejection is kept', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { take, acked, requests } = open(() => Promise.reject(refusal()), { publish: () => promise });
    take(line(1));
    await soon(() => expect(requests).toHaveLength(1));
    await new Promise((done) => setImmediate(done));
    expect(acked).toEqual([]);
    resolve();
    await soon(() => expect(acked).toEqual([0]));
  });
});

describe('the end', () => {
  it.each<[title: string, answer: Answer, changes: Partial<WriterOptions>]>([
    ['a store that hangs', () => new Promise(() => {}), {}],
    ['a store that is away', () => Promise.reject(new StoreError('refused', 'retry')), { retryMsMax: 60_000 }],
    ['a store that asks for an hour', () => Promise.reject(new StoreError('429', 'retry', 3_600_000)), {}],
    ['a broker that takes no rejection', () => Promise.reject(refusal()), { publish: () => new Promise(() => {}) }],
  ])('is not held up by %s, and acknowledges nothing', async (_, answer, changes) => {
    const { writer, take, acked, requests } = open(answer, changes);
    take(line(1));
    take(line(2));
    await soon(() => expect(requests.length).toBeGreaterThan(0));
    const startedAt = performance.now();
    await writer[Symbol.asyncDispose]();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(acked).toEqual([]);
  });
});
