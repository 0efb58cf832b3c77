// Numbers for topics that come again and again on one connection [MQTT 5, 3.3.2.3.4]. Who comes first gets one, as long as the
// broker has any; none is taken away again, since the topics that ask are few.

export type Aliased = {
  readonly alias: number;
  /** The broker has been told: the topic itself may stay away. */
  readonly isKnown: boolean;
};

export class TopicAliases {
  readonly #max: number;
  readonly #byTopic = new Map<string, number>();

  /** @param max the broker's Topic Alias Maximum; 0 where it takes none */
  constructor(max: number) {
    this.#max = max;
  }

  /** undefined where there is none left for it. */
  of(topic: string): Aliased | undefined {
    const known = this.#byTopic.get(topic);
    if (known !== undefined) return { alias: known, isKnown: true };
    const alias = this.#byTopic.size + 1;
    return alias > this.#max ? undefined : { alias, isKnown: false };
  }

  /** A packet with both has been sent. */
  onTold(topic: string, { alias, isKnown }: Aliased): void {
    if (!isKnown) this.#byTopic.set(topic, alias);
  }
}
