// A store for tests, on a disk that exists in memory only and can lose its power.

import { silentLog } from '#runtime/log.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import { openStore, type Store, type StoreOptions } from './store.ts';

export const FOLDER = '/data/broker';

/** What must not happen in a test that does not expect it, throws. */
export function openTestStore(options: Partial<StoreOptions> = {}): Promise<Store> {
  const unexpected = (what: unknown) => {
    throw new Error(`unexpected: ${JSON.stringify(what)}`);
  };
  return openStore({
    folder: FOLDER,
    files: new PowerCutFiles(),
    clients: { messages: 100_000, bytes: 64 * 1024 * 1024, ageMs: 86_400_000 },
    services: { messages: 100_000, bytes: 64 * 1024 * 1024 },
    payloadBytesMax: 1024 * 1024,
    segmentBytesMax: 64 * 1024,
    log: silentLog(),
    elapsedMs: () => 0,
    onDropped: unexpected,
    onDamage: (damage) => {
      if (damage.kind === 'damaged') unexpected(damage);
    },
    onFatal: unexpected,
    ...options,
  });
}
