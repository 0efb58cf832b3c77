// How hard the faults are: a short profile for every change, a long one for the night (`npm run test:faults -- --long`).
// Everything random comes of one seed, which is printed; `-- --seed <number>` lives it again.

import { createRandom, type Random } from '#domain/random.ts';

export const isLong = process.env.FAULT_PROFILE === 'long';

export const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);

type Profile = {
  readonly devices: number;
  /** Messages a second over all devices. */
  readonly rate: number;
  /** How often each service is killed; alarms are what nobody may lose, so rules has the hardest life. */
  readonly kills: { readonly [service in 'ingest' | 'rules' | 'writer' | 'historian']: number };
  /** The broker, alone and with everything else at once. */
  readonly brokerKills: number;
  readonly freezeMs: number;
  /** How long a full disk stays full. */
  readonly fullDiskMs: number;
  /** How often each service meets a sync that fails. */
  readonly failedSyncs: number;
  /** How long a store or a network is out of order. */
  readonly outageMs: number;
  readonly settleMsMax: number;
  /** How long broken packets come. */
  readonly fuzzMs: number;
  /** Wrong logins a second, and for how long. */
  readonly wrongLogins: number;
  readonly wrongLoginsMs: number;
  /** Devices that log in at once. */
  readonly returning: number;
};

const SHORT: Profile = {
  devices: 20,
  rate: 1_000,
  kills: { ingest: 5, rules: 20, writer: 5, historian: 5 },
  brokerKills: 5,
  freezeMs: 15_000,
  fullDiskMs: 3_000,
  failedSyncs: 1,
  outageMs: 10_000,
  settleMsMax: 90_000,
  fuzzMs: 20_000,
  wrongLogins: 500,
  wrongLoginsMs: 5_000,
  returning: 500,
};

const LONG: Profile = {
  devices: 200,
  rate: 2_000,
  kills: { ingest: 20, rules: 20, writer: 20, historian: 20 },
  brokerKills: 20,
  freezeMs: 60_000,
  fullDiskMs: 60_000,
  failedSyncs: 20,
  outageMs: 600_000,
  settleMsMax: 900_000,
  fuzzMs: 600_000,
  wrongLogins: 5_000,
  wrongLoginsMs: 20_000,
  returning: 5_000,
};

export const PROFILE = isLong ? LONG : SHORT;

/** A source of chance for one test; by name, so that it is the same when the test is run alone. */
export function randomFor(name: string): Random {
  let seed = SEED;
  for (const character of name) seed = (Math.imul(seed, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return createRandom(seed);
}
