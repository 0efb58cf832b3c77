import { expect, test } from 'vitest';
import { topicLengthProblem } from './topic-limits.ts';

const LIMITS = { topicBytesMax: 16, topicLevelsMax: 4 };

test.each([
  ['a/b/c/d', undefined],
  ['///', undefined],
  ['0123456789abcdef', undefined],
  ['éééééééé', undefined],
  ['😀😀😀😀', undefined],
  ['0123456789abcdefg', 'a topic has at most 16 bytes'],
  ['ééééééééé', 'a topic has at most 16 bytes'],
  ['😀😀😀😀a', 'a topic has at most 16 bytes'],
  ['日本語日本語', 'a topic has at most 16 bytes'],
  ['a/b/c/d/e', 'a topic has at most 4 levels'],
  ['////', 'a topic has at most 4 levels'],
  ['a/b/c/d/#', 'a topic has at most 4 levels'],
])('topicLengthProblem() of %s is %s', (topic, problem) => {
  expect(topicLengthProblem(topic, LIMITS)).toBe(problem);
});
