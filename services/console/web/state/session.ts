// Who is logged in. The cookie itself is the browser's; a script cannot read it.

import { signal } from '@preact/signals';
import { mayEditRules, mayOperate, mayReplay } from '#domain/access/operation-rights.ts';
import type { AlarmOperationName, Role } from '#domain/alarm.ts';
import type { LoginView, SessionView } from '../../api/http.ts';
import { call } from './api.ts';
import { closeLive, openLive, plant } from './live.ts';
import { forgetPerson } from './personal.ts';
import { EMPTY_PLANT } from './plant-state.ts';

export type SessionState =
  | { readonly is: 'unknown' }
  | { readonly is: 'out'; readonly why: string | null }
  | { readonly is: 'in'; readonly user: string; readonly role: Role };

const RETRY_MS = 2_000;

export const session = signal<SessionState>({ is: 'unknown' });
/** Whether anybody can log in at all; asked for whenever the form is shown. */
export const people = signal<LoginView['people']>('there');

/** Why somebody who wanted to leave is still logged in. */
export const logoutProblem = signal<string | null>(null);
/** Whose work the page holds. */
let lastUser: string | null = null;

/** Whether the page offers it to who is logged in; the server decides all the same. */
export function mayDo(op: AlarmOperationName): boolean {
  return session.value.is === 'in' && mayOperate(session.value.role, op);
}

export function mayReplayNow(): boolean {
  return session.value.is === 'in' && mayReplay(session.value.role);
}

export function mayEditRulesNow(): boolean {
  return session.value.is === 'in' && mayEditRules(session.value.role);
}

/** After a reload, or when the stream was refused: are we still logged in? */
export async function resumeSession(): Promise<void> {
  const answer = await call<SessionView>('GET', 'api/session');
  if (answer.ok) enter(answer.body);
  else if (answer.status === 401) leave(null);
  else if (session.value.is === 'unknown') leave(answer.why);
  else setTimeout(() => void resumeSession(), RETRY_MS);
}

export async function logIn(user: string, password: string): Promise<void> {
  const answer = await call<SessionView>('POST', 'api/login', { user, password });
  if (answer.ok) enter(answer.body);
  else leave(answer.why);
}

export async function logOut(): Promise<void> {
  const answer = await call('POST', 'api/logout');
  if (!answer.ok && answer.status !== 401) {
    logoutProblem.value = answer.why;
    return;
  }
  forgetPerson();
  leave(null);
}

function enter({ user, role }: SessionView): void {
  // A session that ran out takes no work from its own person, who logs in again; and shows it to nobody else.
  if (user !== lastUser) forgetPerson();
  lastUser = user;
  session.value = { is: 'in', user, role };
  openLive(() => void resumeSession());
}

function leave(why: string | null): void {
  closeLive();
  logoutProblem.value = null;
  plant.value = EMPTY_PLANT;
  session.value = { is: 'out', why };
  void call<LoginView>('GET', 'api/login').then((answer) => {
    if (answer.ok) people.value = answer.body.people;
  });
}
