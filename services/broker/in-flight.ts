// The messages at QoS 1 and 2 that one connection has been sent and has not acknowledged.

const PACKET_ID_MAX = 65_535;

export class InFlight {
  /** By packet id the number of the message, where this run of the broker gave it one. */
  readonly #numbers = new Map<number, number | undefined>();
  readonly #sent = new Set<number>();
  #packetId = 0;

  get size(): number {
    return this.#numbers.size;
  }

  hasId(packetId: number | undefined): boolean {
    return packetId !== undefined && this.#numbers.has(packetId);
  }

  hasNumber(number: number | undefined): boolean {
    return number !== undefined && this.#sent.has(number);
  }

  /** A packet id that is not in use [MQTT-2.3.1-4]; the caller keeps away from the last of them. */
  freeId(): number {
    do this.#packetId = (this.#packetId % PACKET_ID_MAX) + 1;
    while (this.#numbers.has(this.#packetId));
    return this.#packetId;
  }

  add(packetId: number, number: number | undefined): void {
    this.#numbers.set(packetId, number);
    if (number !== undefined) this.#sent.add(number);
  }

  remove(packetId: number): void {
    const number = this.#numbers.get(packetId);
    this.#numbers.delete(packetId);
    if (number !== undefined) this.#sent.delete(number);
  }
}
