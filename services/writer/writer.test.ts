import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import { StoreError } from './store-error.ts';
import { MemoryStore, mortal, openTestWriter, type TestWriterOptions } from './testing.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

async function open(options: TestWriterOptions = {}) {
  const store = options.store instanceof MemoryStore ? options.store : new MemoryStore();
  const parts = await openTestWriter({ store, ...options });
  opened.push(parts.writer);
  return { store, ...parts };
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 2 });
const line = (n: number) => `reading,device=d${n % 3} value=${n} ${n}`;
const lines = (count: number) => Array.from({ length: count }, (_, n) => line(n));
const away = () => {
  throw new StoreError('nothing listens at its address', 'retry');
};
const refusal = () => {
  throw new StoreError('400: partial write', 'split');
};

describe('a message', () => {
  it('is acknowledged when it is on disk, whatever the store does, and not before', async () => {
    const files = new PowerCutFiles();
    const store = new MemoryStore();
    store.answer = () => new Promise(() => {});
    const { take, acked } = await open({ files, store });
    const { promise, resolve } = Promise.withResolvers<void>();
    const sync = vi.fn(() => promise);
    vi.spyOn(files, 'open').mockImplementation(async (file, how) => {
      const real = await PowerCutFiles.prototype.open.call(files, file, how);
      return { ...real, sync: () => sync().then(() => real.sync()) };
    });
    take(line(1));
    await soon(() => expect(sync).toHaveBeenCalled());
    expect([acked, store.requests]).toEqual([[], 1]);
    resolve();
    await soon(() => expect(acked).toEqual([0]));
  });

  it('of many in one turn shares one write and one sync with them', async () => {
    const files = new PowerCutFiles();
    const { take, acked } = await open({ files });
    take(line(0));
    await soon(() => expect(acked).toEqual([0]));
    const syncs = vi.fn(() => undefined);
    files.fault = (call) => (call.does === 'sync' ? syncs() : undefined);
    for (let n = 1; n < 10; n++) take(line(n));
    await soon(() => expect(acked).toHaveLength(10));
    expect(syncs).toHaveBeenCalledTimes(1);
  });

  it('that is no batch of ours is taken for nothing', async () => {
    const { take, acked, store } = await open();
    take('x', 'points/v1/99');
    take('', 'points/v1/4');
    expect([acked, store.requests]).toEqual([[0, 1], 0]);
  });

  it('of one shard goes to one lane, points and alarm journal alike', async () => {
    let under = 0;
    let most = 0;
    const { take, store } = await open();
    store.answer = async () => {
      most = Math.max(most, ++under);
      await turn();
      under--;
    };
    for (let n = 0; n < 20; n++) take(line(n), n % 2 === 0 ? 'points/v1/4' : 'journal/v1/6');
    await soon(() => expect(store.lines).toHaveLength(20));
    expect(most).toBe(1);
  });

  it('never waits for one of another lane', async () => {
    const { take, store } = await open();
    store.answer = (text) => (text.includes('d0') ? new Promise(() => {}) : undefined);
    take(line(0), 'points/v1/4');
    take(line(1), 'points/v1/5');
    await soon(() => expect(store.distinct).toEqual([line(1)]));
  });
});

