import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptIn } from '#runtime/rejected-log/testing.ts';
import { FakeBroker } from '../../../test/support/fake-broker.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import { runProgram } from '../program.ts';
import { KEPT, keepSome, LINE } from '../rejected/testing.ts';
import { recordedCli, waitFor } from '../testing.ts';
import { rejectedReplayCommand } from './rejected-replay.ts';

let data: ReturnType<typeof tempFolder>;
let broker: FakeBroker;
beforeEach(async () => {
  data = tempFolder();
  await keepSome(data.path);
  broker = await new FakeBroker().listen();
});
afterEach(async () => {
  await broker[Symbol.asyncDispose]();
  data[Symbol.dispose]();
});

async function replay(words: readonly string[], cli = recordedCli()) {
  const settings = ['--data', data.path, '--broker-url', broker.url];
  const exitCode = await runProgram([rejectedReplayCommand], ['rejected', 'replay', ...words, ...settings], cli);
  return { exitCode, ...cli.said };
}

const allPublished = () => broker.connections.flatMap((each) => each.of('publish'));
const published = () =>
  allPublished()
    .filter(({ topic }) => topic !== 'rejected-op/v1/replay')
    .map(({ topic, payload, qos, retain }) => ({ topic, payload: payload.toString(), qos, retain }));
const marked = async () => (await keptIn(data.path)).map(({ replayedAt }) => replayedAt !== undefined);
const NONE = [false, false, false, false, false, false];

describe('penstock rejected replay', () => {
  it('sends one as it came, at QoS 1 and never retained, and marks it', async () => {
    const [, , id = ''] = (await keptIn(data.path)).map((each) => each.id);
    const { exitCode, err } = await replay([id]);
    expect([exitCode, err]).toEqual([0, '1 sent again\n']);
    expect(broker.last.of('publish').slice(1, -1)).toMatchObject([
      { topic: 'home/kitchen/temperature', payload: KEPT[2]?.payload, qos: 1, retain: false },
    ]);
    expect(await marked()).toEqual(NONE.with(2, true));
  });

  it('sends all that are selected once, the oldest first; again only when told so', async () => {
    const select = ['--device', 'lyon/tanks/tank-01'];
    expect((await replay(select)).err).toBe('2 sent again\n');
    expect(published().map(({ payload }) => payload)).toEqual(['{"a": 1', '{"temprature": 1}']);
    const second = await replay(select);
    expect([second.exitCode, second.err]).toEqual([
      1,
      '0 sent again\nerror nothing that is kept fits; what was sent before is sent --again\n',
    ]);
    expect((await replay([...select, '--again'])).err).toBe('2 sent again\n');
  });

  it('sends lines that the store refused as a batch on their points topic', async () => {
    expect((await replay(['--reason', 'store'])).exitCode).toBe(0);
    expect(published()).toEqual([{ topic: 'points/v1/7', payload: `${LINE}\n${LINE}2`, qos: 1, retain: false }]);
    expect(await marked()).toEqual([false, false, false, false, true, true]);
  });

  it('says what it is about to do before it does, and how much it was', async () => {
    const [id = ''] = (await keptIn(data.path)).map((each) => each.id);
    await replay([id]);
    await replay(['--topic', 'home/#']);
    const said = allPublished().map(({ topic, payload }) =>
      topic.startsWith('rejected-op/') ? JSON.parse(payload.toString()) : topic,
    );
    expect(said).toEqual([
      { op: 'replay', what: { id } },
      'plant/v1/lyon/tanks/tank-01/tele',
      { op: 'replayed', sent: 1, what: { id } },
      { op: 'replay', what: { reasons: [], topic: 'home/#' } },
      'home/kitchen/temperature',
      { op: 'replayed', sent: 1, what: { reasons: [], topic: 'home/#' } },
    ]);
  });

  it('says nothing where there is nothing to send', async () => {
    expect((await replay(['--reason', 'cbor'])).exitCode).toBe(1);
    expect(allPublished()).toEqual([]);
  });

  it('cannot send what was cut, says so, and sends the others', async () => {
    const { exitCode, err } = await replay(['--all']);
    expect(exitCode).toBe(1);
    expect(err).toBe('5 sent again\nerror 1 cannot be sent: they were too large, and only their beginning is kept\n');
    expect(await marked()).toEqual([true, true, true, false, true, true]);
  });

  it('only says what it would send when asked to, without a broker', async () => {
    const { exitCode, out, err } = await replay(['--topic', 'home/#', '--dry-run']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^ingest-1-\d+ {2}home\/kitchen\/temperature {2}17 bytes\n$/);
    expect(err).toBe('1 would be sent\n');
    expect(broker.connections).toEqual([]);
    expect(await marked()).toEqual(NONE);
  });

  it('marks nothing that the broker has not taken', async () => {
    broker.answer = (packet) => (packet.cmd === 'publish' && !packet.topic.startsWith('rejected-op/') ? [] : undefined);
    const asked = new AbortController();
    const cli = { ...recordedCli(), stopSignals: () => ({ asked: asked.signal, insisted: asked.signal }) };
    const replaying = replay(['--all'], cli);
    await waitFor('the messages', () => published().length === 4);
    asked.abort();
    expect(await replaying).toMatchObject({ exitCode: 130, err: '0 sent again\n' });
    expect(await marked()).toEqual(NONE);
  });

  it('gives up on a broker that takes connections and says nothing', async () => {
    broker.answer = () => [];
    const clock = { ms: 0 };
    const base = recordedCli();
    const sleep = async (ms: number) => {
      clock.ms += ms;
      await base.sleep(1);
    };
    const cli = { ...base, now: () => clock.ms, sleep };
    const { exitCode, err } = await replay(['--all'], cli);
    expect(exitCode).toBe(69);
    expect(err).toContain('what was not sent can be replayed later');
    expect(await marked()).toEqual(NONE);
  });

  it.each([
    [[], 'name one by its id, select by flags, or say --all'],
    [['ingest-1-48', '--all'], 'name one by its id, or select by flags, not both'],
    [['ingest-1-48', '--topic', 'a'], 'name one by its id, or select by flags, not both'],
    [['--device', 'x'], '--device must be site/area/device'],
    [['--service', 'rules'], "--service must be ingest or writer, and not 'rules'"],
    [['--until', 'soon'], '--until must be'],
  ])('%j is wrong usage', async (words, sentence) => {
    const { exitCode, err } = await replay(words);
    expect(exitCode).toBe(2);
    expect(err).toContain(sentence);
    expect(broker.connections).toEqual([]);
  });

  it('an id that is not kept is a finding', async () => {
    expect((await replay(['ingest-9-9'])).exitCode).toBe(1);
  });
});
