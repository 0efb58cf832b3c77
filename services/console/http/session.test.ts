import { expect, test } from 'vitest';
import { TestAccess } from '../testing.ts';
import { Sessions } from './session.ts';

function openSessions() {
  const clock = { now: 1_000 };
  const access = new TestAccess({ 'anna.b': 'operator' });
  const sessions = new Sessions({ access, key: 'k', lifeMs: 60_000, now: () => clock.now });
  const open = () => sessions.open({ kind: 'person', name: 'anna.b', role: 'operator' });
  return { clock, access, sessions, open };
}

test('format() and parse() keep a session until it ends', () => {
  const { clock, sessions, open } = openSessions();
  const session = open();
  expect(sessions.parse(sessions.format(session))).toEqual(session);
  clock.now += 60_000;
  expect(sessions.parse(sessions.format(session))).toBeUndefined();
});

test.each([
  '',
  'anna.b~99999',
  'anna.b~99999~',
  'root~99999~a~b',
  'anna.b~x~a~b',
  'anna.b~99999~a~b',
  '__proto__~9~a~b',
  '~~~~~',
])('%j is no session', (text) => {
  expect(openSessions().sessions.parse(text)).toBeUndefined();
});

test('of more logouts than are kept, none becomes a login again', () => {
  const { clock, sessions, open } = openSessions();
  const first = open();
  sessions.close(first);
  clock.now += 1;
  for (let n = 0; n < 20_000; n++) sessions.close({ ...first, expiresAt: clock.now + 60_000, id: String(n) });
  expect(sessions.isOver(first)).toBe(true);
  expect(sessions.isOver(open())).toBe(false);
});

test.each<[string, (access: TestAccess) => void]>([
  ['the role changes', (access) => access.people.set('anna.b', 'admin')],
  ['the user goes', (access) => access.people.delete('anna.b')],
])('a session ends when %s', (_, change) => {
  const { access, sessions, open } = openSessions();
  const session = open();
  const text = sessions.format(session);
  change(access);
  expect([sessions.isOver(session), sessions.parse(text)]).toEqual([true, undefined]);
  access.people.set('anna.b', 'operator');
  expect(sessions.parse(text)).toEqual(session);
});

test('a login of another console of the same key and people goes on', () => {
  const { sessions, open } = openSessions();
  const text = sessions.format(open());
  expect(openSessions().sessions.parse(text)).toMatchObject({ user: 'anna.b', role: 'operator' });
});
