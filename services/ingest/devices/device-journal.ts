// Which of the devices' views go into their journal: what is news at once, what merely goes on (how many messages, when it was last
// heard) once in a while.

import type { DeviceView } from '#domain/device.ts';
import { DEVICE_STATE_EVERY_MS, encodeDeviceState } from '#domain/device-journal.ts';
import { shardOf } from '#domain/shard.ts';
import { deviceKey } from '#domain/topic.ts';

/** Lines of a message: a line has at most some 1,200 bytes, and a broker takes 256 kB. */
const LINES_MAX = 200;

export type DeviceJournalParts = {
  /** Records of a device (`site/area/device`) that never came. */
  readonly missedOf: (device: string) => number;
  /** Devices that are remembered; past it all are told anew. */
  readonly devicesMax: number;
};

type Told = { readonly at: number; readonly news: string };

export class DeviceJournal {
  readonly #parts: DeviceJournalParts;
  readonly #told = new Map<string, Told>();

  constructor(parts: DeviceJournalParts) {
    this.#parts = parts;
  }

  /** Lines that are due, as messages of the shard that they travel in. */
  take(views: readonly DeviceView[], now: number): { readonly shard: number; readonly lines: readonly string[] }[] {
    const messages: { shard: number; lines: string[] }[] = [];
    const open = new Map<number, string[]>();
    for (const view of views) {
      const key = deviceKey(view);
      const missed = this.#parts.missedOf(key);
      const news = newsOf(view, missed);
      const told = this.#told.get(key);
      if (told !== undefined && told.news === news && Math.abs(now - told.at) < DEVICE_STATE_EVERY_MS) continue;
      if (told === undefined && this.#told.size >= this.#parts.devicesMax) this.#told.clear();
      this.#told.set(key, { at: now, news });
      const shard = shardOf(view.site, view.area);
      let lines = open.get(shard);
      if (lines === undefined || lines.length === LINES_MAX) {
        lines = [];
        open.set(shard, lines);
        messages.push({ shard, lines });
      }
      lines.push(encodeDeviceState(view, missed, now));
    }
    return messages;
  }
}

/** What a person would want to know at once. */
function newsOf(view: DeviceView, missed: number): string {
  const { online, model, role, firmware, resetCause, contradictions, lastError } = view;
  return JSON.stringify([online, model, role, firmware, resetCause, contradictions.length, lastError?.reason, missed]);
}
