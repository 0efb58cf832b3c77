// How far alarms had counted that are no more. Where one comes again (a device back in its group, a rule restored) it counts
// on: a correlation id that came twice would be answered by the device from memory, and a receiver would drop its alarm.

import type { Instance } from './instance.ts';
import type { Ledger } from './ledger.ts';
import { type RetiredRow, rowKeys } from './snapshot.ts';

/** Some hundred bytes each. Past it the oldest is forgotten: a device remembers sixteen commands, not so many. */
const RETIRED_MAX = 10_000;

export class Retired {
  readonly #ledger: Ledger;
  readonly #byKey: Map<string, RetiredRow>;

  constructor(ledger: Ledger, saved: Map<string, RetiredRow>) {
    this.#ledger = ledger;
    this.#byKey = saved;
  }

  note({ key, state: { episode, seq } }: Instance): void {
    if (seq === 0) return;
    if (this.#byKey.size >= RETIRED_MAX) this.#forgetOldest();
    this.#byKey.set(key, { episode, seq });
    this.#ledger.put({ key: rowKeys.retired(key), value: JSON.stringify({ episode, seq }) });
  }

  /** Lets a new instance count on where the one of its name ended. */
  recall({ key, state }: Instance): void {
    const row = this.#byKey.get(key);
    if (row === undefined) return;
    Object.assign(state, row);
    this.#forget(key);
  }

  /** A batch of them at once: what was deleted from its beginning is walked over each time that a map is asked for its first. */
  #forgetOldest(): void {
    const oldest = [...this.#byKey.keys().take(RETIRED_MAX / 10)];
    for (const key of oldest) this.#forget(key);
  }

  #forget(key: string): void {
    this.#byKey.delete(key);
    this.#ledger.put({ key: rowKeys.retired(key), value: null });
  }
}
