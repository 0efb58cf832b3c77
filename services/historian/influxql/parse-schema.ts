// CREATE, ALTER and DROP of databases, retention policies and measurements. Replication is read and has no meaning here:
// there is one copy. Whether durations go together is said when the statement runs (policy.ts).

import type { PolicyChange, PolicyOptions, Statement } from './ast.ts';
import { parseDropSeries } from './parse-delete.ts';
import { problemAt, unexpected } from './parse-error.ts';
import { parseCreateUser, parseDropUser } from './parse-user.ts';
import { refusing, type TokenReader, takeChoice } from './token-reader.ts';

type Production = (reader: TokenReader) => Statement;

const CREATES: { readonly [word: string]: Production } = {
  CONTINUOUS: refusing('CREATE CONTINUOUS QUERY is not supported: roll-ups come from the pipeline'),
  DATABASE: parseCreateDatabase,
  USER: parseCreateUser,
  RETENTION: (reader) => {
    reader.expectKeyword('POLICY');
    return parseCreatePolicy(reader);
  },
  SUBSCRIPTION: refusing('CREATE SUBSCRIPTION is not supported: subscribe to the topics of the pipeline'),
};

const DROPS: { readonly [word: string]: Production } = {
  CONTINUOUS: refusing('DROP CONTINUOUS QUERY is not supported: there are none'),
  DATABASE: (reader) => ({ kind: 'drop-database', name: reader.expectIdentifier() }),
  MEASUREMENT: (reader) => ({ kind: 'drop-measurement', name: reader.expectIdentifier() }),
  RETENTION: (reader) => {
    reader.expectKeyword('POLICY');
    return { kind: 'drop-policy', ...parsePolicyName(reader) };
  },
  SERIES: parseDropSeries,
  SHARD: refusing('DROP SHARD is not supported: delete a range of time'),
  SUBSCRIPTION: refusing('DROP SUBSCRIPTION is not supported: there are none'),
  USER: parseDropUser,
};

export function parseCreate(reader: TokenReader): Statement {
  reader.expectKeyword('CREATE');
  return takeChoice(reader, CREATES)(reader);
}

export function parseDrop(reader: TokenReader): Statement {
  reader.expectKeyword('DROP');
  return takeChoice(reader, DROPS)(reader);
}

function parseCreateDatabase(reader: TokenReader): Statement {
  const name = reader.expectIdentifier();
  if (!reader.takeKeyword('WITH')) return { kind: 'create-database', name, policy: undefined };
  const first = reader.peek();
  const durationNs = reader.takeKeyword('DURATION') ? reader.expectDuration() : undefined;
  takeReplication(reader);
  const shardDurationNs = takeShardDuration(reader);
  const policyName = reader.takeKeyword('NAME') ? reader.expectIdentifier() : undefined;
  if (reader.peek() === first) throw unexpected(first, 'DURATION, NAME, REPLICATION, SHARD');
  return { kind: 'create-database', name, policy: { name: policyName, durationNs, shardDurationNs } };
}

const REPLICATION_MAX = 2_147_483_647;

function takeReplication(reader: TokenReader): boolean {
  if (!reader.takeKeyword('REPLICATION')) return false;
  const token = reader.peek();
  const copies = reader.expectInteger();
  if (copies >= 1 && copies <= REPLICATION_MAX) return true;
  throw problemAt(token, `invalid value ${copies}: must be 1 <= n <= ${REPLICATION_MAX}`);
}

function takeShardDuration(reader: TokenReader): bigint | undefined {
  if (!reader.takeKeyword('SHARD')) return undefined;
  reader.expectKeyword('DURATION');
  return reader.expectDuration();
}

function parsePolicyName(reader: TokenReader): { name: string; database: string } {
  const name = reader.expectIdentifier();
  reader.expectKeyword('ON');
  return { name, database: reader.expectIdentifier() };
}

function parseCreatePolicy(reader: TokenReader): Statement {
  const { name, database } = parsePolicyName(reader);
  reader.expectKeyword('DURATION');
  const durationNs = reader.expectDuration();
  if (!takeReplication(reader)) throw unexpected(reader.peek(), 'REPLICATION');
  const shardDurationNs = takeShardDuration(reader);
  const policy: PolicyOptions = { name, durationNs, shardDurationNs, isDefault: reader.takeKeyword('DEFAULT') };
  return { kind: 'create-policy', database, policy };
}

export function parseAlter(reader: TokenReader): Statement {
  reader.expectKeyword('ALTER');
  reader.expectKeyword('RETENTION');
  reader.expectKeyword('POLICY');
  const { name, database } = parsePolicyName(reader);
  const change: { -readonly [key in keyof PolicyChange]: PolicyChange[key] } = {
    name: undefined,
    durationNs: undefined,
    shardDurationNs: undefined,
  };
  const options: { readonly [word: string]: () => void } = {
    DURATION: () => {
      reader.take();
      change.durationNs = reader.expectDuration();
    },
    REPLICATION: () => takeReplication(reader),
    SHARD: () => {
      change.shardDurationNs = takeShardDuration(reader);
    },
    DEFAULT: () => reader.take(),
  };
  const found = new Set<string>();
  for (;;) {
    const word = Object.keys(options).find((candidate) => reader.isKeyword(candidate));
    if (word === undefined) break;
    if (found.has(word)) throw problemAt(reader.peek(), `found duplicate ${word} option`);
    options[word]?.();
    found.add(word);
  }
  if (found.size === 0) throw unexpected(reader.peek(), Object.keys(options).join(', '));
  return { kind: 'alter-policy', database, name, change, isDefault: found.has('DEFAULT') };
}
