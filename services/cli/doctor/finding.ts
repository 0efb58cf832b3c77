// What a check of the doctor gives, and what it gets.

import type { Cli } from '../cli.ts';
import type { AllSettings } from '../settings.ts';

export type Finding = {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it; wherever the status is not ok. */
  readonly fix?: string;
  /** A service that is needed does not answer. */
  readonly isUnreachable?: boolean;
};

export type Patient = {
  readonly config: AllSettings;
  readonly nodeVersion: string;
  readonly cli: Pick<Cli, 'now' | 'sleep'>;
};

export type Check = (patient: Patient) => Promise<readonly Finding[]>;

export function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail };
}
