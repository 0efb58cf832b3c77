// Who may do what to an alarm, to a device, to rules, and to what was refused: the one table that the rules service decides by, the console's API lets
// through by, and the page offers by.

import type { AlarmOperationName, Role } from '../alarm.ts';

/** From the least on; an engineer may do what an operator may. */
export const OPERATION_ROLES: { readonly [op in AlarmOperationName]: readonly Role[] } = {
  ack: ['operator', 'engineer', 'admin'],
  shelve: ['operator', 'engineer', 'admin'],
  unshelve: ['operator', 'engineer', 'admin'],
  reset: ['operator', 'engineer', 'admin'],
  approve: ['operator', 'engineer', 'admin'],
  oos: ['engineer', 'admin'],
  'in-service': ['engineer', 'admin'],
};

/** Who may send commands to devices. */
export const COMMAND_ROLES: readonly [least: Role, ...others: Role[]] = ['operator', 'engineer', 'admin'];

export function mayCommand(role: Role): boolean {
  return COMMAND_ROLES.includes(role);
}

/** Who may send refused messages again: engineers, who mend what was wrong with them. */
export const REPLAY_ROLES: readonly [least: Role, ...others: Role[]] = ['engineer', 'admin'];

export function mayReplay(role: Role): boolean {
  return REPLAY_ROLES.includes(role);
}

export function mayOperate(role: Role, op: AlarmOperationName): boolean {
  return OPERATION_ROLES[op].includes(role);
}

/** Who may try rules on the past, and save them. */
export const RULE_ROLES: readonly [least: Role, ...others: Role[]] = ['engineer', 'admin'];

export function mayEditRules(role: Role): boolean {
  return RULE_ROLES.includes(role);
}

/** Who may see and write what a device is to do: it may hold secrets. As the broker has it (policy.ts). */
export const DESIRED_ROLES: readonly [least: Role, ...others: Role[]] = ['engineer', 'admin'];

export function mayDesire(role: Role): boolean {
  return DESIRED_ROLES.includes(role);
}
