// What a retention policy may be, by InfluxDB's rules: how short, in what steps, under which name.

import type { PolicyChange, PolicyOptions } from './ast.ts';
import { QueryError } from './query-error.ts';
import type { Policy } from './store.ts';

const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;

/** The policy that a database gets where none is named. */
const AUTOGEN = 'autogen';

export function isValidName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\p{Cc}]/u.test(name);
}

export function checkName(name: string): void {
  if (!isValidName(name)) throw new QueryError('invalid name');
}

/** InfluxDB's shard group duration where none is given: what is kept long is forgotten in larger steps. */
export function defaultShardDurationUs(durationUs: number): number {
  if (durationUs === 0 || durationUs >= 180 * DAY_US) return 7 * DAY_US;
  return durationUs >= 2 * DAY_US ? DAY_US : HOUR_US;
}

export function shardDurationUs({ durationUs, shardDurationUs: own }: Policy): number {
  return own ?? defaultShardDurationUs(durationUs);
}

/** What was asked for, at least an hour; 0 is not asked. */
function normalShardDurationUs(askedUs: number | undefined, durationUs: number): number {
  return askedUs === undefined || askedUs === 0 ? defaultShardDurationUs(durationUs) : Math.max(askedUs, HOUR_US);
}

const toUs = (ns: bigint | undefined) => (ns === undefined ? undefined : Number(ns / 1_000n));

/** @throws QueryError where the durations do not go together */
function checked(policy: Policy & { readonly shardDurationUs: number }, askedShardUs: number | undefined): Policy {
  const { name, durationUs } = policy;
  checkName(name);
  if (durationUs !== 0 && durationUs < HOUR_US) {
    throw new QueryError('retention policy duration must be at least 1h0m0s');
  }
  if (durationUs !== 0 && durationUs < (askedShardUs ?? policy.shardDurationUs)) {
    throw new QueryError('retention policy duration must be greater than the shard duration');
  }
  return policy;
}

export function newPolicy({ name, durationNs, shardDurationNs, isDefault }: PolicyOptions): Policy {
  const durationUs = toUs(durationNs) ?? 0;
  const asked = toUs(shardDurationNs);
  return checked({ name, durationUs, shardDurationUs: normalShardDurationUs(asked, durationUs), isDefault }, asked);
}

/** The first policy of a new database. */
export function firstPolicy(change: PolicyChange | undefined): Policy {
  const { name = AUTOGEN, durationNs = 0n, shardDurationNs } = change ?? {};
  return newPolicy({ name, durationNs, shardDurationNs, isDefault: true });
}

export function alteredPolicy(standing: Policy, change: PolicyChange, isDefault: boolean): Policy {
  const durationUs = toUs(change.durationNs) ?? standing.durationUs;
  const asked = toUs(change.shardDurationNs);
  const shardUs = asked === undefined ? shardDurationUs(standing) : normalShardDurationUs(asked, durationUs);
  const policy = { ...standing, durationUs, shardDurationUs: shardUs, isDefault: standing.isDefault || isDefault };
  return checked(policy, asked);
}

/** Whether a database that is there already is as CREATE DATABASE … WITH describes it. */
export function matchesPolicy({ name, durationNs, shardDurationNs }: PolicyChange, standing: Policy): boolean {
  if (name !== undefined && name !== standing.name) return false;
  if (durationNs !== undefined && toUs(durationNs) !== standing.durationUs) return false;
  return normalShardDurationUs(toUs(shardDurationNs), standing.durationUs) === shardDurationUs(standing);
}

/** Whether two policies of one name are one. */
export function isSamePolicy(a: Policy, b: Policy): boolean {
  return a.durationUs === b.durationUs && shardDurationUs(a) === shardDurationUs(b);
}