describe('the store', () => {
  it('gets everything in order over failures of every kind', async () => {
    const store = new MemoryStore();
    let tries = 0;
    store.answer = () => {
      tries++;
      if (tries % 4 === 1) throw new StoreError('503: starting', 'retry', { retryAfterMs: 1 });
      if (tries % 4 === 2) throw new StoreError('404: database not found', 'create');
      if (tries % 4 === 3) throw new StoreError('reset', 'retry');
    };
    const { take, writer } = await open({ store });
    for (const each of lines(50)) {
      take(each);
      if (each.endsWith('7')) await turn();
    }
    await soon(() => expect(store.lines.map(({ text }) => text)).toEqual(lines(50)));
    expect(store.created).toBeGreaterThan(1);
    expect(writer.storeProblem()).toBeUndefined();
  });

  it('is asked for its database and policies before the first message, until it is there', async () => {
    const store = new MemoryStore();
    const create = vi
      .spyOn(store, 'create')
      .mockRejectedValueOnce(new StoreError('nothing listens', 'retry'))
      .mockResolvedValue(['not allowed']);
    const onNotCreated = vi.fn();
    await open({ store, changes: { onNotCreated } });
    await soon(() => expect(onNotCreated.mock.calls).toEqual([[['not allowed']]]));
    expect(create).toHaveBeenCalledTimes(2);
  });

  it('is quoted on what is wrong while it is, of whichever lane', async () => {
    const { take, writer, store } = await open();
    let isUp = false;
    store.answer = (text) => {
      if (!isUp && text.includes('d1')) throw new StoreError('401: authorization failed', 'retry');
    };
    take(line(1), 'points/v1/4');
    await soon(() => expect(writer.storeProblem()).toBe('401: authorization failed'));
    take(line(2), 'points/v1/5');
    await soon(() => expect(store.distinct).toEqual([line(2)]));
    expect(writer.storeProblem()).toBe('401: authorization failed');
    isUp = true;
    await soon(() => expect([writer.storeProblem(), store.lines.length]).toEqual([undefined, 2]));
  });

  it('is quoted on what it does not let us make, where that is missing', async () => {
    const store = new MemoryStore();
    store.answer = () => {
      throw new StoreError('404: database not found: "plant"', 'create');
    };
    vi.spyOn(store, 'create').mockResolvedValue(['403: not allowed']);
    const { take, writer } = await open({ store });
    take(line(1));
    await soon(() =>
      expect(writer.storeProblem()).toBe('404: database not found: "plant"; it could not be made: 403: not allowed'),
    );
  });

  it('gets no more in a request than it may hold, and at least one message', async () => {
    const store = new MemoryStore();
    const sizes: number[] = [];
    store.answer = async (text) => void sizes.push(text.length);
    const { take } = await open({ store, changes: { requestBytesMax: 100 } });
    for (let n = 0; n < 20; n++) take(line(n));
    take(`reading text="${'x'.repeat(500)}" 1`);
    take(line(21));
    await soon(() => expect(store.lines).toHaveLength(22));
    expect(sizes.filter((each) => each > 100)).toHaveLength(1);
    expect(sizes.length).toBeLessThan(22);
  });

  it('refuses a line: the topic and its words are kept before the message counts as done', async () => {
    const store = new MemoryStore();
    store.answer = refusal;
    const kept = Promise.withResolvers<void>();
    const refuse = vi.fn(() => kept.promise);
    const { take, acked, writer } = await open({ store, changes: { refuse } });
    take(line(1));
    await soon(() => expect(refuse).toHaveBeenCalled());
    expect(refuse.mock.calls).toEqual([[[{ text: line(1), topic: 'points/v1/4', reason: '400: partial write' }]]]);
    await soon(() => expect(acked).toEqual([0]));
    expect(writer.oldestReceivedAt).toBe(5);
    kept.resolve();
    await soon(() => expect(writer.oldestReceivedAt).toBeUndefined());
  });
});

