import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMetricName, isName } from './name.ts';

test.each(['a', 'A', '0', 'tank-01', 'T1.level_x', 'constructor', 'x'.repeat(64)])('isName() takes %s', (text) => {
  expect(isName(text)).toBe(true);
});

test.each([
  '',
  '.',
  '..',
  '-a',
  '_a',
  '__proto__',
  'a/b',
  'a+',
  '#',
  'a b',
  'a\n',
  'a\0',
  'a\\',
  'a,b=c',
  'é',
  'а', // Cyrillic
  'a\u200b',
  '$SYS',
  'x'.repeat(65),
])('isName() refuses %j', (text) => {
  expect(isName(text)).toBe(false);
});

test('isName() takes nothing that means something in a topic, a tag, a path or a quoted text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
      if (isName(text)) expect(text).toMatch(/^[\w.-]+$/);
    }),
  );
});

test.each(['t', '_', 'Node Control/Rebirth', 'a.b-c_d', 'a/b', `a${' '.repeat(126)}b`, '__proto__'])(
  'isMetricName() takes %j',
  (text) => {
    expect(isMetricName(text)).toBe(true);
  },
);

test.each(['', ' a', 'a ', 'a/', '/a', '-a', 'a=b', 'a,b', 'a\nb', 'a"b', 'a\\b', 'x'.repeat(129), 'µ'])(
  'isMetricName() refuses %j',
  (text) => {
    expect(isMetricName(text)).toBe(false);
  },
);
