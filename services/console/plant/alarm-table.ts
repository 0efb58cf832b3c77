// The newest message of every alarm. Bounded: where it is full, alarms in their normal state make room, oldest first;
// an annunciated alarm is never thrown out for another, a new one past the bound is counted instead. So is a normal one
// that was shelved or out of service: nobody can bring back what is not shown.

import { type AlarmMessage, isAnnunciated } from '#domain/alarm.ts';
import { type AlarmName, alarmKey } from '#domain/topic.ts';
import type { AlarmView } from '../api/live.ts';

export class AlarmTable {
  /** Alarms that did not fit. */
  dropped = 0;
  readonly #max: number;
  readonly #byId = new Map<string, AlarmView>();
  /** Ids of those that may make room, oldest change first. */
  readonly #quiet = new Set<string>();
  readonly #changed = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether the message told anything new. A message that is not above the last of its alarm is an echo. */
  put(name: AlarmName, message: AlarmMessage | null): boolean {
    const id = alarmKey(name);
    const last = this.#byId.get(id);
    if (message === null) return this.remove(id);
    if (last?.alarmId === message.alarmId && message.seq <= last.seq) return false;
    if (last === undefined && !this.#makeRoom()) {
      this.dropped++;
      return false;
    }
    this.#byId.set(id, { ...message, id });
    this.#quiet.delete(id);
    if (!isAnnunciated(message.state)) this.#quiet.add(id);
    this.#changed.add(id);
    return true;
  }

  get(name: AlarmName): AlarmView | undefined {
    return this.#byId.get(alarmKey(name));
  }

  all(): AlarmView[] {
    return [...this.#byId.values()];
  }

  takeChanges(): { id: string; alarm: AlarmView | null }[] {
    const changes = [...this.#changed].map((id) => ({ id, alarm: this.#byId.get(id) ?? null }));
    this.#changed.clear();
    return changes;
  }

  ids(): Iterable<string> {
    return this.#byId.keys();
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    this.#quiet.delete(id);
    if (!this.#byId.delete(id)) return false;
    this.#changed.add(id);
    return true;
  }

  #makeRoom(): boolean {
    if (this.#byId.size < this.#max) return true;
    const [oldest] = this.#quiet;
    if (oldest === undefined) return false;
    if (this.#byId.get(oldest)?.overlay !== null) this.dropped++;
    return this.remove(oldest);
  }
}
