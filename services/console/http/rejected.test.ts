import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Role } from '#domain/alarm.ts';
import type { RejectReason } from '#domain/rejected.ts';
import { topics } from '#domain/topic.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import { LOG_OWNERSHIP, logFolder, type RejectingService, rejectedFolder } from '#runtime/rejected-log/layout.ts';
import { keptIn, openTestRejectedLog, RECEIVED_AT, rejectionOf } from '#runtime/rejected-log/testing.ts';
import { openSegmentLog } from '#runtime/segment-log/segment-log.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import type { RejectedGroupsView, RejectedPage, ReplayView } from '../api/rejected.ts';
import { REPLAYED_MAX } from '../rejected/replays.ts';
import { openTestConsole, PAGE, TestAccess, type TestConsoleOptions } from '../testing.ts';

const MINUTE = 60_000;
const LINE = 'reading,area=tanks,device=tank-02,metric=level,site=lyon value=1 1';
const HOSTILE = `<script>alert(1)</script>"';--\u202e`;

let data: ReturnType<typeof tempFolder>;
beforeEach(() => {
  data = tempFolder();
});
afterEach(() => data[Symbol.dispose]());

type Refused = {
  readonly topic?: string;
  readonly payload?: string | Buffer;
  readonly reason?: RejectReason;
  readonly message?: string;
};

/** A minute apart, the first one first. */
async function keep(service: RejectingService, ...all: readonly Refused[]): Promise<void> {
  await using log = await openTestRejectedLog(data.path, { service, payloadBytesMax: 1_000 });
  await Promise.all(
    all.map(({ topic = 'home/kitchen/t', payload = '{', reason = 'json', message = 'no JSON' }, i) =>
      log.put(
        rejectionOf(payload, {
          topic,
          receivedAt: RECEIVED_AT + i * MINUTE,
          refusals: [{ reason, message, place: 'byte 1' }],
        }),
      ),
    ),
  );
}

async function opened({ role = 'engineer', ...options }: TestConsoleOptions & { readonly role?: Role } = {}) {
  const test = await openTestConsole({ dataDir: data.path, access: new TestAccess({ operator: role }), ...options });
  const headers = { cookie: await test.logIn(), ...PAGE };
  return {
    ...test,
    get: (query: string) => test.app.inject({ url: `/api/rejected${query}`, headers }),
    replay: (payload: object) => test.app.inject({ method: 'POST', url: '/api/rejected/replay', payload, headers }),
  };
}

const idsIn = async () => (await keptIn(data.path)).map(({ id }) => id);
const marked = async () => (await keptIn(data.path)).map(({ replayedAt }) => replayedAt !== undefined);
const sentOn = (bus: MemoryBus) => bus.sent.filter(({ topic }) => topic !== topics.rejectedOperation);
const saidOf = (bus: MemoryBus) => bus.payloads(topics.rejectedOperation).map((text) => JSON.parse(text));

describe('who may', () => {
  const urls = ['', '/groups', '/ingest-1-64'];
  test.each(urls)('GET /api/rejected%s: a viewer, and nobody without a login', async (url) => {
    await keep('ingest', {});
    const [id = ''] = await idsIn();
    const { app, get } = await opened({ role: 'viewer' });
    const asked = url.replace('ingest-1-64', id);
    expect((await get(asked)).statusCode).toBe(200);
    expect((await app.inject(`/api/rejected${asked}`)).statusCode).toBe(401);
  });

  test.each<[Role, number]>([
    ['viewer', 403],
    ['operator', 403],
    ['engineer', 200],
    ['admin', 200],
  ])('replay: a %s gets %i, for a dry run too', async (role, status) => {
    await keep('ingest', {});
    const { replay, replayBus } = await opened({ role });
    for (const dryRun of [true, false]) expect((await replay({ all: true, dryRun })).statusCode).toBe(status);
    expect(sentOn(replayBus)).toHaveLength(status === 200 ? 1 : 0);
    expect(await marked()).toEqual([status === 200]);
  });

  test('replay: nobody without a login, and no page of another origin', async () => {
    await keep('ingest', {});
    const { app, replayBus, logIn } = await opened();
    const cookie = await logIn();
    const asked = { method: 'POST', url: '/api/rejected/replay', payload: { all: true } } as const;
    expect((await app.inject({ ...asked, headers: PAGE })).statusCode).toBe(401);
    expect((await app.inject({ ...asked, headers: { cookie } })).statusCode).toBe(403);
    const foreign = { cookie, ...PAGE, origin: 'https://evil.example' };
    expect((await app.inject({ ...asked, headers: foreign })).statusCode).toBe(403);
    expect(replayBus.sent).toEqual([]);
  });
});

