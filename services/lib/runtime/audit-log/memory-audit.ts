// The audit journal without a disk, for tests of what must be written down before it happens.

import type { Audit, AuditEvent } from './audit.ts';

export class MemoryAudit implements Audit {
  /** Everything that was said, oldest first. */
  readonly events: AuditEvent[] = [];
  #held: PromiseWithResolvers<void> | undefined;

  /** Nothing is on disk until release(). */
  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async append(event: AuditEvent): Promise<void> {
    this.events.push(event);
    await this.#held?.promise;
  }
}
