// What is asked of a historian that is recorded: writers that each have a measurement of their own, and do one thing after the
// other, so that what must be there after a power cut is known to the sample. One that got no answer asks again.

import { Agent, request } from 'node:http';
import type { Random } from '#domain/random.ts';

const DAY_US = 86_400_000_000;
const SECOND_US = 1_000_000;
const START_US = Date.UTC(2026, 0, 1) * 1_000;

export const DATABASE = 'plant';
export const POLICY = 'raw';

export type Sample = { readonly policy: string; readonly us: number; readonly n: number };

export type Wish =
  | { readonly kind: 'write'; readonly policy: string; readonly samples: readonly Sample[] }
  /** Microseconds, both inclusive. */
  | { readonly kind: 'delete'; readonly from: number; readonly to: number }
  | { readonly kind: 'drop measurement' }
  | { readonly kind: 'create policy' | 'drop policy'; readonly policy: string };

/** Numbers by policy and moment. */
export type State = ReadonlyMap<string, number>;

const LINES = 12;
/** Texts fill memory so that it is sealed, without many samples. */
const TEXT_BYTES = 2_000;
/** How often a writer makes a policy, and drops it again. */
const POLICY_LIFE = 20;
/** Seconds of a day that are written again and again. */
const SLOTS = 30;

export const textOf = (n: number) => `${n} `.padEnd(TEXT_BYTES, 'x');
export const keyOf = ({ policy, us }: Pick<Sample, 'policy' | 'us'>) => `${policy} ${us}`;

/** What one writer wants, in order: days that are new, late samples for those before, and deletions in between. */
export function wishesOf(random: Random, count: number): Wish[] {
  let n = 0;
  return Array.from({ length: count }, (_, i): Wish => {
    const below = (end: number) => Math.floor(random() * end);
    const days = 3 + Math.floor(i / 10);
    const late = `late${Math.floor(i / POLICY_LIFE)}`;
    const phase = i % POLICY_LIFE;
    if (phase === 2) return { kind: 'create policy', policy: late };
    if (phase === POLICY_LIFE - 3) return { kind: 'drop policy', policy: late };
    const fate = random();
    if (fate < 0.02) return { kind: 'drop measurement' };
    if (fate < 0.12) {
      const from = START_US + below(days) * DAY_US + below(SLOTS) * SECOND_US;
      return { kind: 'delete', from, to: from + below(2) * DAY_US + below(SLOTS) * SECOND_US };
    }
    const hasLate = phase > 2 && phase < POLICY_LIFE - 3;
    const policy = hasLate && random() < 0.3 ? late : POLICY;
    const samples = Array.from({ length: LINES }, () => {
      const us = START_US + below(days) * DAY_US + below(SLOTS) * SECOND_US;
      return { policy, us, n: ++n };
    });
    return { kind: 'write', policy, samples };
  });
}

/** What is there when all of this was done. */
export function stateAfter(wishes: readonly Wish[]): State {
  const state = new Map<string, number>();
  const forget = (goes: (policy: string, us: number) => boolean) => {
    for (const key of [...state.keys()]) {
      const [policy = '', us] = key.split(' ');
      if (goes(policy, Number(us))) state.delete(key);
    }
  };
  for (const wish of wishes) {
    if (wish.kind === 'write') for (const sample of wish.samples) state.set(keyOf(sample), sample.n);
    else if (wish.kind === 'delete') forget((_, us) => us >= wish.from && us <= wish.to);
    else if (wish.kind === 'drop measurement') forget(() => true);
    else if (wish.kind === 'drop policy') forget((policy) => policy === wish.policy);
  }
  return state;
}

type Asked = { readonly target: string; readonly body: string };

const statement = (q: string): Asked => ({
  target: `/query?${new URLSearchParams({ db: DATABASE, q })}`,
  body: '',
});

export const CREATE_DATABASE = statement(
  `CREATE DATABASE ${DATABASE} WITH DURATION INF REPLICATION 1 SHARD DURATION 1d NAME ${POLICY}`,
);

/** A series of a day is new when the day is. */
const lineOf = (measurement: string, { us, n }: Sample) =>
  `${measurement},day=${Math.floor(us / DAY_US)},slot=${(us / SECOND_US) % 3} v=${n},t="${textOf(n)}" ${us}`;

/** @param measurement names of policies are those of the database, so each writer's begin with it */
export function askFor(wish: Wish, measurement: string): Asked {
  const policyOf = (name: string) => policyName(name, measurement);
  switch (wish.kind) {
    case 'write':
      return {
        target: `/write?${new URLSearchParams({ db: DATABASE, rp: policyOf(wish.policy), precision: 'u' })}`,
        body: wish.samples.map((sample) => lineOf(measurement, sample)).join('\n'),
      };
    case 'delete':
      return statement(`DELETE FROM ${measurement} WHERE time >= ${wish.from}u AND time <= ${wish.to}u`);
    case 'drop measurement':
      return statement(`DROP MEASUREMENT ${measurement}`);
    case 'create policy':
      return statement(
        `CREATE RETENTION POLICY ${policyOf(wish.policy)} ON ${DATABASE} DURATION INF REPLICATION 1 SHARD DURATION 1d`,
      );
    default:
      return statement(`DROP RETENTION POLICY ${policyOf(wish.policy)} ON ${DATABASE}`);
  }
}

export const policyName = (policy: string, measurement: string) =>
  policy === POLICY ? policy : `${measurement}_${policy}`;

/** Asks one after the other over connections of its own, and knows afterwards which answers had left the historian. */
export class Asker implements Disposable {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  /** Numbers of what was asked, by connection as a recording names it. */
  readonly #asked = new Map<string, number[]>();

  constructor(port: number) {
    this.#port = port;
  }

  /** The status; undefined where there was no answer. @throws Error where a statement is refused */
  ask(number: number, { target, body }: Asked): Promise<number | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const asking = request({ host: '127.0.0.1', port: this.#port, agent: this.#agent, method: 'POST', path: target });
    let asked: number[] = [];
    asking.on('socket', (socket) => {
      const note = () => {
        const connection = `TCP:[127.0.0.1:${this.#port}->127.0.0.1:${socket.localPort}]`;
        asked = this.#asked.get(connection) ?? [];
        this.#asked.set(connection, asked);
        asked.push(number);
      };
      if (socket.connecting) socket.once('connect', note);
      else note();
    });
    asking.on('error', () => resolve(undefined));
    asking.on('response', (response) => {
      const { statusCode = 0 } = response;
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('error', () => resolve(undefined));
      response.on('end', () => {
        if (statusCode >= 300) asked.pop(); // what is no success is not counted among the answers
        if (/"error"/.test(text) && statusCode < 500) reject(new Error(`${target}: ${text}`));
        else resolve(statusCode);
      });
    });
    asking.end(body);
    return promise;
  }

  /** Numbers of what was answered with success. */
  answered(said: ReadonlyMap<string, Buffer>): Set<number> {
    const answered = new Set<number>();
    for (const [connection, asked] of this.#asked) {
      const answers = said.get(connection)?.toString('latin1').split('HTTP/1.1 20').length ?? 1;
      for (const number of asked.slice(0, answers - 1)) answered.add(number);
    }
    return answered;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
