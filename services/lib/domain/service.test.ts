import { expect, test } from 'vitest';
import { PROBLEMS_MAX, parseServiceStatus, plainText, type ServiceStatus } from './service.ts';

const UP: ServiceStatus = { service: 'broker', id: 'broker', status: 'up', since: 1, version: '1.0.0' };
const DISK = { id: 'disk-space', text: 'the disk is 90 % full' };

test.each<[name: string, status: ServiceStatus]>([
  ['one that says nothing of problems', UP],
  ['one without a problem', { ...UP, problems: [] }],
  [
    'one with problems',
    {
      ...UP,
      problems: [
        { ...DISK, priority: 'critical' },
        { ...DISK, id: 'x' },
      ],
    },
  ],
  ['one that is away', { ...UP, status: 'restarting', detail: 'ended with exit code 1' }],
  ['the largest', { ...UP, problems: Array.from({ length: PROBLEMS_MAX }, (_, i) => ({ ...DISK, id: `p${i}` })) }],
])('parseServiceStatus() gives %s back as it was', (_, status) => {
  expect(parseServiceStatus(JSON.parse(JSON.stringify(status)))).toEqual(status);
});

const problems = (...list: unknown[]) => ({ ...UP, problems: list });

test.each<[json: unknown, sentence: string]>([
  [null, 'a status is a JSON object'],
  [[UP], 'a status is a JSON object'],
  [{ ...UP, service: 'a/b' }, "'service' must be a name"],
  [{ ...UP, id: '' }, "'id' must be a name"],
  [{ ...UP, status: 'gone' }, "'status' must be one of up, down, restarting"],
  [{ ...UP, since: Number.MAX_VALUE }, "'since' must be a moment"],
  [{ ...UP, version: 1 }, "'version' must be a text"],
  [{ ...UP, detail: {} }, "'detail' must be a text"],
  [{ ...UP, problems: { length: 1 } }, "'problems' must be a list of at most 32 problems"],
  [problems(...Array(PROBLEMS_MAX + 1).fill(DISK)), "'problems' must be a list of at most 32 problems"],
  [problems(DISK, DISK), "the problem 'disk-space' is there twice"],
  [problems('disk'), 'a problem is a JSON object'],
  [problems({ ...DISK, id: 'a.b' }), "a problem's 'id' must be"],
  [problems({ ...DISK, id: '__proto__' }), "a problem's 'id' must be"],
  [problems({ ...DISK, id: 'a-' }), "a problem's 'id' must be"],
  [problems({ ...DISK, id: 'a'.repeat(33) }), "a problem's 'id' must be"],
  [problems({ ...DISK, text: ' ' }), "the problem 'disk-space' must say in 1 to 500 characters"],
  [problems({ ...DISK, text: 'x'.repeat(501) }), "the problem 'disk-space' must say in 1 to 500 characters"],
  [problems({ ...DISK, priority: 'toString' }), "the priority of the problem 'disk-space' must be one of critical"],
])('parseServiceStatus() says what is wrong with %j', (json, sentence) => {
  expect(parseServiceStatus(json)).toContain(sentence);
});

test('parseServiceStatus() takes no key for more than it is, and nothing that it does not know', () => {
  const hostile =
    '{"__proto__":{"problems":[]},"constructor":7,"problems":[{"__proto__":{"x":1},"id":"constructor","text":"t","toString":1}]}';
  const parsed = parseServiceStatus({ ...JSON.parse(hostile), ...UP });
  expect(parsed).toEqual({ ...UP, problems: [{ id: 'constructor', text: 't' }] });
  expect(Object.hasOwn(Object.prototype, 'problems')).toBe(false);
});

test('plainText() keeps a text on one line and within its bound', () => {
  expect(plainText('a\u001b[2J\r\nb\u2028c')).toBe('a [2J b c');
  expect(plainText(`${'x'.repeat(499)}😀`)).toBe(`${'x'.repeat(499)}\ufffd`);
});
