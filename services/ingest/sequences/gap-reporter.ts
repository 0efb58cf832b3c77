// Tells the plant which devices have gaps, on `device/v1/…/gaps`, and takes the report away when the last gap is filled. A
// hole is a gap only after it has stayed open for a while: disorder and a message that is still under way are none. One
// round at a time, and a bounded one: while the broker owes us answers, what changes waits in the table, each device once.

import type { GapReport } from '#domain/gaps.ts';
import type { DeviceSequences } from './device-sequences.ts';
import { sizeOf } from './ranges.ts';
import type { Sequences } from './sequences.ts';

/** How long a record may be late before it is missing: well over a reconnect of ingest, or the pause of a busy device. */
export const SETTLE_MS = 5_000;
/** Devices looked at in a round. A plant has few with gaps; a flood of invented ones takes turns. */
const ROUND_MAX = 1_000;
/** Retained reports at one time. Past it gaps are counted and not told, or invented devices would fill the broker. */
const REPORTS_MAX = 10_000;

export type GapReporterParts = {
  readonly sequences: Sequences;
  /** Retains the report of a device (`site/area/device`); null takes it away. Resolves when the broker has it. */
  readonly publish: (device: string, report: GapReport | null) => Promise<void>;
  /** Gaps are told for so long. */
  readonly keepMs: number;
  readonly reportsMax?: number;
};

export class GapReporter {
  /** Records found missing since the start. */
  missed = 0;
  readonly #parts: GapReporterParts;
  readonly #reportsMax: number;
  readonly #reported = new Set<string>();
  #isPublishing = false;

  constructor(parts: GapReporterParts) {
    this.#parts = parts;
    this.#reportsMax = parts.reportsMax ?? REPORTS_MAX;
    for (const entry of parts.sequences.watched.values()) if (entry.isReported) this.#reported.add(entry.device);
  }

  /** Devices whose report stands, or is to be taken away. */
  get reports(): number {
    return this.#reported.size;
  }

  /** Records of the device that are missing. */
  missedOf(device: string): number {
    const entry = this.#parts.sequences.watched.get(device);
    return entry === undefined ? 0 : (reportOf(entry)?.missed ?? 0);
  }

  /** Resolves when the broker has the round; at once where the one before is still under way. */
  async run(now: number): Promise<void> {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    try {
      await Promise.all(this.#takeRound(now).map((entry) => this.#tell(entry)));
    } catch {
      // Only a closing bus refuses; our next life tells it anew.
    } finally {
      this.#isPublishing = false;
    }
  }

  /** Settles the next devices in turn. @returns those whose report is not what the broker has */
  #takeRound(now: number): DeviceSequences[] {
    const { watched } = this.#parts.sequences;
    const due: DeviceSequences[] = [];
    const turn = [...watched.values().take(ROUND_MAX)];
    for (const entry of turn) {
      this.#settle(entry, now);
      // Back at the end, so that all have their turn.
      watched.delete(entry.device);
      if (entry.hasHoles || entry.isReported) watched.set(entry.device, entry);
      if (!this.#isDue(entry)) continue;
      due.push(entry);
      this.#reported.add(entry.device);
    }
    return due;
  }

  #settle(entry: DeviceSequences, now: number): void {
    const { sequences, keepMs } = this.#parts;
    // The distance, not the difference: after a clock that stepped back nothing must stand still until it caught up.
    const isPast = (ms: number) => (since: number) => Math.abs(now - since) >= ms;
    const missed = entry.settle(isPast(SETTLE_MS));
    const isForgotten = sequences.change(entry, () => entry.forgetOld(isPast(keepMs)));
    this.missed += missed;
    if (missed > 0 || isForgotten) sequences.changed(entry);
  }

  #isDue(entry: DeviceSequences): boolean {
    if (entry.toldVersion === entry.version) return false;
    return entry.isReported || (this.#reported.size < this.#reportsMax && reportOf(entry) !== null);
  }

  async #tell(entry: DeviceSequences): Promise<void> {
    const { sequences, publish } = this.#parts;
    const { version } = entry;
    const report = reportOf(entry);
    // Before the broker may have it: whoever finds this written down and no gap knows that a report is to be taken away.
    if (report !== null) entry.isReported = true;
    await publish(entry.device, report);
    entry.toldVersion = version;
    if (report === null) {
      entry.isReported = false;
      this.#reported.delete(entry.device);
    }
    sequences.changed(entry);
  }
}

/** null where there is nothing to report. */
export function reportOf({ device, boots }: DeviceSequences): GapReport | null {
  const [site = '', area = '', name = ''] = device.split('/');
  const gaps = boots.flatMap(({ boot, missing }) =>
    missing.filter(({ isGap }) => isGap).map(({ from, to, since }) => ({ boot, from, to, since })),
  );
  const forgotten = boots.map(({ unlisted }) => unlisted).filter(({ count }) => count > 0);
  if (gaps.length === 0 && forgotten.length === 0) return null;
  const sum = (counts: readonly number[]) =>
    Math.min(
      Number.MAX_SAFE_INTEGER,
      counts.reduce((a, b) => a + b, 0),
    );
  const unlisted = sum(forgotten.map(({ count }) => count));
  const since =
    gaps.length > 0 ? Math.min(...gaps.map((gap) => gap.since)) : Math.max(...forgotten.map((each) => each.since));
  return { site, area, device: name, missed: sum([...gaps.map(sizeOf), unlisted]), since, gaps, unlisted };
}
