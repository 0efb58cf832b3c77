// CREATE, ALTER and DROP: databases, retention policies, measurements. Replication and shard durations are read and have
// no meaning here: there is one copy, and no shards.

import type { PolicyOptions, Statement } from './ast.ts';
import { problemAt, unexpected } from './parse-error.ts';
import type { TokenReader } from './token-reader.ts';

/** The policy that a database gets where none is named. */
export const AUTOGEN: PolicyOptions = { name: 'autogen', durationNs: 0n, isDefault: true };

const DURATION_NS_MIN = 3_600_000_000_000n;

export function parseCreate(reader: TokenReader): Statement {
  reader.expectKeyword('CREATE');
  if (reader.takeKeyword('DATABASE')) return parseCreateDatabase(reader);
  if (reader.takeKeyword('RETENTION')) {
    reader.expectKeyword('POLICY');
    return parseCreatePolicy(reader);
  }
  throw unexpected(reader.peek(), 'DATABASE, RETENTION');
}

function parseCreateDatabase(reader: TokenReader): Statement {
  const name = reader.expectIdentifier();
  if (!reader.takeKeyword('WITH')) return { kind: 'create-database', name, policy: undefined };
  const policy = { ...AUTOGEN };
  let isEmpty = true;
  for (let more = true; more; isEmpty &&= !more) {
    more = true;
    if (reader.takeKeyword('DURATION')) policy.durationNs = parsePolicyDuration(reader);
    else if (reader.takeKeyword('NAME')) policy.name = reader.expectIdentifier();
    else more = takeReplicationOrShard(reader);
  }
  if (isEmpty) throw unexpected(reader.peek(), 'DURATION, NAME, REPLICATION, SHARD');
  return { kind: 'create-database', name, policy };
}

function takeReplicationOrShard(reader: TokenReader): boolean {
  if (reader.takeKeyword('REPLICATION')) {
    reader.expectInteger();
    return true;
  }
  if (!reader.takeKeyword('SHARD')) return false;
  reader.expectKeyword('DURATION');
  reader.expectDuration();
  return true;
}

function parsePolicyDuration(reader: TokenReader): bigint {
  if (reader.takeKeyword('INF')) return 0n;
  const token = reader.peek();
  const isZero = token.kind === 'integer' && token.text === '0';
  if (isZero) reader.take();
  const ns = isZero ? 0n : reader.expectDuration();
  if (ns !== 0n && ns < DURATION_NS_MIN) throw problemAt(token, 'retention policy duration must be at least 1h0m0s');
  return ns;
}

function parsePolicyName(reader: TokenReader): { name: string; database: string } {
  const name = reader.expectIdentifier();
  reader.expectKeyword('ON');
  return { name, database: reader.expectIdentifier() };
}

function parseCreatePolicy(reader: TokenReader): Statement {
  const { name, database } = parsePolicyName(reader);
  reader.expectKeyword('DURATION');
  const durationNs = parsePolicyDuration(reader);
  reader.expectKeyword('REPLICATION');
  reader.expectInteger();
  while (takeReplicationOrShard(reader));
  const isDefault = reader.takeKeyword('DEFAULT');
  return { kind: 'create-policy', database, policy: { name, durationNs, isDefault } };
}

export function parseAlter(reader: TokenReader): Statement {
  reader.expectKeyword('ALTER');
  reader.expectKeyword('RETENTION');
  reader.expectKeyword('POLICY');
  const { name, database } = parsePolicyName(reader);
  let durationNs: bigint | undefined;
  let isDefault = false;
  let isEmpty = true;
  for (let more = true; more; isEmpty &&= !more) {
    more = true;
    if (reader.takeKeyword('DURATION')) durationNs = parsePolicyDuration(reader);
    else if (reader.takeKeyword('DEFAULT')) isDefault = true;
    else more = takeReplicationOrShard(reader);
  }
  if (isEmpty) throw unexpected(reader.peek(), 'DURATION, REPLICATION, SHARD, DEFAULT');
  return { kind: 'alter-policy', database, name, durationNs, isDefault };
}

export function parseDrop(reader: TokenReader): Statement {
  reader.expectKeyword('DROP');
  if (reader.takeKeyword('DATABASE')) return { kind: 'drop-database', name: reader.expectIdentifier() };
  if (reader.takeKeyword('MEASUREMENT')) return { kind: 'drop-measurement', name: reader.expectIdentifier() };
  throw unexpected(reader.peek(), 'DATABASE, MEASUREMENT');
}
