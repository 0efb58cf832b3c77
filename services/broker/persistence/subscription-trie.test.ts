import { expect, test } from 'vitest';
import { SubscriptionTrie } from './subscription-trie.ts';
import { fits } from './test-model.ts';

const FILTERS = ['#', '+', 'a/#', 'a/+', '+/b', '+/#', 'a/+/c', '/+', 'a/b', 'a', '$x/#', '+/x'];
const TOPICS = ['a', 'a/b', 'a/b/c', 'a//c', '/a', '', 'a/', '$x', '$x/b', 'b/x'];

const isHidden = (filter: string, topic: string) => topic.startsWith('$') && /^[+#]/.test(filter);

test.each(TOPICS)('%s reaches those that the standard says, whatever comes and goes', (topic) => {
  const trie = new SubscriptionTrie<string>();
  const present = new Set<string>();
  const check = () => {
    const expected = [...present].filter((filter) => fits(filter, topic) && !isHidden(filter, topic));
    expect(
      trie
        .match(topic)
        .map(({ owner }) => owner)
        .toSorted(),
    ).toEqual(expected.toSorted());
    expect(trie.size).toBe(present.size);
  };
  check();
  for (const filter of FILTERS) {
    trie.set(filter, { topic: filter, qos: 1 });
    present.add(filter);
    check();
  }
  for (const filter of FILTERS) {
    trie.delete(filter, filter);
    trie.delete('nobody', filter);
    present.delete(filter);
    check();
  }
});

test('an owner is reached once, at the highest QoS of its filters, and never above that of the message', () => {
  const trie = new SubscriptionTrie<string>();
  trie.set('one', { topic: 'a/+', qos: 1 });
  trie.set('one', { topic: 'a/#', qos: 2 });
  trie.set('two', { topic: '#', qos: 1 });
  expect(trie.recipients('a/b', 2)).toEqual([
    { owner: 'two', qos: 1 },
    { owner: 'one', qos: 2 },
  ]);
  trie.set('one', { topic: 'a/#', qos: 1 });
  expect(trie.recipients('a/b', 2)).toContainEqual({ owner: 'one', qos: 1 });
  expect(trie.recipients('a/b', 1)).toHaveLength(2);
});
