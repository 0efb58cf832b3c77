// What is on its way and not told yet: the highest number of each alarm for each address. With the told log it answers
// whether a notice says anything new there, and who is about to be called.

import type { Notice } from '#rules/engine/inputs.ts';
import type { Call } from './call.ts';

type Way = { seq: number; count: number; posted: Notice | undefined; readonly call: Call };

export class UnderWay {
  readonly #ways = new Map<string, Map<string, Way>>();
  #size = 0;

  /** Calls that are not settled. */
  get size(): number {
    return this.#size;
  }

  seqOf(address: string, alarmId: string): number {
    return this.#ways.get(alarmId)?.get(address)?.seq ?? -1;
  }

  /** One call for every address where the alarm is about to be told. */
  ofAlarm(alarmId: string): Call[] {
    return [...(this.#ways.get(alarmId)?.values() ?? [])].map(({ call }) => call);
  }

  /** The newest notice of the alarm that waits to be sent to the address, where one does. */
  postedTo(address: string, alarmId: string): Notice | undefined {
    return this.#ways.get(alarmId)?.get(address)?.posted;
  }

  post({ notice, address }: Call): void {
    const way = this.#ways.get(notice.alarmId)?.get(address);
    if (way !== undefined) way.posted = notice;
  }

  add(call: Call): void {
    const { alarmId, seq } = call.notice;
    const ways = this.#ways.get(alarmId) ?? new Map<string, Way>();
    this.#ways.set(alarmId, ways);
    const way = ways.get(call.address) ?? { seq, count: 0, posted: undefined, call };
    way.seq = Math.max(way.seq, seq);
    way.count++;
    ways.set(call.address, way);
    this.#size++;
  }

  remove({ notice: { alarmId }, address }: Call): void {
    const ways = this.#ways.get(alarmId);
    const way = ways?.get(address);
    if (ways === undefined || way === undefined) return;
    this.#size--;
    if (--way.count > 0) return;
    ways.delete(address);
    if (ways.size === 0) this.#ways.delete(alarmId);
  }
}
