// Who was told what of which alarm, last. It makes a notice that comes twice be told once, lets only those hear of an end
// who heard of the beginning, and knows what to tell again. It must outlive the process: the service stores every record
// that is given to `keep` and gives all of them back at the start. Without that, an end would be lost over a restart.

import type { Notice } from '#rules/engine/inputs.ts';
import type { Terms } from './call.ts';
import { phaseOf } from './notice-phase.ts';

/** Plain data. */
export type Told = {
  readonly address: string;
  readonly notice: Notice;
  readonly terms: Terms;
  /** ms since the epoch. */
  readonly at: number;
};

export type ToldStore = {
  /** Replaces the record of the same address and alarm. */
  readonly keep: (key: string, record: Told) => void;
  readonly forget: (key: string) => void;
};

/** What is over is kept for a while, for a notice that comes again after a crash. */
const OVER_MS_MAX = 3_600_000;
/** Some 50 MB. Beyond it the oldest are forgotten: at worst an end is not told. */
const RECORDS_MAX = 50_000;

export class ToldLog {
  readonly #store: ToldStore;
  readonly #records = new Map<string, Told>();
  readonly #byAlarm = new Map<string, Set<string>>();
  /** Keys of records that wait to be told again. */
  readonly #open = new Set<string>();
  /** By alarm: up to this number nothing calls any more, though it may still be on its way. */
  readonly #quietSeq = new Map<string, number>();
  #forgotten = 0;

  constructor(store: ToldStore, records: Iterable<Told>) {
    this.#store = store;
    for (const record of records) this.#put(keyOf(record.address, record.notice.alarmId), record);
  }

  /** Records that were forgotten because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get(address: string, alarmId: string): Told | undefined {
    return this.#records.get(keyOf(address, alarmId));
  }

  /** Everybody who was told of the alarm. */
  ofAlarm(alarmId: string): Told[] {
    return [...(this.#byAlarm.get(alarmId) ?? [])].flatMap((key) => this.#records.get(key) ?? []);
  }

  record(record: Told): void {
    const key = keyOf(record.address, record.notice.alarmId);
    this.#put(key, record);
    this.#store.keep(key, record);
    for (const [oldest] of this.#records) {
      if (this.#records.size <= RECORDS_MAX) break;
      this.#forgotten++;
      this.#drop(oldest);
    }
  }

  /** Nobody is to be told of the alarm again, until a notice above this number calls. */
  quiet({ alarmId, seq }: Pick<Notice, 'alarmId' | 'seq'>): void {
    this.#quietSeq.delete(alarmId);
    this.#quietSeq.set(alarmId, seq);
    for (const key of this.#byAlarm.get(alarmId) ?? []) this.#open.delete(key);
    const [oldest] = this.#quietSeq.keys();
    if (this.#quietSeq.size > RECORDS_MAX && oldest !== undefined) this.#quietSeq.delete(oldest);
  }

  /** Records whose alarm still calls and was last told long enough ago. A clock that stepped back is waited for no longer than the interval. */
  dueAt(now: number): Told[] {
    return [...this.#open].flatMap((key) => {
      const record = this.#records.get(key);
      if (record === undefined || record.terms.repeatInterval === 'never') return [];
      return Math.abs(now - record.at) >= record.terms.repeatInterval ? [record] : [];
    });
  }

  /** Drops what has been over for long. */
  prune(now: number): void {
    for (const [key, { notice, at }] of this.#records)
      if (phaseOf(notice) === 'over' && Math.abs(now - at) > OVER_MS_MAX) this.#drop(key);
  }

  #put(key: string, record: Told): void {
    this.#records.delete(key); // so that the oldest come first
    this.#records.set(key, record);
    const { alarmId, seq } = record.notice;
    const keys = this.#byAlarm.get(alarmId) ?? new Set();
    this.#byAlarm.set(alarmId, keys.add(key));
    if (phaseOf(record.notice) === 'calling' && seq > (this.#quietSeq.get(alarmId) ?? -1)) this.#open.add(key);
    else this.#open.delete(key);
  }

  #drop(key: string): void {
    const alarmId = this.#records.get(key)?.notice.alarmId ?? '';
    this.#records.delete(key);
    this.#open.delete(key);
    const keys = this.#byAlarm.get(alarmId);
    keys?.delete(key);
    if (keys?.size === 0) this.#byAlarm.delete(alarmId);
    this.#store.forget(key);
  }
}

/** An address holds one slash and no space. */
function keyOf(address: string, alarmId: string): string {
  return `${address} ${alarmId}`;
}
