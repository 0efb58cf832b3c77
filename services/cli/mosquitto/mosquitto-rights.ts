// Rights in the words of mosquitto's acl file, which has fewer than ours: its `deny` takes reading and writing together, and
// it does not know "everything but". What it cannot say is granted less there, and said in a note; never more.

import { covers, overlaps } from '#domain/access/filter.ts';
import type { Access, Grant } from '#domain/access/policy.ts';
import { SPARKPLUG_REPLAYS, sparkplugFilters } from '#domain/sparkplug-topic.ts';
import { DEVICE_CHANNELS } from '#domain/topic.ts';

export type MosquittoRights = {
  /** `topic read a/b`, in the form of mosquitto.conf(5). */
  readonly lines: readonly string[];
  /** What is less than with the embedded broker, one sentence each. */
  readonly notes: readonly string[];
};

/** What is left of "may write everything but", beside foreign topics: where devices of ours and Sparkplug's edge nodes speak. */
const DEVICE_TREES = [
  ...DEVICE_CHANNELS.map((channel) => `plant/v1/+/+/+/${channel}`),
  ...[...sparkplugFilters, SPARKPLUG_REPLAYS],
];

/** @param foreign filters of the topics on which foreign devices speak */
export function mosquittoRights(grants: readonly Grant[], foreign: readonly string[] = []): MosquittoRights {
  const of = (access: Access) => [...new Set(grants.flatMap((each) => (each.access === access ? [each.filter] : [])))];
  const reads = of('read');
  const denyReads = of('deny read').filter((denied) => touchesAny(denied, reads));
  // Below `$` nobody writes with us either, whatever the acl file says.
  const asked = of('write').filter((filter) => !filter.startsWith('$'));
  const denyWrites = of('deny write').filter((denied) => touchesAny(denied, asked));
  const isUnreadable = (denied: string) => !touchesAny(denied, reads) || denyReads.some((each) => covers(each, denied));
  const [exact, readable] = [denyWrites.filter(isUnreadable), denyWrites.filter((denied) => !isUnreadable(denied))];
  const { writes, notes } = withoutReadable(asked, readable, foreign);
  const lost = denyReads.filter((denied) => !exact.some((each) => covers(each, denied)) && touchesAny(denied, writes));
  return {
    lines: linesOf({ reads, writes, denied: [...denyReads, ...exact] }),
    notes: [...notes, ...lost.map((filter) => `may not write to ${filter} either, since it may not read there`)],
  };
}

/** Writing is given up where a deny would take reading away, which is what these users come for. */
function withoutReadable(asked: readonly string[], denied: readonly string[], foreign: readonly string[]) {
  const notes: string[] = [];
  const writes = asked.flatMap((filter) => {
    if (!touchesAny(filter, denied)) return [filter];
    const left = [...DEVICE_TREES, ...foreign].filter((tree) => covers(filter, tree) && !touchesAny(tree, denied));
    const what = left.length === 0 ? 'nothing of it' : left.join(', ');
    notes.push(`may write to ${filter} but for ${denied.join(', ')}; here to ${what}`);
    return left;
  });
  return { writes, notes };
}

function linesOf(rights: {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly denied: readonly string[];
}): string[] {
  const { reads, writes, denied } = rights;
  const both = reads.filter((filter) => writes.includes(filter));
  const lines = (access: string, filters: Iterable<string>) =>
    [...new Set(filters)].map((filter) => `topic ${access} ${filter}`);
  return [
    ...lines('deny', denied),
    ...lines('readwrite', both),
    ...lines(
      'read',
      reads.filter((filter) => !both.includes(filter)),
    ),
    ...lines(
      'write',
      writes.filter((filter) => !both.includes(filter)),
    ),
  ];
}

function touchesAny(filter: string, others: readonly string[]): boolean {
  return others.some((other) => overlaps(filter, other));
}
