import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Answer } from './api.ts';

const answers = vi.hoisted(() => new Map<string, Answer<unknown>>());
vi.mock('./api.ts', () => ({
  call: async (_: string, path: string) => answers.get(path) ?? { ok: false, status: 0, why: 'gone' },
}));
vi.mock('./live.ts', async () => {
  const { signal } = await import('@preact/signals');
  return { closeLive: () => undefined, openLive: () => undefined, plant: signal(null) };
});

let session: typeof import('./session.ts');
const forget = vi.fn();

beforeEach(async () => {
  vi.resetModules();
  answers.clear();
  session = await import('./session.ts');
  (await import('./personal.ts')).forgetWithPerson(forget);
  await logInAs('olaf');
  forget.mockClear();
});
afterEach(() => void vi.restoreAllMocks());

async function logInAs(user: string): Promise<void> {
  answers.set('api/login', { ok: true, body: { user, role: 'operator' } });
  await session.logIn(user, 'secret');
}

it('says so when logging out has failed, and shows no login form over a session that lives', async () => {
  answers.set('api/logout', { ok: false, status: 503, why: 'Busy.' });
  await session.logOut();
  expect([session.session.value.is, session.logoutProblem.value]).toEqual(['in', 'Busy.']);
  expect(forget).not.toHaveBeenCalled();
  answers.set('api/logout', { ok: true, body: null });
  await session.logOut();
  expect([session.session.value.is, session.logoutProblem.value]).toEqual(['out', null]);
  expect(forget).toHaveBeenCalledOnce();
});

it('is out where the server knows of no session any more', async () => {
  answers.set('api/logout', { ok: false, status: 401, why: 'Log in.' });
  await session.logOut();
  expect(session.session.value.is).toBe('out');
});

it('keeps the work of whose session has run out for that person, and for nobody else', async () => {
  answers.set('api/session', { ok: false, status: 401, why: 'Log in.' });
  await session.resumeSession();
  expect(session.session.value.is).toBe('out');
  await logInAs('olaf');
  expect(forget).not.toHaveBeenCalled();
  await session.resumeSession();
  await logInAs('eva');
  expect(forget).toHaveBeenCalledOnce();
});
