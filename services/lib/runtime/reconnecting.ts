// When to come back to a broker, and speaking which MQTT. Waits grow and are spread, so that no two clients keep step. MQTT 5 is
// tried first: a broker that only knows 3.1.1 says so, or closes without a word. Its answer is remembered while it is fresh;
// after that, and where nothing listened meanwhile, another broker may stand there, and it is asked anew.

/** How a connection ended. */
export type EndKind =
  /** It does not speak the version that it was spoken to in. */
  | 'other version'
  /** Somebody was there, and closed before saying anything. */
  | 'no word'
  /** It says that we shall not, and will say so again. */
  | 'refused'
  | 'lost';

export type MqttVersion = 4 | 5;

const WAIT_MS_MIN = 100;
const WAIT_MS_MAX = 10_000;
/** 100 ms × 2^6 = 6.4 s: who was let in and is then sent away would else be back at once, and in a fight for ever. */
const REFUSED_ATTEMPTS = 6;
/** A broker under load may close one connection without a word; one that does not know MQTT 5 does it each time. */
const WORDLESS_MAX = 2;
/** How long a flapping network is spared the question; who was connected longer asks again, which costs one connection. */
const ANSWER_MS = 60_000;

/** A connection that lasts less is a short one; so many of them in a row are no accident. */
const SHORT_MS = 5_000;
const SHORT_MAX = 3;
/** 100 ms × 2^3: two clients of one name throw each other out as often as they come. */
const SHORT_ATTEMPTS = 3;

export class Reconnecting {
  readonly #nowMs: () => number;
  #version: MqttVersion = 5;
  #attempts = 0;
  #wordless = 0;
  #grantedMs = 0;
  #shortCount = 0;
  /** When the broker let us in, where it has. */
  #welcomeMs: number | undefined;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** To speak at the next connection. */
  get version(): MqttVersion {
    return this.#version;
  }

  /** Failed in a row. */
  get attempts(): number {
    return this.#attempts;
  }

  /** The broker let us in. */
  onWelcome(): void {
    this.#welcomeMs = this.#nowMs();
    this.#wordless = 0;
  }

  /** Everything that was asked for is granted. */
  onGranted(): void {
    this.#attempts = 0;
    this.#grantedMs = this.#nowMs();
  }

  /** What a lost connection is told with: the broker need not say that another client has come under our name. */
  reasonOf(reason: string, clientId: string): string {
    if (this.#shortCount < SHORT_MAX) return reason;
    return `${reason}, soon after each login; does another client come as '${clientId}' (a second Penstock, or replicas of one name), or may we not send what we send?`;
  }

  /**
   * A connection in the present version has ended, not by us.
   * @returns how long to wait, ms
   */
  onEnd(kind: EndKind, wasGranted: boolean): number {
    const turned = this.#turn(kind);
    if (turned === 'at once') return 0;
    if (wasGranted) this.#shortCount = this.#nowMs() - this.#grantedMs < SHORT_MS ? this.#shortCount + 1 : 0;
    if (wasGranted && this.#shortCount >= SHORT_MAX) this.#attempts = SHORT_ATTEMPTS;
    if (kind === 'refused' && wasGranted) this.#attempts = REFUSED_ATTEMPTS;
    const limit = Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** this.#attempts++);
    return limit * (0.5 + Math.random() / 2);
  }

  #turn(kind: EndKind): 'at once' | undefined {
    const isFresh = this.#welcomeMs !== undefined && this.#nowMs() - this.#welcomeMs < ANSWER_MS;
    this.#welcomeMs = undefined;
    if (this.#version === 4) {
      if (!isFresh) this.#version = 5;
      this.#wordless = 0;
      return undefined;
    }
    if (kind === 'no word') this.#wordless++;
    if (kind !== 'other version' && this.#wordless < WORDLESS_MAX) return undefined;
    this.#version = 4;
    return kind === 'other version' ? 'at once' : undefined;
  }
}
