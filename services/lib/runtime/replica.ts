// Several of one service, which share the shards out by rank: nothing is elected, and each keeps its own queue at the broker.

import { z } from 'zod';
import { type RankedService, replicaOfRank } from '#domain/service.ts';
import { type Replica, SHARD_COUNT } from '#domain/shard.ts';
import { StartError } from './start-error.ts';

export const replicaSettings = {
  rank: z
    .int()
    .min(0)
    .max(SHARD_COUNT - 1)
    .default(0)
    .describe('Which of several it is, from 0 on: it owns the shards that leave this rest when divided by `replicas`.'),
  replicas: z
    .int()
    .min(1)
    .max(SHARD_COUNT)
    .default(1)
    .describe('How many share the shards out; each has a rank and a data folder of its own.'),
};

/** What this one of several goes by; undefined where it goes by the name of the service. @throws StartError */
export function replicaName(service: RankedService, { rank, replicas }: Replica): string | undefined {
  const prefix = `PENSTOCK_${service.toUpperCase()}`;
  if (rank >= replicas) {
    throw new StartError(
      `${prefix}_RANK is ${rank} and ${prefix}_REPLICAS is ${replicas}: ranks are 0 to ${replicas - 1}, and this one would own no shard; set ${prefix}_REPLICAS to how many there are`,
    );
  }
  return replicaOfRank(rank);
}
