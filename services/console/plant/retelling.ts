// What was retained is told again with each new session at the broker, but not what was taken away while nobody listened: of
// that there is no message. So whatever was known and is not told again is gone.

const RETAINED_KINDS = ['alarm', 'device', 'service', 'command', 'state', 'gaps'] as const;
export type RetainedKind = (typeof RETAINED_KINDS)[number];

export class Retelling {
  readonly #awaited = new Map<RetainedKind, Set<string>>();

  /** These are known, and to be told again. */
  begin(known: Readonly<Record<RetainedKind, Iterable<string>>>): void {
    for (const kind of RETAINED_KINDS) this.#awaited.set(kind, new Set(known[kind]));
  }

  told(kind: RetainedKind, key: string): void {
    this.#awaited.get(kind)?.delete(key);
  }

  /** What was not told again. */
  end(kind: RetainedKind): string[] {
    const gone = [...(this.#awaited.get(kind) ?? [])];
    this.#awaited.delete(kind);
    return gone;
  }
}
