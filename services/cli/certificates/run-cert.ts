// What every `penstock cert` has in common: settings, the store, one at a time, and refusals in words.

import { EXIT, StartError } from '#runtime/start-error.ts';
import type { Call, Cli } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { readSettings } from '../settings.ts';
import { CertificateStore } from './certificate-store.ts';

type Work = {
  /** What is wrong with the words of the call. */
  readonly problems?: readonly string[];
  readonly act: (store: CertificateStore) => Promise<number>;
};

/** Gives the exit code. */
export async function runCert({ settings }: Call, cli: Cli, { problems = [], act }: Work): Promise<number> {
  const loaded = readSettings(settings, cli);
  if (typeof loaded === 'number') return loaded;
  if (problems.length > 0) return refuse(problems, EXIT.usage, cli);
  try {
    const store = new CertificateStore(loaded.config.root.data);
    using _lock = store.lock();
    return await act(store);
  } catch (error) {
    if (error instanceof StartError) return refuse([error.message], error.exitCode, cli);
    throw error;
  }
}

/** The words of a flag that may be given several times, or with several. */
export function listOf(option: unknown): readonly string[] {
  return Array.isArray(option) ? option : [];
}
