// The password of a new login: asked for at a terminal, read from stdin where a program says it, else made. The only other
// file that imports @clack/prompts: what is typed here must not be seen.

import { randomBytes } from 'node:crypto';
import { text as readText } from 'node:stream/consumers';
import { isCancel, password as prompt } from '@clack/prompts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { refusal } from './access-command.ts';

/** NIST SP 800-63B asks for 8 at least where there is a second factor, and for 15 without one or a limit on tries. */
const LENGTH_MIN = 10;
/** argon2 reads all of it, and so does a login form. */
const LENGTH_MAX = 1_024;

export type WantedPassword = {
  readonly password: string;
  /** Nobody knows it yet: it is to be shown, once. */
  readonly isMade: boolean;
};

export type PasswordSource = {
  readonly hasPerson: () => boolean;
  /** undefined where the person gave up; empty where one is to be made. */
  readonly ask: (name: string) => Promise<string | undefined>;
  readonly readInput: () => Promise<string>;
};

export const terminalPasswords: PasswordSource = {
  hasPerson: () => process.stdin.isTTY === true && process.stderr.isTTY === true,
  ask: askTwice,
  readInput: () => readText(process.stdin),
};

/** @throws StartError where there is none, or it is no good */
export async function wantedPassword(
  name: string,
  fromStdin: boolean,
  source: PasswordSource,
): Promise<WantedPassword> {
  if (fromStdin) {
    const password = (await source.readInput()).replace(/\r?\n$/, '');
    const problem = passwordProblem(password, name);
    if (problem !== undefined) throw refusal(`the password on stdin ${problem}`);
    return { password, isMade: false };
  }
  const asked = source.hasPerson() ? await source.ask(name) : '';
  if (asked === undefined) throw new StartError('nothing was changed', EXIT.interrupted);
  if (asked === '') return { password: makePassword(), isMade: true };
  return { password: asked, isMade: false };
}

/** 18 random bytes, as every secret of ours. */
export function makePassword(): string {
  return randomBytes(18).toString('base64url');
}

export function passwordProblem(password: string, name: string): string | undefined {
  if (password.length < LENGTH_MIN) return `has ${password.length} characters; it takes at least ${LENGTH_MIN}`;
  if (password.length > LENGTH_MAX) return `is longer than ${LENGTH_MAX} characters`;
  if (/[\r\n]/.test(password)) return 'has more than one line';
  return password.toLowerCase().includes(name.toLowerCase()) && password.length < name.length + LENGTH_MIN
    ? 'is hardly more than the name'
    : undefined;
}

async function askTwice(name: string): Promise<string | undefined> {
  const hidden = (message: string, validate: (value: string | undefined) => string | undefined) =>
    prompt({ message, validate, output: process.stderr });
  const first = await hidden(`Password of ${name} (empty: one is made)`, (value = '') => {
    const problem = value === '' ? undefined : passwordProblem(value, name);
    return problem === undefined ? undefined : `It ${problem}`;
  });
  if (isCancel(first)) return undefined;
  if (first === undefined || first === '') return '';
  const again = await hidden('The same again', (value) => (value === first ? undefined : 'It is another one'));
  return isCancel(again) ? undefined : first;
}
