// What programs that are not ours log in with, and what our services log in with at a store: one folder for each that is given
// it, so that nobody is given another's. At a store everybody has the token of the user of that name, which InfluxDB takes for
// a password, and the historian knows by itself; who has no such token gets a password that is made once.

import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeToken } from '#runtime/access/token.ts';
import { makeDurableFolder } from '#runtime/durable-folder.ts';
import { StartError } from '#runtime/start-error.ts';
import { makePassword } from '../access/wanted-password.ts';

/** Sees everything, and nothing more: as a person, for a service sees what it needs. */
export const GRAFANA_USER = 'grafana';

const STORE_USERS = ['writer', 'console', GRAFANA_USER] as const;

/** The owner, and the group, which a program of another user is given for this. */
const MODE = 0o440;

export type SharedLogin = {
  readonly file: string;
  /** Of whom it is the token; undefined for a password that is made where there is none. */
  readonly tokenOf: string | undefined;
};

/** Files below the folder of logins. */
export const SHARED_LOGINS: readonly SharedLogin[] = [
  ...STORE_USERS.map((name) => ({ file: `${name}/store-password`, tokenOf: name })),
  ...STORE_USERS.map((name) => ({ file: `influxdb/${name}-password`, tokenOf: name })),
  { file: 'influxdb/admin-password', tokenOf: undefined },
  { file: 'influxdb/admin-token', tokenOf: undefined },
  { file: 'grafana/admin-password', tokenOf: undefined },
];

export type SharedLoginParts = {
  readonly folder: string;
  readonly tokenKey: string;
  /** Of a user's token; 1 where nobody says otherwise. */
  readonly serialOf: (name: string) => number;
};

/**
 * Gives the files that are new or another than before.
 * @throws StartError where one can be neither read nor written
 */
export function writeSharedLogins({ folder, tokenKey, serialOf }: SharedLoginParts): string[] {
  return SHARED_LOGINS.flatMap(({ file, tokenOf }) => {
    const target = path.join(folder, file);
    try {
      const before = readIfThere(target);
      const wanted =
        tokenOf === undefined
          ? (before ?? makePassword())
          : makeToken(tokenKey, { kind: 'user', name: tokenOf, serial: serialOf(tokenOf) });
      if (wanted === before) return [];
      write(target, wanted);
      return [target];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new StartError(
        `${target} can be neither read nor written (${code}); give its folder to who runs this (chown)`,
      );
    }
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Without a line feed, which not every reader takes away; and whole or not at all. */
function write(file: string, text: string): void {
  makeDurableFolder(path.dirname(file));
  const draft = `${file}.draft`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  chmodSync(draft, MODE); // what the umask would have taken
  renameSync(draft, file);
}
