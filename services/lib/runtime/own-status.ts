// The retained status of this process: said when there is somebody to say it to, and again when its problems change. What is
// merely worded anew (a disk that fills) is said once a minute, so that nobody is kept busy by a percentage.

import type { Problem, ServiceStatus } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import type { Sections } from './config.ts';
import type { Problems } from './problems.ts';
import { type Service, VERSION } from './process.ts';

const LOOK_MS = 1_000;
/** A problem that comes and goes costs two messages in so much, whatever it does. */
const CHANGED_MS = 1_000;
const REWORDED_MS = 60_000;

export class OwnStatus {
  readonly topic: string;
  readonly #base: Omit<ServiceStatus, 'status'>;
  readonly #problems: Problems;
  #said: readonly Problem[] | undefined;
  #saidMs = Number.NEGATIVE_INFINITY;

  constructor(who: Pick<ServiceStatus, 'service' | 'id'>, startedAt: number, problems: Problems) {
    this.topic = topics.service(who.service, who.id);
    this.#base = { ...who, since: startedAt, version: VERSION };
    this.#problems = problems;
  }

  /** What the last will says: when it will be, nobody knows now. */
  get will(): string {
    return JSON.stringify({ ...this.#base, status: 'down' } satisfies ServiceStatus);
  }

  down(at: number): string {
    return JSON.stringify({ ...this.#base, status: 'down', since: at } satisfies ServiceStatus);
  }

  /** That it lives, and all that is wrong. @param nowMs monotonic */
  up(nowMs: number): string {
    const problems = this.#problems.list();
    this.#said = problems;
    this.#saidMs = nowMs;
    const status: ServiceStatus = { ...this.#base, status: 'up', ...(problems === undefined ? {} : { problems }) };
    return JSON.stringify(status);
  }

  /** What is to be said now because it is not as it was said last; undefined where there is nothing. */
  news(nowMs: number): string | undefined {
    const [said, now] = [this.#said, this.#problems.list()];
    if (wording(said) === wording(now)) return undefined;
    const waitMs = kinds(said) === kinds(now) ? REWORDED_MS : CHANGED_MS;
    return nowMs - this.#saidMs < waitMs ? undefined : this.up(nowMs);
  }
}

function wording(problems: readonly Problem[] | undefined): string | undefined {
  return JSON.stringify(problems);
}

/** Which there are and how urgent. */
function kinds(problems: readonly Problem[] | undefined): string | undefined {
  return JSON.stringify(problems?.map(({ id, priority }) => [id, priority]));
}

/** Looks every second, for as long as the service lives, whether there is news of its status. */
export function tellNews<S extends Sections>(
  { stack }: Service<S>,
  status: OwnStatus,
  say: (payload: string) => void,
): void {
  const timer = setInterval(() => {
    const news = status.news(performance.now());
    if (news !== undefined) say(news);
  }, LOOK_MS);
  stack.defer(() => clearInterval(timer));
}
