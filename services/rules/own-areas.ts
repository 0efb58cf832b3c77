// Which areas are whose, of several rules services that share the shards out: each judges, keeps and answers for the alarms of
// its own. What is of no area (a topic that means nothing, the state of the services) is of whoever has the pipeline's own.

import { PIPELINE } from '#domain/service.ts';
import { ownsShard, type Replica, shardOf } from '#domain/shard.ts';
import { parseTopic } from '#domain/topic.ts';
import type { EngineOutput } from '#rules/engine/inputs.ts';
import type { StateRow } from '#rules/engine/snapshot.ts';

type Area = { readonly site: string; readonly area: string };

export class OwnAreas {
  /** It has every area. */
  readonly isAlone: boolean;
  /** Alarms of the pipeline itself are its own, and the answer to the watchdog. */
  readonly hasPipeline: boolean;
  readonly #replica: Replica;

  constructor(replica: Replica) {
    this.#replica = replica;
    this.isAlone = replica.replicas === 1;
    this.hasPipeline = this.#has(PIPELINE);
  }

  /** Whether a message is for it. */
  takes(topic: string): boolean {
    if (this.isAlone) return true;
    const parsed = parseTopic(topic);
    if (parsed === undefined) return this.hasPipeline;
    if ('shard' in parsed) return ownsShard(this.#replica, parsed.shard);
    return 'area' in parsed ? this.#has(parsed) : this.hasPipeline;
  }

  /** Whether it is for it to say what its engine decided: every engine has alarms of the pipeline. */
  says(output: EngineOutput): boolean {
    const area = this.isAlone ? undefined : areaOf(output);
    return area === undefined || this.#has(area);
  }

  /** The state of an earlier life, which had more areas or was another's. */
  divide(rows: readonly StateRow[]): { readonly own: StateRow[]; readonly others: StateRow[] } {
    const { own = [], others = [] } = Object.groupBy(rows, (row) => (this.#hasRow(row) ? 'own' : 'others'));
    return { own, others };
  }

  #has({ site, area }: Area): boolean {
    return ownsShard(this.#replica, shardOf(site, area));
  }

  #hasRow({ key }: StateRow): boolean {
    if (this.isAlone) return true;
    const [kind, ...levels] = key.split('/');
    if (kind === 'instance' || kind === 'retired' || kind === 'spent-order')
      levels.shift(); // the rule, or that a person sent it
    else if (kind !== 'device' && kind !== 'series' && kind !== 'state') return true;
    const [site = '', area = ''] = levels;
    return this.#has({ site, area });
  }
}

/** undefined where it is no area's: a topic that a rule names, a rule that overran. */
function areaOf(output: EngineOutput): Area | undefined {
  switch (output.kind) {
    case 'alarm':
      return output.alarm;
    case 'journal':
      return output.entry;
    case 'command-journal':
      return output.entry;
    case 'command':
    case 'commands':
      return output.device;
    case 'notice':
      return output.notice;
    default:
      return undefined;
  }
}
