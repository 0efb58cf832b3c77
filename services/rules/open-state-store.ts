// The state store as the process opens it: where it cannot be read, a person hears what to do.

import { isDiskFull } from '#runtime/disk-full.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { StateStore } from './state-store.ts';
/** @throws StartError */
export function openStateStore(file: string): StateStore {
  try {
    return new StateStore(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    // Not a matter of settings: it is started again until there is room.
    if (isDiskFull(error)) throw new StartError(`the disk of ${file} is full; make room on it`, EXIT.unavailable);
    throw new StartError(
      `cannot read the state of the alarms in ${file}: ${why}; put back a copy of it, or move it away: every alarm then starts anew`,
    );
  }
}