describe('GET /api/rejected', () => {
  test('lists the newest first, of all services, without payloads', async () => {
    await keep('ingest', { payload: 'secret 1' }, { payload: 'secret 2', reason: 'type' });
    await keep('writer', {}, { topic: 'points/v1/3', payload: LINE, reason: 'store' });
    const { get } = await opened();
    const answer = await get('');
    const { rejected, next, elsewhere } = answer.json<RejectedPage>();
    expect([rejected.map(({ service }) => service), next, elsewhere]).toEqual([
      ['ingest', 'writer', 'ingest', 'writer'],
      null,
      [],
    ]);
    expect(rejected[0]).toMatchObject({
      topic: 'home/kitchen/t',
      payloadBytes: 8,
      replayedAt: null,
      refusals: [{ reason: 'type' }],
    });
    expect(answer.body).not.toContain('secret');
  });

  test('page by page, each once', async () => {
    await keep('ingest', ...Array.from({ length: 7 }, () => ({})));
    await keep('writer', ...Array.from({ length: 4 }, () => ({})));
    const { get } = await opened();
    const ids: string[] = [];
    let pages = 0;
    for (let cursor = ''; ; pages++) {
      const { rejected, next } = (await get(`?limit=3${cursor}`)).json<RejectedPage>();
      expect(rejected.length).toBeLessThanOrEqual(3);
      ids.push(...rejected.map(({ id }) => id));
      if (next === null) break;
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
    expect(ids.toSorted()).toEqual((await idsIn()).toSorted());
    expect(pages).toBe(3);
  });

  test.each<[query: string, count: number]>([
    ['?service=writer', 1],
    ['?reason=type', 1],
    ['?reason=type&reason=json', 2],
    ['?topic=home/%2B/t', 1],
    ['?topic=%23', 3],
    ['?device=lyon/tanks/tank-02', 1],
    ['?device=lyon/tanks/nobody', 0],
    [`?since=${RECEIVED_AT + MINUTE}`, 1],
    [`?until=${RECEIVED_AT + MINUTE}`, 2],
    ['?group=0123456789ab', 0],
  ])('%s selects %i', async (query, count) => {
    await keep('ingest', {}, { topic: 'yard/x', reason: 'type' });
    await keep('writer', { topic: 'points/v1/3', payload: LINE, reason: 'store' });
    const { get } = await opened();
    expect((await get(query)).json<RejectedPage>().rejected).toHaveLength(count);
  });
});

describe('GET /api/rejected/groups', () => {
  test('tells kinds together, and a group is a selection', async () => {
    await keep('ingest', ...[1, 2, 3].map((n) => ({ message: `line ${n}: no` })), { message: 'another' });
    const { get } = await opened();
    const { groups, more, since } = (await get('/groups')).json<RejectedGroupsView>();
    expect([more, since]).toEqual([0, null]);
    expect(groups.map(({ message, count, waiting }) => [message, count, waiting])).toEqual([
      ['another', 1, 1],
      ['line 3: no', 3, 3],
    ]);
    expect((await get(`?group=${groups[1]?.id}`)).json<RejectedPage>().rejected).toHaveLength(3);
    const few = (await get('/groups?limit=1')).json<RejectedGroupsView>();
    expect([few.groups.length, few.more]).toEqual([1, 1]);
  });

  test('many who ask at once get one answer; what was replayed is seen at once', async () => {
    await keep('ingest', {});
    const { get, replay, clock } = await opened();
    const asked = await Promise.all(Array.from({ length: 50 }, () => get('/groups')));
    expect(asked.map(({ statusCode }) => statusCode)).toEqual(asked.map(() => 200));
    await keep('ingest', { message: 'news' });
    const count = async () => (await get('/groups')).json<RejectedGroupsView>().groups.length;
    expect(await count()).toBe(1);
    clock.now += 2_000;
    expect(await count()).toBe(2);
    await replay({ all: true });
    const { groups } = (await get('/groups')).json<RejectedGroupsView>();
    expect(groups.map(({ waiting }) => waiting)).toEqual([0, 0]);
  });
});

describe('GET /api/rejected/{id}', () => {
  test.each<[string, string | Buffer, object]>([
    ['text as text', `{"a": "${HOSTILE}"`, { payload: `{"a": "${HOSTILE}"` }],
    ['bytes as base64', Buffer.from([0, 255]), { payloadBase64: 'AP8=' }],
    ['of what was cut what is kept', 'x'.repeat(5_000), { payload: 'x'.repeat(1_000), payloadBytes: 5_000 }],
  ])('gives %s', async (_, payload, expected) => {
    await keep('ingest', { payload, message: HOSTILE });
    const { get } = await opened();
    const [id = ''] = await idsIn();
    const answer = await get(`/${id}`);
    expect(answer.json()).toMatchObject({ id, ...expected, refusals: [{ message: HOSTILE, place: 'byte 1' }] });
    expect([answer.headers['content-type'], answer.headers['x-content-type-options']]).toEqual([
      'application/json; charset=utf-8',
      'nosniff',
    ]);
  });

  test('says what is not there', async () => {
    await keep('ingest', {});
    const { get } = await opened();
    expect((await get('/ingest-9-9')).json()).toMatchObject({
      status: 404,
      detail: expect.stringContaining('is kept'),
    });
  });
});

describe('POST /api/rejected/replay', () => {
  const refused = [{ payload: 'a' }, { topic: 'yard/x', payload: 'b' }, { payload: 'c' }];

  test('a dry run says how many and where, and does nothing', async () => {
    await keep('ingest', ...refused, { payload: 'x'.repeat(2_000) });
    const { replay, replayBus } = await opened();
    expect((await replay({ all: true, dryRun: true })).json()).toEqual({
      isDryRun: true,
      ...{ count: 3, cut: 1, bytes: 3, onOtherTopics: 0, next: null },
      topics: [
        { topic: 'home/kitchen/t', count: 2 },
        { topic: 'yard/x', count: 1 },
      ],
    });
    expect([replayBus.sent, await marked()]).toEqual([[], [false, false, false, false]]);
  });

  test('sends what is selected as it came, never retained, once; again only where that is asked', async () => {
    await keep('ingest', ...refused);
    const { replay, replayBus } = await opened();
    const topic = 'home/#';
    expect((await replay({ topic })).json<ReplayView>()).toMatchObject({
      isDryRun: false,
      count: 2,
      cut: 0,
      next: null,
    });
    expect(sentOn(replayBus)).toMatchObject([
      { topic: 'home/kitchen/t', payload: Buffer.from('a'), retain: false },
      { topic: 'home/kitchen/t', payload: Buffer.from('c'), retain: false },
    ]);
    expect(await marked()).toEqual([true, false, true]);
    expect((await replay({ topic })).json<ReplayView>().count).toBe(0);
    expect((await replay({ topic, again: true })).json<ReplayView>().count).toBe(2);
  });

  test('sends a group, or those that are named, also what was sent before', async () => {
    await keep('ingest', ...refused);
    const { get, replay } = await opened();
    const { groups } = (await get('/groups')).json<RejectedGroupsView>();
    const yard = groups.find(({ topic }) => topic === 'yard/x');
    expect((await replay({ group: yard?.id })).json<ReplayView>().count).toBe(1);
    const [first = '', second = ''] = await idsIn();
    expect((await replay({ ids: [second, 'ingest-7-7', first] })).json<ReplayView>().count).toBe(2);
    expect(await marked()).toEqual([true, true, false]);
  });

  test('sends lines that the store refused as a batch on their points topic', async () => {
    const line = { topic: 'points/v1/3', reason: 'store' as const };
    await keep('writer', { ...line, payload: LINE }, { ...line, payload: `${LINE}2` });
    const { replay, replayBus } = await opened();
    await replay({ reason: ['store'] });
    expect(sentOn(replayBus)).toMatchObject([{ topic: 'points/v1/3', payload: Buffer.from(`${LINE}\n${LINE}2`) }]);
  });

  test('says to the audit journal who sends what before it does, and how many it was', async () => {
    await keep('ingest', {}, {});
    const { replay, replayBus } = await opened({ role: 'admin' });
    const [id = ''] = await idsIn();
    await replay({ ids: [id] });
    await replay({ topic: 'home/#', again: true });
    await replay({ topic: 'no/such' });
    const who = { by: 'operator', role: 'admin' };
    expect(saidOf(replayBus)).toEqual([
      { op: 'replay', ...who, what: { ids: [id], isAgain: true } },
      { op: 'replayed', sent: 1, ...who, what: { ids: [id], isAgain: true } },
      { op: 'replay', ...who, what: { reasons: [], topic: 'home/#', isAgain: true } },
      { op: 'replayed', sent: 2, ...who, what: { reasons: [], topic: 'home/#', isAgain: true } },
    ]);
    expect(replayBus.sent.map(({ topic }) => topic === topics.rejectedOperation).slice(0, 3)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('one takes so many; the next goes on', async () => {
    await keep('ingest', ...Array.from({ length: REPLAYED_MAX + 5 }, () => ({})));
    const { replay } = await opened();
    const first = (await replay({ all: true })).json<ReplayView>();
    expect([first.count, first.next === null]).toEqual([REPLAYED_MAX, false]);
    const second = (await replay({ all: true, cursor: first.next })).json<ReplayView>();
    expect([second.count, second.next]).toEqual([5, null]);
  });

  /** Takes the first few and says nothing more. */
  class SilentBus extends MemoryBus {
    taken = 0;
    readonly #max: number;
    constructor(max: number) {
      super();
      this.#max = max;
    }
    override async publish(topic: string, payload: string | Buffer): Promise<void> {
      if (++this.taken > this.#max) await new Promise<void>(() => {});
      await super.publish(topic, payload);
    }
    override problem() {
      return 'nothing listens';
    }
  }

  test('a broker that falls silent is given up on; what it took is marked, the rest can be sent later', async () => {
    await keep('ingest', ...Array.from({ length: 150 }, () => ({})));
    const replayBus = new SilentBus(120);
    const test = await opened({
      replayBus,
      wait: async (ms) => {
        clock.now += ms * 10;
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    const { clock } = test;
    expect((await test.replay({ all: true })).json()).toMatchObject({
      status: 503,
      detail: '100 were sent again, and the others can be later: nothing listens.',
    });
    expect((await marked()).filter(Boolean)).toHaveLength(100);
  });

  test('one at a time, and a console that is stopped does not wait for the broker', async () => {
    await keep('ingest', {});
    const wait = (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    const replayBus = new SilentBus(0);
    const { app, replay } = await opened({ replayBus, wait });
    const first = replay({ all: true }).then((answer) => answer);
    await vi.waitFor(() => expect(replayBus.taken).toBe(1));
    const second = await replay({ all: true });
    expect(second.json()).toMatchObject({
      status: 409,
      detail: expect.stringContaining('A replay of operator is under way'),
    });
    await app.close();
    expect((await first).json()).toMatchObject({ status: 503, detail: expect.stringContaining('is being stopped') });
    expect(await marked()).toEqual([false]);
  });

  test('what could not be marked is not sent', async () => {
    await keep('ingest', {});
    writeFileSync(path.join(rejectedFolder(data.path, 'ingest'), 'replayed'), 'no folder');
    const { replay, replayBus } = await opened();
    expect((await replay({ all: true })).statusCode).toBe(503);
    expect(sentOn(replayBus)).toEqual([]);
  });
});

describe('hostile requests', () => {
  const long = 'x'.repeat(20_000);
  test.each([
    ...[
      '?reason=nonsense',
      '?reason=constructor',
      '?reason=json&reason=__proto__',
      '?service=rules',
      '?service=../writer',
    ],
    ...[
      '?topic=',
      '?topic=a/%23/b',
      '?topic=a%2Bb',
      '?topic=%00',
      `?topic=${long.slice(0, 1_025)}`,
      '?topic=(a%2B)%2B$',
    ],
    ...[
      '?device=a/b',
      '?device=a/b/%2B',
      '?device=../../x',
      '?group=(.*)',
      '?group=0123456789abc',
      '?group=ABCDEF012345',
    ],
    ...[
      '?since=-1',
      '?since=1e300',
      '?since=NaN',
      '?since=tomorrow',
      '?until=1.5',
      '?since=5&until=5',
      '?since=5&until=4',
    ],
    ...[
      '?limit=0',
      '?limit=501',
      '?limit=1e9',
      '?limit=x',
      '?cursor=x',
      '?cursor=ingest-1-1,ingest-1-2',
      '?cursor=rules-1-1',
    ],
    ...[
      `?cursor=${'ingest-1-1,'.repeat(1_000)}`,
      '?payload=all',
      '?constructor=1',
      '?__proto__=1',
      `?${'reason=json&'.repeat(40)}`,
    ],
    ...[
      '/x',
      '/ingest',
      '/ingest-1',
      '/..%2f..%2fetc',
      '/ingest-1-99999999999',
      '/groups?limit=1001',
      '/groups?cursor=ingest-1-1',
    ],
  ])('GET /api/rejected%.60s is refused in words', async (query) => {
    await keep('ingest', {});
    const { get } = await opened();
    const answer = await get(query);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.json()).toMatchObject({ status: 400, detail: expect.stringMatching(/\w/) });
  });

  test.each<[string, object]>([
    ['nothing', {}],
    ['a dry run of nothing', { dryRun: true }],
    ['all and some', { all: true, topic: 'a' }],
    ['ids and some', { ids: ['ingest-1-64'], topic: 'a' }],
    ['ids and all', { ids: ['ingest-1-64'], all: true }],
    ['no ids', { ids: [] }],
    ['many ids', { ids: Array.from({ length: 101 }, (_, i) => `ingest-1-${i}`) }],
    ['paths', { ids: ['../../x'] }],
    ['moments as texts', { since: '5' }],
    ['a moment that is null', { since: null }],
    ['an end before the beginning', { since: 6, until: 5 }],
    ['all but not', { all: false }],
    ['a topic of its own', { ids: ['ingest-1-64'], to: 'plant/v1/a/b/c/cmd' }],
    ['a payload of its own', { all: true, payload: 'x' }],
    ['another name', { all: true, by: 'somebody' }],
    ['a list', [{ all: true }]],
  ])('a replay of %s is refused, and nothing is sent', async (_, body) => {
    await keep('ingest', {});
    const { replay, replayBus } = await opened();
    expect((await replay(body)).json()).toMatchObject({ status: 400, detail: expect.stringMatching(/\w/) });
    expect([replayBus.sent, await marked()]).toEqual([[], [false]]);
  });

  test('those who ask for more than can be read are told to come again, the others are answered', async () => {
    await keep('ingest', ...Array.from({ length: 200 }, () => ({})));
    const { get } = await opened();
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => get(`?limit=${i + 1}`)));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(answers.find(({ statusCode }) => statusCode === 503)?.headers['retry-after']).toBe('2');
    expect((await get('')).statusCode).toBe(200);
  });
});

describe('where the rejections are elsewhere', () => {
  const asks = ['', '/groups', '/ingest-1-64', '?service=writer', '/groups?service=ingest'];

  test.each(asks)('GET /api/rejected%s says so, and what to do', async (query) => {
    const { get } = await opened();
    const { status, detail } = (await get(query)).json();
    expect(status).toBe(404);
    expect(detail).toMatch(
      /is kept where .* runs?; the data folder of this console has no .*\/rejected\..*: penstock rejected list/,
    );
  });

  test.each([{ all: true }, { all: true, dryRun: true }, { ids: ['writer-1-64'] }, { service: 'writer' }])(
    'a replay of %j says so, and sends nothing',
    async (body) => {
      const { replay, replayBus } = await opened();
      expect((await replay(body)).json()).toMatchObject({
        status: 404,
        detail: expect.stringContaining('penstock rejected'),
      });
      expect(replayBus.sent).toEqual([]);
    },
  );

  test('those that are here are listed, and who is missing is named', async () => {
    await keep('ingest', {});
    const { get } = await opened();
    for (const url of ['', '/groups']) expect((await get(url)).json()).toMatchObject({ elsewhere: ['writer'] });
    expect((await get('?service=writer')).statusCode).toBe(404);
    expect((await get('?service=ingest')).json()).toMatchObject({ elsewhere: [], rejected: [{}] });
  });
});

test('a log of a newer release is left alone, and said to be one', async () => {
  const log = logFolder(rejectedFolder(data.path, 'ingest'));
  {
    await using newer = await openSegmentLog(log, { ...LOG_OWNERSHIP, version: 99, onDamage: fail, onFatal: fail });
    newer.append(Buffer.from('x'));
    await newer.commit();
  }
  const { get } = await opened();
  expect((await get('')).json()).toMatchObject({ status: 503, detail: expect.stringContaining('of a newer release') });
});

test('a log that is none is no failure of the console', async () => {
  const log = logFolder(rejectedFolder(data.path, 'ingest'));
  mkdirSync(path.dirname(log), { recursive: true });
  writeFileSync(log, '');
  const { get } = await opened();
  expect((await get('')).json()).toMatchObject({ status: 503, detail: expect.stringContaining('cannot be read') });
});

function fail(): never {
  throw new Error('this log must not fail');
}
