// The operation that somebody is asked about: to which alarms, with which comment, for how long.

import { signal } from '@preact/signals';
import type { AlarmOperationName } from '#domain/alarm.ts';
import type { AlarmView } from '../../api/live.ts';

export type Asked = { readonly op: AlarmOperationName; readonly ids: readonly string[] };

export const asked = signal<Asked | null>(null);

export function ask(op: AlarmOperationName, targets: readonly AlarmView[]): void {
  asked.value = { op, ids: targets.map(({ id }) => id) };
}
