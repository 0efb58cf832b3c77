import { expect, test } from 'vitest';
import { RetainedTopics } from './retained-topics.ts';
import { fits } from './test-model.ts';

const TOPICS = ['a', 'a/b', 'a/b/c', 'a//c', '/a', '', 'a/', 'b/a', '$SYS/a', '$SYS'];
const FILTERS = ['#', '+', 'a/#', 'a/+', '+/b', '+/+', '+/#', 'a/+/c', '/+', 'a/b', '$SYS/#', '$SYS/+', '', 'x/#'];

async function found<T>(topics: RetainedTopics<T>, filter: string): Promise<T[]> {
  const values: T[] = [];
  for await (const value of topics.match(filter)) values.push(value);
  return values;
}

test.each(FILTERS)('%s finds what the standard says', async (filter) => {
  const topics = new RetainedTopics<string>();
  for (const topic of TOPICS) topics.set(topic, topic);
  const isSeen = (topic: string) => fits(filter, topic) && !(topic.startsWith('$') && /^[+#]/.test(filter));
  expect((await found(topics, filter)).toSorted()).toEqual(TOPICS.filter(isSeen).toSorted());
});

test('what is deleted is found no more, and what lies above and below it still is', async () => {
  const topics = new RetainedTopics<string>();
  for (const topic of ['a', 'a/b', 'a/b/c', 'a/x']) topics.set(topic, topic);
  topics.set('a/b', 'new');
  topics.delete('a/b');
  topics.delete('a/b');
  topics.delete('never/there');
  expect(await found(topics, '#')).toEqual(['a', 'a/b/c', 'a/x']);
  for (const topic of ['a', 'a/b/c', 'a/x']) topics.delete(topic);
  expect(await found(topics, '#')).toEqual([]);
  expect(topics.size).toBe(0);
});

test('others have their turn while 50,000 topics are walked through, whether they fit or not', async () => {
  const topics = new RetainedTopics<number>();
  for (let i = 0; i < 50_000; i++) topics.set(`plant/v1/site/area-${i % 100}/device-${i}/status`, i);
  for (const [filter, count, turnsMin] of [
    ['#', 50_000, 20],
    ['plant/v1/+/+/+/status', 50_000, 20],
    ['plant/v1/+/+/+/nothing', 0, 20],
    ['+/+/+/+/device-7/#', 1, 0],
  ] as const) {
    let turns = 0;
    let isWalking = true;
    const takeTurn = () => {
      turns++;
      if (isWalking) setImmediate(takeTurn);
    };
    setImmediate(takeTurn);
    expect(await found(topics, filter)).toHaveLength(count);
    isWalking = false;
    expect(turns, filter).toBeGreaterThanOrEqual(turnsMin);
  }
});
