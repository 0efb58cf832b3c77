// The store as the console reads it: an InfluxDB elsewhere, or the historian beside it, with whatever login it has for that.

import { storeLogin } from '#runtime/access/service-login.ts';
import { storeUrl } from '#runtime/sections.ts';
import { type InfluxOptions, openInflux, type Store } from './influx.ts';

export type OpenStore = {
  readonly store: Store;
  readonly database: string;
  /** For whoever reads it by a connection of his own. */
  readonly address: InfluxOptions;
};

type Settings = Parameters<typeof storeLogin>[0] & {
  readonly historian: Parameters<typeof storeUrl>[1];
};

export function openStore(settings: Settings): OpenStore {
  const { store, historian } = settings;
  const address = { ...store, ...storeLogin(settings, 'console'), url: storeUrl(store, historian) };
  return { store: openInflux(address), database: store.database, address };
}
