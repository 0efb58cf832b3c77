import { expect, test } from 'vitest';
import { type Session, Sessions } from './session.ts';

function openSessions() {
  const clock = { now: 1_000 };
  const sessions = new Sessions({ password: 'p', sessionKey: 'k' }, 60_000, () => clock.now);
  const open = (): Session => {
    const session = sessions.open({ user: 'operator', password: 'p' });
    if (session === undefined) throw new Error('not let in');
    return session;
  };
  return { clock, sessions, open };
}

test('format() and parse() keep a session until it ends', () => {
  const { clock, sessions, open } = openSessions();
  const session = open();
  expect(sessions.parse(sessions.format(session))).toEqual(session);
  clock.now += 60_000;
  expect(sessions.parse(sessions.format(session))).toBeUndefined();
});

test.each(['', 'operator.99999', 'operator.99999.', 'root.99999.a', 'operator.x.a'])('%j is no session', (text) => {
  expect(openSessions().sessions.parse(text)).toBeUndefined();
});

test('of more logouts than are kept, none becomes a login again', () => {
  const { clock, sessions, open } = openSessions();
  const first = open();
  sessions.close(first);
  clock.now += 1;
  for (let n = 0; n < 20_000; n++) sessions.close({ user: 'operator', expiresAt: clock.now + 60_000, id: String(n) });
  expect(sessions.isOver(first)).toBe(true);
  expect(sessions.isOver(open())).toBe(false);
});
