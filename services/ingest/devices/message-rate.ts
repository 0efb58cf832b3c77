// How many messages a minute come from one device, as of the last minute or two: whole minutes are counted, and the one that is
// not yet over stands for as much of itself as has passed.

const MINUTE_MS = 60_000;

export class MessageRate {
  #minute = 0;
  #count = 0;
  #before: number | null = null;
  #isFirst = true;

  take(now: number): void {
    this.#turn(now);
    this.#count++;
  }

  /** null until a minute has been counted. */
  perMinute(now: number): number | null {
    this.#turn(now);
    if (this.#before === null) return null;
    const passed = (now % MINUTE_MS) / MINUTE_MS;
    return Math.round((this.#count + this.#before * (1 - passed)) * 10) / 10;
  }

  #turn(now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute === this.#minute) return;
    // The first minute was begun somewhere in its middle, and is none that can be counted.
    this.#before = this.#isFirst ? null : minute === this.#minute + 1 ? this.#count : 0;
    this.#isFirst = this.#minute === 0;
    this.#count = 0;
    this.#minute = minute;
  }
}
