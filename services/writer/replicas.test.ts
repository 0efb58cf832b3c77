// Several writers at one broker and one store: the shards are dealt out by rank.

import { once } from 'node:events';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startPipeline } from '../../test/support/pipeline.ts';
import { ROOT, run, tempFolder, until } from '../../test/support/processes.ts';
import { openReplica, type Replica } from '../../test/support/replica.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const MAIN = path.join(ROOT, 'services/writer/main.ts');
const SHARDS = { even: 4, odd: 5 } as const;
const FROM = Date.now() - 3_600_000;

/** Lines that the store has of its present life, once they are so many; it would have counted by then what it got besides. */
async function lines(replica: Replica, atLeast: number): Promise<number> {
  const count = () => replica.metric('penstock_writer_lines_total');
  await until(`${atLeast} lines`, async () => ((await count()) >= atLeast ? true : undefined));
  return count();
}

/** Publishes points of the areas `even` and `odd`, and knows how many of each the store must have. */
async function openPlant() {
  const pipeline = stack.use(await startPipeline({ services: ['broker'] }));
  const client = await pipeline.client(pipeline.loginOf('root'));
  const published = { even: 0, odd: 0 };
  const publish = async (area: keyof typeof SHARDS, count: number) => {
    for (let i = 0; i < count; i++) {
      const n = published[area]++;
      const line = `reading,area=${area},device=d,metric=m,site=s value=${n} ${FROM + n}`;
      await client.publishAsync(`points/v1/${SHARDS[area]}`, line, { qos: 1 });
    }
  };
  const stored = (area: keyof typeof SHARDS) =>
    until(
      `every point of ${area}`,
      async () => {
        const [row] = await pipeline.query(`SELECT count(value) FROM plant.raw.reading WHERE area = '${area}'`);
        return row?.[1] === published[area] ? true : undefined;
      },
      30_000,
    );
  const env = { PENSTOCK_WRITER_ROLL_UPS: 'false', PENSTOCK_NUMBERS_INTERVAL: '1s' };
  const open = async () => stack.use(await openReplica(pipeline, 'writer', env));
  const replicas = [await open(), await open()] as const;
  return { pipeline, client, publish, stored, replicas };
}

describe('several writers', () => {
  it('take over from one, each its own shards, and one that is killed costs the others nothing', async () => {
    const { client, publish, stored, replicas } = await openPlant();
    const [zero, one] = replicas;
    await zero.start(0, 1);
    await publish('even', 3);
    await publish('odd', 4);
    await stored('even');
    await stored('odd');
    expect(await lines(zero, 7)).toBe(7);
    await zero.stop();
    // In the queue of the one that there was, which the first of several reads out.
    await publish('even', 5);
    await publish('odd', 6);

    await one.start(1, 2);
    await zero.start(0, 2);
    await stored('even');
    await stored('odd');
    expect(await lines(zero, 5 + 6)).toBe(5 + 6);
    await publish('odd', 20);
    await publish('even', 10);
    await stored('even');
    await stored('odd');
    expect([await lines(zero, 5 + 6 + 10), await lines(one, 20)]).toEqual([5 + 6 + 10, 20]);

    await one.kill();
    await publish('odd', 30);
    await publish('even', 40);
    await stored('even');
    await one.start(1, 2);
    await stored('odd');
    expect(await lines(zero, 5 + 6 + 10 + 40)).toBe(5 + 6 + 10 + 40);

    const topics = new Set<string>();
    client.on('message', (topic) => topics.add(topic));
    await client.subscribeAsync(['service/v1/writer/+', 'plant/v1/penstock/pipeline/+/tele'], { qos: 1 });
    const said = [
      ...['writer', '1'].map((id) => `service/v1/writer/${id}`),
      ...['writer', 'writer-1'].map((device) => `plant/v1/penstock/pipeline/${device}/tele`),
    ];
    await until('what both say of themselves', () => (said.every((topic) => topics.has(topic)) ? true : undefined));
  }, 120_000);

  it('become one again, which then reads every shard, and each message once', async () => {
    const { publish, stored, replicas } = await openPlant();
    const [zero] = replicas;
    await zero.start(0, 2);
    await publish('even', 2);
    await stored('even');
    await zero.stop();
    await zero.start(0, 1);
    await publish('even', 3);
    await publish('odd', 4);
    await stored('even');
    await stored('odd');
    expect(await lines(zero, 3 + 4)).toBe(3 + 4);
  }, 60_000);
});

it('a rank that there is not ends it with 78, and the sentence says which there are', async () => {
  const folder = stack.use(tempFolder()).path;
  const env = { PENSTOCK_DATA: folder, PENSTOCK_WRITER_RANK: '2', PENSTOCK_WRITER_REPLICAS: '2' };
  const running = stack.use(run(process.execPath, [MAIN], { ...env, PENSTOCK_WRITER_METRICS_PORT: '0' }));
  const [code] = await once(running.child, 'close');
  expect(code).toBe(78);
  expect(running.output()).toContain(
    'writer: PENSTOCK_WRITER_RANK is 2 and PENSTOCK_WRITER_REPLICAS is 2: ranks are 0 to 1',
  );
});
