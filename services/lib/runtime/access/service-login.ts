// How a program of ours logs in at the broker and at the store: as the settings say; else, where the broker is the embedded one
// or another that was given our users (`penstock broker export`), by its own token, which it makes from the key in the data
// folder.

import type { ServiceUser } from '#domain/access/identity.ts';
import { readOrCreateSecret, readSecretIfOurs } from '../secrets.ts';
import type { BrokerConfig, StoreConfig } from '../sections.ts';
import { accessFolder, serialOfUser } from './access-files.ts';
import { makeToken } from './token.ts';

export type Login = { readonly username?: string | undefined; readonly password?: string | undefined };

type Settings = { readonly root: { readonly data: string }; readonly broker: BrokerConfig };

/**
 * For a service, and for what starts and simulates them. The key is made where it is not there.
 * @throws StartError where it can be neither read nor made
 */
export function serviceLogin({ root, broker }: Settings, user: ServiceUser): Login {
  return (
    settingsLogin(broker) ?? {
      username: user,
      password: tokenOf(root.data, user, readOrCreateSecret(root.data, 'token-key').value),
    }
  );
}

/** For a command of the command line: without the key, which it neither makes nor asks for, it comes without a login. */
export function commandLogin({ root, broker }: Settings, user: ServiceUser): Login {
  const own = settingsLogin(broker);
  const key = own === undefined ? readSecretIfOurs(root.data, 'token-key') : undefined;
  return own ?? (key === undefined ? {} : { username: user, password: tokenOf(root.data, user, key) });
}

type StoreSettings = {
  readonly root: { readonly data: string };
  readonly store: StoreConfig;
  readonly historian: { readonly auth: boolean };
};

/** As the settings say; else by the token, where the store is our own historian and asks for a login. */
export function storeLogin({ root, store, historian }: StoreSettings, user: ServiceUser): Login {
  const { url, username, password } = store;
  const hasOwn = username !== undefined || password !== undefined;
  if (hasOwn || url !== undefined || !historian.auth) return { username, password };
  const key = readSecretIfOurs(root.data, 'token-key');
  return key === undefined ? {} : { username: user, password: tokenOf(root.data, user, key) };
}

/** undefined where the token is the login. */
function settingsLogin({ url, username, password, tokens }: BrokerConfig): Login | undefined {
  if (username !== undefined || password !== undefined) return { username, password };
  return url !== undefined && !tokens ? {} : undefined;
}

function tokenOf(dataDir: string, name: ServiceUser, key: string): string {
  return makeToken(key, { kind: 'user', name, serial: serialOfUser(accessFolder(dataDir), name) });
}
