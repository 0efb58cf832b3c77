import { ROLES } from '#domain/alarm.ts';
import { session } from '../state/session.ts';

/** Whether the page offers to change rules to who is logged in; the server decides all the same. */
export function mayEdit(): boolean {
  const state = session.value;
  return state.is === 'in' && ROLES.indexOf(state.role) >= ROLES.indexOf('engineer');
}