describe('the journal', () => {
  it('holds what memory does not while the store is away, and gives it back in order', async () => {
    const { take, acked, store, writer } = await open({ changes: { memoryBytesMax: 10_000 } });
    store.answer = away;
    const all = lines(3_000);
    for (const each of all) take(each);
    await soon(() => expect(acked).toHaveLength(3_000));
    store.answer = () => {};
    for (let n = 3_000; n < 3_200; n++) {
      take(line(n));
      await turn();
    }
    await soon(() => expect(store.lines.map(({ text }) => text)).toEqual(lines(3_200)));
    expect(writer.oldestReceivedAt).toBeUndefined();
  });

  it('is let go of when the store has it, not before, and only as whole segments', async () => {
    const { take, acked, store, journal, writer } = await open();
    store.answer = away;
    for (const each of lines(500)) take(each);
    await soon(() => expect(acked).toHaveLength(500));
    const full = journal.bytes;
    for (let i = 0; i < 20; i++) {
      writer.tick();
      await turn();
    }
    expect(journal.bytes).toBe(full);
    store.answer = () => {};
    await soon(() => {
      writer.tick();
      expect(journal.bytes).toBeLessThan(4_000);
    });
    expect(store.distinct).toEqual(lines(500));
  });

  it('is sent first by the next life, and what the store had is not sent again', async () => {
    const files = new PowerCutFiles();
    const store = new MemoryStore();
    const first = await openTestWriter({ files, store });
    for (const each of lines(100)) first.take(each);
    await soon(() => expect(store.lines).toHaveLength(100));
    store.answer = away;
    for (const each of lines(150).slice(100)) first.take(each);
    await soon(() => expect(first.acked).toHaveLength(150));
    await first.writer[Symbol.asyncDispose]();
    await first.journal[Symbol.asyncDispose]();
    store.answer = () => {};
    const { take } = await open({ files, store });
    take(line(150));
    await soon(() => expect(store.lines.map(({ text }) => text)).toEqual(lines(151)));
  });

  it('takes no more when it is full, says so, and goes on by itself when the store has taken some', async () => {
    const { take, acked, store, writer, journal } = await open({ changes: { journalBytesMax: 10_000 } });
    store.answer = away;
    for (const each of lines(500)) take(each);
    await soon(() => expect(writer.journalProblem()).toContain('the journal is full'));
    for (let i = 0; i < 50; i++) await turn();
    expect(acked.length).toBeLessThan(200);
    expect(journal.bytes).toBeLessThan(10_200);
    store.answer = () => {};
    await soon(() => {
      writer.tick();
      expect(acked).toHaveLength(500);
    });
    expect(acked).toEqual([...acked.keys()]);
    await soon(() => expect(store.lines.map(({ text }) => text)).toEqual(lines(500)));
    expect(writer.journalProblem()).toBeUndefined();
  });

  it('acknowledges nothing while the disk is full, says so, and goes on by itself when there is room', async () => {
    const files = new PowerCutFiles();
    const { take, acked, writer, store } = await open({ files });
    store.answer = away;
    take(line(0));
    await soon(() => expect(acked).toEqual([0]));
    files.bytesFree = 100;
    for (const each of lines(50).slice(1)) take(each);
    await soon(() => expect(writer.journalProblem()).toContain('the disk is full'));
    for (let i = 0; i < 50; i++) await turn();
    expect(acked).toEqual([0]);
    files.bytesFree = Number.POSITIVE_INFINITY;
    await soon(() => expect(acked).toHaveLength(50));
    expect(writer.journalProblem()).toBeUndefined();
    store.answer = () => {};
    await soon(() => expect(store.distinct).toEqual(lines(50)));
  });

  it('makes room on a full disk out of what the store has taken', async () => {
    const files = new PowerCutFiles();
    const { take, acked, writer, store } = await open({ files });
    store.answer = away;
    for (const each of lines(300)) take(each);
    await soon(() => expect(acked).toHaveLength(300));
    files.bytesFree = 0;
    for (const each of lines(310).slice(300)) take(each);
    await soon(() => expect(writer.journalProblem()).toContain('the disk is full'));
    store.answer = () => {};
    await soon(() => {
      writer.tick();
      expect(acked).toHaveLength(310);
    });
    expect(store.distinct).toEqual(lines(310));
  });

  it('that a disk fails ends everything: nothing is acknowledged after it', async () => {
    const files = new PowerCutFiles();
    const { take, acked, fatal } = await openTestWriter({ files, store: mortal(new MemoryStore()) });
    files.fault = ({ does }) => (does === 'sync' ? 'EIO' : undefined);
    take(line(0));
    await soon(() => expect(fatal).toHaveLength(1));
    files.fault = () => undefined;
    take(line(1));
    for (let i = 0; i < 50; i++) await turn();
    expect(acked).toEqual([]);
  });
});

describe('the end', () => {
  it.each<[title: string, answer: () => void | Promise<void>, changes: TestWriterOptions['changes']]>([
    ['a store that hangs', () => new Promise(() => {}), {}],
    ['a store that is away', away, { retryMsMax: 60_000 }],
    [
      'a store that asks for an hour',
      () => {
        throw new StoreError('429', 'retry', { retryAfterMs: 3_600_000 });
      },
      {},
    ],
    ['a dead letter that cannot be written', refusal, { refuse: () => new Promise(() => {}) }],
  ])('is not held up by %s, and the next life has everything', async (_, answer, changes) => {
    const files = new PowerCutFiles();
    const store = new MemoryStore();
    store.answer = answer;
    const { writer, journal, take, acked } = await openTestWriter({ files, store, changes: changes ?? {} });
    take(line(1));
    take(line(2), 'points/v1/5');
    await soon(() => expect([store.requests, acked.length]).toEqual([2, 2]));
    const startedAt = performance.now();
    await writer[Symbol.asyncDispose]();
    await journal[Symbol.asyncDispose]();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    store.answer = () => {};
    await open({ files, store });
    await soon(() => expect(store.distinct.sort()).toEqual([line(1), line(2)]));
  });
});
